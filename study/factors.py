"""
What the study changes: one field, or a few that belong together, around the base.

The base are the values that the shipped configs had when the study was planned, written out here,
so that its results stay what they are when a default changes.
"""

from dataclasses import dataclass

from study.corpora import Sizes


@dataclass(frozen=True)
class Variant:
    """
    # Parameters

    factor : `str`
        What is changed.
    value : `str`
        To what, in a few words.
    fields : `str`, optional (default = `"{}"`)
        Jsonnet that is added to the config.
    elmo : `str`, optional (default = `"trained"`)
        "trained", or "random": one of the same size with random weights.
    thresholds_tuned : `bool`, optional (default = `False`)
        Whether the threshold that is best on the selecting portion takes the place of the config's.
    """

    factor: str
    value: str
    fields: str = "{}"
    elmo: str = "trained"
    thresholds_tuned: bool = False

    @property
    def name(self) -> str:
        """Tells it from the others."""
        return f"{self.factor}: {self.value}"


BASE = Variant("base", "the defaults before the study")


@dataclass(frozen=True)
class Study:
    """
    The variants of one corpus that are compared with one base.

    # Parameters

    name : `str`
        Tells it from the others.
    corpus : `str`
        One of `CORPORA`.
    sizes : `Sizes`
        What is trained and scored on.
    variants : `tuple[Variant, ...]`
        What is compared with the base.
    base : `str`
        Jsonnet that is added to the config of the corpus, for the base and for each variant.
    replicates : `int`, optional (default = `3`)
        How often everything is repeated, each time with other documents and another seed.
    """

    name: str
    corpus: str
    sizes: Sizes
    variants: tuple[Variant, ...]
    base: str
    replicates: int = 3


def _values(factor: str, field: str, values: dict[str, str]) -> tuple[Variant, ...]:
    return tuple(
        Variant(factor, name, f"{{ {field}:: {value} }}") for name, value in values.items()
    )


_COMMON = """{
  norm:: 'batch', init_linear:: true, init_std:: 0.02, init_bias_std:: 0, fchdim:: 500,
  pdrop:: 0.5, elmo_dropout:: 0.5, num_representations:: 2, batch_size:: 64, lr:: 0.001,
  weight_decay:: 1e-5, grad_norm:: 0.25, epochs:: 10, patience:: 5, min_delta:: 0.005,
  keep:: 'best', output_sigmoid:: false, last_dropout:: false, class_weights:: false,
}"""
_SENTENCES = f"{_COMMON} + {{ undersample:: true, seq2vec:: 'boe', pool:: null }}"
_HOC = f"{_SENTENCES} + {{ threshold:: 0.5, neighbours:: false }}"
_TOKENS = f"{_COMMON} + {{ last_dropout:: true, crf:: false, seq2seq:: 'none' }}"
_PAIRS = f"{_COMMON} + {{ seq2vec:: 'boe', pool:: null, pair_combiner:: 'concat' }}"
_INFERENCE = f"{_PAIRS} + {{ lr:: 0.0005 }}"
_SIMILARITY = f"{_PAIRS} + {{ output_sigmoid:: true, epochs:: 20 }}"
_BIOSSES = f"{_SIMILARITY} + {{ keep:: 'last', patience:: null }}"

_CONTROL = (Variant("ELMo", "random weights, same size", elmo="random"),)

_HEAD = (
    *_values("norm", "norm", {"layer": "'layer'", "none": "'none'"}),
    *_values("init std", "init_std", {"0.1": "0.1"}),
    Variant("init std", "torch's own way", "{ init_linear:: false }"),
    Variant("init std", "biases from N(0, 1)", "{ init_bias_std:: 1 }"),
    *_values("hidden layers", "fchdim", {"none": "0"}),
    *_values("dropout before", "pdrop", {"0.2": "0.2"}),
    *_values("dropout of ELMo", "elmo_dropout", {"0.2": "0.2"}),
    *_values("mixes", "num_representations", {"1": "1"}),
)

_TRAINING = (
    *_values("learning rate", "lr", {"0.0003": "0.0003", "0.003": "0.003"}),
    *_values("batch size", "batch_size", {"16": "16"}),
)

_LAST = (Variant("kept epoch", "last", "{ keep:: 'last', patience:: null }"),)

_SIGMOID = _values("sigmoid before the loss", "output_sigmoid", {"yes": "true"})
_NO_SIGMOID = _values("sigmoid before the loss", "output_sigmoid", {"no": "false"})
_LAST_DROPOUT = _values("last-layer dropout", "last_dropout", {"yes": "true"})
_NO_LAST_DROPOUT = _values("last-layer dropout", "last_dropout", {"no": "false"})

_CLASS_WEIGHTS = _values("class weights", "class_weights", {"yes": "true"})

_BALANCE = (
    Variant("undersampling, class weights", "neither", "{ undersample:: false }"),
    Variant("undersampling, class weights", "both", "{ class_weights:: true }"),
    Variant(
        "undersampling, class weights",
        "weights only",
        "{ undersample:: false, class_weights:: true }",
    ),
)

_SEQ2VEC = (
    *_values(
        "seq2vec",
        "seq2vec",
        {
            name: f"'{name}'"
            for name in (
                "last",
                "cnn",
                "cnn_highway",
                "pytorch-rnn",
                "pytorch-gru",
                "pytorch-lstm",
                "pytorch-agmnlstm",
                "pytorch-stkaltlstm",
            )
        },
    ),
    *_values("seq2vec", "pool", {"pool max": "'max'"}),
)

_SEQ2SEQ = _values(
    "seq2seq",
    "seq2seq",
    {
        name: f"'{name}'"
        for name in (
            "ff",
            "isa",
            "cnn",
            "ssae",
            "qanet",
            "pytorch-rnn",
            "pytorch-gru",
            "pytorch-lstm",
        )
    },
)

_PAIR_HEAD = _values(
    "pair head",
    "pair_combiner",
    {name: f"'{name}'" for name in ("full", "cosine", "distance")},
)

STUDIES = {
    study.name: study
    for study in (
        Study(
            "biosses",
            "biosses",
            Sizes(60, 2, 18),
            (
                *_CONTROL,
                *_PAIR_HEAD,
                *_NO_SIGMOID,
                *_LAST_DROPOUT,
                *_HEAD,
                *_TRAINING,
                *_values("epochs", "epochs", {"60": "60", "200": "200"}),
            ),
            _BIOSSES,
            replicates=10,
        ),
        Study(
            "ddi",
            "ddi",
            Sizes(5000, 1500, 5000),
            (
                *_CONTROL,
                *_BALANCE,
                *_SIGMOID,
                *_LAST_DROPOUT,
                *_HEAD,
                *_TRAINING,
                *_LAST,
            ),
            _SENTENCES,
        ),
        Study(
            "hoc",
            "hoc",
            Sizes(4000, 1500, 4000),
            (
                *_CONTROL,
                *_BALANCE,
                Variant("threshold", "tuned on the selecting portion", thresholds_tuned=True),
                *_values("sentences before and after", "neighbours", {"read, too": "true"}),
                *_LAST_DROPOUT,
                *_HEAD,
                *_TRAINING,
                *_LAST,
            ),
            _HOC,
        ),
        Study(
            "bc5cdr-chem",
            "bc5cdr-chem",
            Sizes(1500, 500, 2000),
            (
                *_CONTROL,
                *_CLASS_WEIGHTS,
                *_SIGMOID,
                *_NO_LAST_DROPOUT,
                *_values("norm", "norm", {"batch, over positions": "'batch_positions'"}),
                *_values("crf", "crf", {"yes": "true"}),
                *_HEAD,
                *_TRAINING,
                *_LAST,
            ),
            _TOKENS,
        ),
        Study(
            "clnclsts",
            "clnclsts",
            Sizes(500, 75, 175),
            (
                *_CONTROL,
                *_PAIR_HEAD,
                *_NO_SIGMOID,
                *_LAST_DROPOUT,
                *_HEAD,
                *_TRAINING,
                *_LAST,
            ),
            _SIMILARITY,
            replicates=5,
        ),
        Study(
            "mednli",
            "mednli",
            Sizes(1500, 250, 750),
            (
                *_CONTROL,
                *_CLASS_WEIGHTS,
                *_PAIR_HEAD,
                *_SIGMOID,
                *_LAST_DROPOUT,
                *_HEAD,
                *_TRAINING,
                *_LAST,
            ),
            _INFERENCE,
        ),
        Study("encoders of ddi", "ddi", Sizes(3000, 1000, 3000), _SEQ2VEC, _SENTENCES),
        Study("encoders of mednli", "mednli", Sizes(1500, 250, 750), _SEQ2VEC, _INFERENCE),
        Study("encoders of bc5cdr-chem", "bc5cdr-chem", Sizes(750, 250, 1000), _SEQ2SEQ, _TOKENS),
    )
}
"""By name."""
