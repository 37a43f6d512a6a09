"""
The plan of the study: corpora, bases and variants.

Options are tried alone first; those that were better are then combined on new random splits. The
bases are written out, so that results stay valid when a default changes.
"""

from dataclasses import dataclass

from study.corpora import Sizes
from study.factors import (
    BALANCE,
    BIOSSES_TOGETHER,
    CLASS_WEIGHTS,
    CONTROL,
    ENCODERS_TOGETHER,
    HEAD,
    HOC_TOGETHER,
    LAST,
    LAST_DROPOUT,
    MIXES,
    NARROW,
    NO_LAST_DROPOUT,
    NO_SIGMOID,
    PAIR_HEAD,
    PAIRS_TOGETHER,
    SEQ2SEQ,
    SEQ2VEC,
    SIGMOID,
    TOKENS_TOGETHER,
    TRAINING,
    VECTORS_TOGETHER,
    Variant,
    values,
)


@dataclass(frozen=True)
class Study:
    """
    The variants that are compared with one base on one corpus.

    `base` is Jsonnet that is added to the config. `first` is the number of the first replicate:
    options that were chosen on some documents are tried on others.
    """

    name: str
    corpus: str
    sizes: Sizes
    variants: tuple[Variant, ...]
    base: str
    replicates: int = 3
    first: int = 1

    @property
    def numbers(self) -> range:
        """The numbers of the replicates."""
        return range(self.first, self.first + self.replicates)


_COMMON = """{
  norm:: 'batch', init_linear:: true, init_std:: 0.02, init_bias_std:: 0, fchdim:: 500,
  pdrop:: 0.5, elmo_dropout:: 0.5, num_representations:: 2, batch_size:: 64, lr:: 0.001,
  weight_decay:: 1e-5, grad_norm:: 0.25, epochs:: 10, patience:: 5, min_delta:: 0.005,
  keep:: 'best', output_sigmoid:: false, last_dropout:: false, class_weights:: false,
}"""
_SENTENCES = f"{_COMMON} + {{ undersample:: true, seq2vec:: 'boe', pool:: null }}"
_HOC = f"{_SENTENCES} + {{ threshold:: 0.5, neighbours:: false }}"
_TOKENS = f"{_COMMON} + {{ last_dropout:: true, crf:: false, seq2seq:: 'none' }}"
_TOKENS_LESS_DROPOUT = f"{_TOKENS} + {{ pdrop:: 0.2, elmo_dropout:: 0.2 }}"
_CONVOLUTIONS = f"{_SENTENCES} + {{ seq2vec:: 'cnn', encoder_dim:: 128 }}"
_TAGGER = f"{_TOKENS_LESS_DROPOUT} + {{ seq2seq:: 'pytorch-lstm', encoder_dim:: 256, crf:: true }}"
_PAIRS = f"{_COMMON} + {{ seq2vec:: 'boe', pool:: null, pair_combiner:: 'concat' }}"
_INFERENCE = f"{_PAIRS} + {{ lr:: 0.0005 }}"
_SIMILARITY = f"{_PAIRS} + {{ output_sigmoid:: true, epochs:: 20 }}"
_BIOSSES = f"{_SIMILARITY} + {{ keep:: 'last', patience:: null }}"

_BIOSSES_SIZES = Sizes(60, 2, 18)
_DDI_SIZES = Sizes(5000, 1500, 5000)
_HOC_SIZES = Sizes(4000, 1500, 4000)
_CHEM_SIZES = Sizes(1500, 500, 2000)
_CLNCLSTS_SIZES = Sizes(500, 75, 175)
_MEDNLI_SIZES = Sizes(1500, 250, 750)

STUDIES = {
    study.name: study
    for study in (
        Study(
            "biosses",
            "biosses",
            _BIOSSES_SIZES,
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
            _DDI_SIZES,
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
            _HOC_SIZES,
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
            _CHEM_SIZES,
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
            _CLNCLSTS_SIZES,
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
            _MEDNLI_SIZES,
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
        Study("together on hoc", "hoc", _HOC_SIZES, HOC_TOGETHER, _HOC, first=4),
        Study(
            "together on bc5cdr-chem", "bc5cdr-chem", _CHEM_SIZES, TOKENS_TOGETHER, _TOKENS, first=4
        ),
        Study("together on mednli", "mednli", _MEDNLI_SIZES, PAIRS_TOGETHER, _INFERENCE, first=4),
        Study(
            "together on clnclsts",
            "clnclsts",
            _CLNCLSTS_SIZES,
            PAIRS_TOGETHER,
            _SIMILARITY,
            first=6,
        ),
        Study(
            "together on biosses",
            "biosses",
            _BIOSSES_SIZES,
            BIOSSES_TOGETHER,
            _BIOSSES,
            10,
            first=11,
        ),
        Study("encoders of ddi", "ddi", Sizes(3000, 1000, 3000), SEQ2VEC, _SENTENCES),
        Study("encoders of mednli", "mednli", _MEDNLI_SIZES, SEQ2VEC, _INFERENCE),
        Study("encoders of bc5cdr-chem", "bc5cdr-chem", Sizes(750, 250, 1000), SEQ2SEQ, _TOKENS),
        Study(
            "encoders together on bc5cdr-chem",
            "bc5cdr-chem",
            _CHEM_SIZES,
            ENCODERS_TOGETHER,
            _TOKENS_LESS_DROPOUT,
            first=7,
        ),
        Study(
            "encoders together on ddi",
            "ddi",
            _DDI_SIZES,
            VECTORS_TOGETHER,
            _SENTENCES,
            replicates=6,
            first=4,
        ),
        Study("mixes on ddi", "ddi", _DDI_SIZES, MIXES, _CONVOLUTIONS, 6, first=10),
        Study("mixes on bc5cdr-chem", "bc5cdr-chem", _CHEM_SIZES, MIXES, _TAGGER, 6, first=10),
        Study("bf16 on ddi", "ddi", _DDI_SIZES, NARROW, _CONVOLUTIONS, 6, first=10),
        Study("bf16 on bc5cdr-chem", "bc5cdr-chem", _CHEM_SIZES, NARROW, _TAGGER, 6, first=10),
    )
}
"""By name."""
