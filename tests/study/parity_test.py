"""The table of effects."""

from study.comparison import Compared
from study.factors import BASE, Variant
from study.parity import effects


def compared(variant: Variant, *differences: float) -> Compared:
    numbered = dict(enumerate(differences, start=1))
    return Compared(variant, numbered, numbered, 0, 1.0)


def test_a_row_is_a_change_and_a_column_a_study() -> None:
    layer = Variant("norm", "layer", "{ norm:: 'layer' }")
    control = Variant("ELMo", "random", elmo="random")
    found = {
        "ddi": [compared(BASE, 0, 0, 0), compared(layer, 2.0, 2.5, 3.0), compared(control, 1.0)],
        "hoc": [compared(BASE, 0, 0, 0), compared(layer, -1.0, 1.0, 0.3)],
        "biosses": [compared(BASE)],
    }
    assert effects(found).splitlines() == [
        "| change | ddi | hoc |",
        "| --- | ---: | ---: |",
        "| `norm:: 'layer'` | **+2.5 ± 0.5 (3)** | +0.1 ± 1.0 (3) |",
    ]
