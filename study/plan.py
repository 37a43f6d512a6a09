"""
What is trained: each study has a corpus, a base and the variants that are compared with it.

The bases are the values that the shipped configs had when the study was planned, written out here,
so that results stay what they are when a default changes.
"""

from dataclasses import dataclass

from study.corpora import Sizes
from study.factors import (
    BALANCE,
    CLASS_WEIGHTS,
    CONTROL,
    HEAD,
    LAST,
    LAST_DROPOUT,
    NO_LAST_DROPOUT,
    NO_SIGMOID,
    PAIR_HEAD,
    SEQ2SEQ,
    SEQ2VEC,
    SIGMOID,
    TRAINING,
    Variant,
    values,
)


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

STUDIES = {
    study.name: study
    for study in (
        Study(
            "biosses",
            "biosses",
            Sizes(60, 2, 18),
            (
                *CONTROL,
                *PAIR_HEAD,
                *NO_SIGMOID,
                *LAST_DROPOUT,
                *HEAD,
                *TRAINING,
                *values("epochs", "epochs", {"60": "60", "200": "200"}),
            ),
            _BIOSSES,
            replicates=10,
        ),
        Study(
            "ddi",
            "ddi",
            Sizes(5000, 1500, 5000),
            (
                *CONTROL,
                *BALANCE,
                *SIGMOID,
                *LAST_DROPOUT,
                *HEAD,
                *TRAINING,
                *LAST,
            ),
            _SENTENCES,
        ),
        Study(
            "hoc",
            "hoc",
            Sizes(4000, 1500, 4000),
            (
                *CONTROL,
                *BALANCE,
                Variant("threshold", "tuned on the selecting portion", thresholds_tuned=True),
                *values("sentences before and after", "neighbours", {"read, too": "true"}),
                *LAST_DROPOUT,
                *HEAD,
                *TRAINING,
                *LAST,
            ),
            _HOC,
        ),
        Study(
            "bc5cdr-chem",
            "bc5cdr-chem",
            Sizes(1500, 500, 2000),
            (
                *CONTROL,
                *CLASS_WEIGHTS,
                *SIGMOID,
                *NO_LAST_DROPOUT,
                *values("norm", "norm", {"batch, over positions": "'batch_positions'"}),
                *values("crf", "crf", {"yes": "true"}),
                *HEAD,
                *TRAINING,
                *LAST,
            ),
            _TOKENS,
        ),
        Study(
            "clnclsts",
            "clnclsts",
            Sizes(500, 75, 175),
            (
                *CONTROL,
                *PAIR_HEAD,
                *NO_SIGMOID,
                *LAST_DROPOUT,
                *HEAD,
                *TRAINING,
                *LAST,
            ),
            _SIMILARITY,
            replicates=5,
        ),
        Study(
            "mednli",
            "mednli",
            Sizes(1500, 250, 750),
            (
                *CONTROL,
                *CLASS_WEIGHTS,
                *PAIR_HEAD,
                *SIGMOID,
                *LAST_DROPOUT,
                *HEAD,
                *TRAINING,
                *LAST,
            ),
            _INFERENCE,
        ),
        Study("encoders of ddi", "ddi", Sizes(3000, 1000, 3000), SEQ2VEC, _SENTENCES),
        Study("encoders of mednli", "mednli", Sizes(1500, 250, 750), SEQ2VEC, _INFERENCE),
        Study("encoders of bc5cdr-chem", "bc5cdr-chem", Sizes(750, 250, 1000), SEQ2SEQ, _TOKENS),
    )
}
"""By name."""
