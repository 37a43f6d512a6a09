"""Generates docs/study.md from the results."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from benchmarks.machine import REPOSITORY
from benchmarks.tables import table
from study.comparison import BETTER, WORSE, Compared, compare, deviation
from study.corpora import CORPORA
from study.picture import draw
from study.plan import STUDIES, Study

PAGE = REPOSITORY / "docs" / "study.md"

_HEAD = """# The study behind the defaults

{answer}

The study changes one option of the architecture at a time. The base has the defaults from before
the study. `make study` makes this page and its pictures from the runs in `study/results`; do not
edit them.

- **ELMo**: a small biLM (2 layers of 512 cells, 256 features per layer, 2.7 million weights),
  trained for an hour on biomedical text. Other options may be best for the PubMed ELMo.
- **Corpora**: parts of BC5CDR, DDI, HoC and BIOSSES, and two surrogate corpora of general English
  for MedSTS and MedNLI, which need a licence.
- **Scores**: the official ones, in percent, on documents of the train and dev split that were used
  neither for training nor for model selection. The test splits were never used.
- **Replicates**: each has its own random split by documents and its own seed, the same for all
  variants, so differences are paired.
- **Together**: options that were better alone are combined and tried on new random splits, to avoid
  selection bias. Token encoders are combined around a base with dropout 0.2; the number of scalar
  mixes and bf16 are tried again around today's default encoders.
- **Verdict**: "better" or "worse" if the mean difference exceeds the sample standard deviation of
  the differences, over at least three replicates. With this many comparisons, some of these are
  due to chance."""

_DEFAULTS = (
    ("relations", "encoders together on ddi", "seq2vec cnn, encoder_dim 128"),
    (
        "named entities",
        "encoders together on bc5cdr-chem",
        "seq2seq pytorch-lstm, crf true, encoder_dim 256",
    ),
    ("HoC", "together on hoc", "pdrop 0.2, elmo_dropout 0.2, neighbours true"),
    ("inference", "together on mednli", "pair_combiner full, pdrop 0.2, elmo_dropout 0.2"),
    ("similarity", "together on clnclsts", "pair_combiner full, pdrop 0.2, elmo_dropout 0.2"),
)
"""The defaults that the study changed: tasks, study and combination of options."""


def make_page(found: Mapping[str, Sequence[Compared]], pictures: Path) -> str:
    """Draws the pictures and returns the page in Markdown."""
    head = _HEAD.format(answer=_answer(found))
    blocks = [head, _progress(found), "## Differences beyond their spread", _summary(found)]
    for study in STUDIES.values():
        base, *variants = found[study.name]
        with_difference = [each for each in variants if each.differences]
        if not with_difference:
            continue
        picture = pictures / f"{study.name.replace(' ', '-')}.png"
        draw(with_difference, f"{study.name} ({CORPORA[study.corpus].words})", picture)
        blocks += [
            f"## {study.name}",
            _origin(study, base),
            f"![{study.name}]({pictures.name}/{picture.name})",
            table(("factor", "value", "score", "difference", "verdict"), map(_row, variants)),
        ]
    return "\n\n".join(blocks) + "\n"


def compare_all(results: Path) -> dict[str, list[Compared]]:
    """Compares all studies; returns the comparisons by name."""
    return {study.name: compare(study, results) for study in STUDIES.values()}


def write_page(found: Mapping[str, Sequence[Compared]], page: Path) -> None:
    """Writes the page, and its pictures into a folder with its name."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(make_page(found, page.parent / page.stem), encoding="utf-8")


def _answer(found: Mapping[str, Sequence[Compared]]) -> str:
    """The defaults that the study changed, each with its measured difference."""
    lines = [
        "The study changed these defaults (score difference in points, replicates in brackets):\n"
    ]
    for tasks, study, options in _DEFAULTS:
        differences = [
            _difference(each)
            for each in found.get(study, ())
            if each.variant.factor == "together" and each.variant.value == options
        ]
        measured = f": {differences[0]}" if differences else ""
        lines.append(f"- {tasks}: {options}{measured}")
    return "\n".join(lines)


def _progress(found: Mapping[str, Sequence[Compared]]) -> str:
    done = sum(len(each.scores) + each.without_score for all in found.values() for each in all)
    planned = sum(study.replicates * (1 + len(study.variants)) for study in STUDIES.values())
    hours = sum(each.seconds for all in found.values() for each in all) / 3600
    return f"{done} of {planned} runs are done; they took {hours:.1f} hours on 1 or 2 CPU cores."


def _summary(found: Mapping[str, Sequence[Compared]]) -> str:
    rows = [
        (name, each.variant.factor, each.variant.value, _difference(each), each.verdict)
        for verdict in (BETTER, WORSE)
        for name, compared in found.items()
        for each in compared[1:]
        if each.verdict == verdict
    ]
    if not rows:
        return "None yet."
    return table(("study", "factor", "value", "difference", "verdict"), rows)


def _origin(study: Study, base: Compared) -> str:
    sizes = study.sizes
    return (
        f"{CORPORA[study.corpus].words}: about {sizes.train} rows or sentences for training, "
        f"{sizes.select} for model selection, {sizes.score} for scoring; {study.replicates} "
        f"replicates planned. Base: {_score(base)}."
    )


def _row(compared: Compared) -> tuple[str, ...]:
    variant = compared.variant
    return (
        variant.factor,
        variant.value,
        _score(compared),
        _difference(compared),
        compared.verdict,
    )


def _score(compared: Compared) -> str:
    scores = list(compared.scores.values())
    words = with_spread(mean(scores), deviation(scores), len(scores)) if scores else "none"
    return words + (f", {compared.without_score} without" if compared.without_score else "")


def _difference(compared: Compared) -> str:
    if compared.difference is None:
        return ""
    return with_spread(compared.difference, compared.spread, len(compared.differences), sign="+")


def with_spread(value: float, spread: float | None, number: int, sign: str = "") -> str:
    """Formats a mean, its spread and the number of replicates, such as "12.3 ± 0.4 (3)"."""
    return f"{value:{sign}.1f}" + (f" ± {spread:.1f} ({number})" if spread is not None else "")
