"""The variants of the study: changes of one or a few config fields."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variant:
    """
    A change of the base: factor, value and the fields in Jsonnet.

    `elmo` is "trained", or "random" for random weights of the same size. With `thresholds_tuned`,
    the threshold is tuned on the model-selection part.
    """

    factor: str
    value: str
    fields: str = "{}"
    elmo: str = "trained"
    thresholds_tuned: bool = False

    @property
    def name(self) -> str:
        """A unique name."""
        return f"{self.factor}: {self.value}"


BASE = Variant("base", "the defaults before the study")


def values(factor: str, field: str, options: dict[str, str]) -> tuple[Variant, ...]:
    """Returns a variant for each option of a field."""
    return tuple(
        Variant(factor, name, f"{{ {field}:: {value} }}") for name, value in options.items()
    )


CONTROL = (Variant("ELMo", "random weights, same size", elmo="random"),)

MIXES = values("mixes", "num_representations", {"1": "1"})

HEAD = (
    *values("norm", "norm", {"layer": "'layer'", "none": "'none'"}),
    *values("init std", "init_std", {"0.1": "0.1"}),
    Variant("init std", "torch's own way", "{ init_linear:: false }"),
    Variant("init std", "biases from N(0, 1)", "{ init_bias_std:: 1 }"),
    *values("hidden layers", "fchdim", {"none": "0"}),
    *values("dropout before", "pdrop", {"0.2": "0.2"}),
    *values("dropout of ELMo", "elmo_dropout", {"0.2": "0.2"}),
    *MIXES,
)

TRAINING = (
    *values("learning rate", "lr", {"0.0003": "0.0003", "0.003": "0.003"}),
    *values("batch size", "batch_size", {"16": "16"}),
)

LAST = (Variant("kept epoch", "last", "{ keep:: 'last', patience:: null }"),)

SIGMOID = values("sigmoid before the loss", "output_sigmoid", {"yes": "true"})
NO_SIGMOID = values("sigmoid before the loss", "output_sigmoid", {"no": "false"})
LAST_DROPOUT = values("last-layer dropout", "last_dropout", {"yes": "true"})
NO_LAST_DROPOUT = values("last-layer dropout", "last_dropout", {"no": "false"})

CLASS_WEIGHTS = values("class weights", "class_weights", {"yes": "true"})

BALANCE = (
    Variant("undersampling, class weights", "neither", "{ undersample:: false }"),
    Variant("undersampling, class weights", "both", "{ class_weights:: true }"),
    Variant(
        "undersampling, class weights",
        "weights only",
        "{ undersample:: false, class_weights:: true }",
    ),
)

SEQ2VEC = (
    *values(
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
    *values("seq2vec", "pool", {"pool max": "'max'"}),
)

SEQ2SEQ = values(
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

PAIR_HEAD = values(
    "pair head",
    "pair_combiner",
    {name: f"'{name}'" for name in ("full", "cosine", "distance")},
)


def together(**changes: str) -> Variant:
    """Returns a variant with several changed fields."""
    words = ", ".join(f"{field} {value}" for field, value in changes.items())
    fields = ", ".join(f"{field}:: {value}" for field, value in changes.items())
    return Variant("together", words.replace("'", ""), f"{{ {fields} }}")


_LESS_DROPOUT = {"pdrop": "0.2", "elmo_dropout": "0.2"}

HOC_TOGETHER = (
    together(**_LESS_DROPOUT),
    together(**_LESS_DROPOUT, neighbours="true"),
    together(**_LESS_DROPOUT, neighbours="true", init_linear="false"),
    together(**_LESS_DROPOUT, neighbours="true", fchdim="0"),
)
TOKENS_TOGETHER = (
    together(**_LESS_DROPOUT),
    together(**_LESS_DROPOUT, last_dropout="false"),
    together(**_LESS_DROPOUT, last_dropout="false", output_sigmoid="true"),
    together(**_LESS_DROPOUT, last_dropout="false", lr="0.003"),
    together(**_LESS_DROPOUT, last_dropout="false", batch_size="16"),
    together(**_LESS_DROPOUT, last_dropout="false", init_bias_std="1"),
)
ENCODERS_TOGETHER = (
    *values(
        "seq2seq",
        "seq2seq",
        {name: f"'{name}'" for name in ("pytorch-rnn", "pytorch-gru", "pytorch-lstm")},
    ),
    together(seq2seq="'pytorch-lstm'", crf="true"),
    together(seq2seq="'pytorch-lstm'", encoder_dim="256"),
    together(seq2seq="'pytorch-lstm'", crf="true", encoder_dim="256"),
    together(seq2seq="'pytorch-lstm'", pdrop="0.5", elmo_dropout="0.5"),
)
VECTORS_TOGETHER = (
    *values("seq2vec", "seq2vec", {"cnn": "'cnn'"}),
    together(seq2vec="'cnn'", encoder_dim="128"),
    together(seq2vec="'cnn'", encoder_dim="128", **_LESS_DROPOUT),
)
PAIRS_TOGETHER = (
    together(pair_combiner="'full'"),
    together(pair_combiner="'cosine'"),
    together(pair_combiner="'full'", elmo_dropout="0.2"),
    together(pair_combiner="'full'", **_LESS_DROPOUT),
)
NARROW = (together(compute="'bf16'", elmo_compute="'bf16'"),)
BIOSSES_TOGETHER = (
    *PAIRS_TOGETHER,
    together(pair_combiner="'full'", batch_size="16"),
    together(pair_combiner="'full'", lr="0.003"),
)
