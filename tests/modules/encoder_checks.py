"""What must hold of every encoder of ours and of AllenNLP's that a config can choose."""

from collections.abc import Sequence
from statistics import median
from typing import Any, TypeVar, Union

import torch
from allennlp.common import FromParams, Lazy, Params
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from torch import Tensor

from bluelmo_plugins.modules.head import ClassifierHead
from bluelmo_plugins.modules.mixed_precision import COMPUTES, MixedPrecision

Encoder = Union[Seq2VecEncoder, Seq2SeqEncoder]
Built = TypeVar("Built", bound=FromParams)

LENGTHS = (5, 2, 1, 3)
WIDTH = 12

# By a name for the test; `type` is the registered one.
SEQ2VEC: dict[str, dict[str, Any]] = {
    "boe": {"type": "boe", "averaged": True},
    "last token": {"type": "cls_pooler", "cls_is_last_token": True},
    "max pool": {"type": "blue_max_pool"},
    "lstm": {"type": "blue_lstm", "hidden_size": 8},
    "rnn": {"type": "rnn", "hidden_size": 8},
    "gru": {"type": "gru", "hidden_size": 8},
    "augmented lstm": {"type": "blue_augmented_lstm", "hidden_size": 8},
    "alternating lstm": {"type": "blue_alternating_lstm", "hidden_size": 8, "num_layers": 3},
    "two alternating lstms": {"type": "blue_alternating_lstm", "hidden_size": 8, "num_layers": 2},
    "cnn": {"type": "blue_cnn", "num_filters": 4},
    "cnn highway": {"type": "blue_cnn_highway", "num_filters": 4, "num_highway": 2},
}

SELF_ATTENTION: dict[str, Any] = {
    "type": "blue_stacked_self_attention",
    "hidden_dim": 8,
    "projection_dim": 8,
    "feedforward_hidden_dim": 8,
    "num_layers": 1,
    "num_attention_heads": 4,
    "dropout_prob": 0.0,
    "residual_dropout_prob": 0.0,
    "attention_dropout_prob": 0.0,
}
SEQ2SEQ: dict[str, dict[str, Any]] = {
    "none": {"type": "pass_through"},
    "feedforward": {"type": "blue_feedforward", "hidden_dim": 8},
    "lstm": {"type": "blue_lstm", "hidden_size": 8},
    "rnn": {"type": "rnn", "hidden_size": 8},
    "gru": {"type": "gru", "hidden_size": 8},
    "gated cnn": {"type": "blue_gated_cnn", "dropout": 0.0},
    "intra-sentence attention": {"type": "blue_intra_sentence_attention"},
    "qanet": {"type": "blue_qanet", "hidden_dim": 16, "dropout": 0.0, "layer_dropout": 0.0},
    "stacked self-attention": SELF_ATTENTION,
    "two layers of self-attention": {**SELF_ATTENTION, "num_layers": 2, "hidden_dim": WIDTH},
}


def build(kind: type[Built], params: dict[str, Any], width: int = WIDTH) -> Built:
    """The encoder as the models build it: a config says no widths."""
    torch.manual_seed(1)
    lazy: Lazy[Built] = Lazy(kind, Params(dict(params)))
    return lazy.construct(embedding_dim=width, input_size=width, input_dim=width)


def copy_weights(source: torch.nn.Module, target: torch.nn.Module) -> None:
    """To a module that has the same weights in the same order, whatever their names."""
    for mine, other in zip(target.parameters(), source.parameters(), strict=True):
        mine.data.copy_(other.data)


def with_trained_biases(encoder: torch.nn.Module) -> torch.nn.Module:
    """In evaluation mode and with biases that are not the zeros that most start from."""
    for name, parameter in encoder.named_parameters():
        if "bias" in name:
            parameter.data.uniform_(-0.5, 0.5)
    return encoder.eval()


def sentences(lengths: tuple[int, ...] = LENGTHS, width: int = WIDTH) -> list[Tensor]:
    generator = torch.Generator().manual_seed(2)
    return [torch.randn(length, width, generator=generator) for length in lengths]


def batch(rows: list[Tensor], num_tokens: int, pad: float) -> tuple[Tensor, Tensor]:
    """The rows padded with `pad`, and their mask."""
    padded = torch.full((len(rows), num_tokens, rows[0].size(-1)), pad)
    mask = torch.zeros(len(rows), num_tokens, dtype=torch.bool)
    for each, real, row in zip(padded, mask, rows, strict=True):
        each[: len(row)] = row
        real[: len(row)] = True
    return padded, mask


def check_widths(encoder: Encoder, width: int) -> None:
    """The encoder takes features of this width and says rightly how wide its output is."""
    output = encoder(*batch(sentences(width=width), 5, 0.0))
    assert encoder.get_input_dim() == width
    assert output.shape[-1] == encoder.get_output_dim()
    assert len(output) == len(LENGTHS)


def check_padding_changes_nothing(encoder: Encoder) -> None:
    """
    A sentence gives the same output and the same gradient by itself (without any pads), in a batch,
    and in a batch padded further with rubbish.
    """
    with_trained_biases(encoder)
    rows = sentences()
    alone = [_output_and_gradient(encoder, [row], len(row), 0.0) for row in rows]
    for num_tokens, pad in ((5, 0.0), (9, 7.0)):
        outputs, gradients = _output_and_gradient(encoder, rows, num_tokens, pad)
        for number, (output, gradient) in enumerate(alone):
            length = len(rows[number])
            found = outputs[number] if outputs.dim() == 2 else outputs[number, :length]
            torch.testing.assert_close(found, output[0], atol=1e-5, rtol=1e-5)
            torch.testing.assert_close(
                gradients[number, :length], gradient[0], atol=1e-4, rtol=1e-4
            )
            assert not gradients[number, length:].any()


def _output_and_gradient(
    encoder: Encoder, rows: list[Tensor], num_tokens: int, pad: float
) -> tuple[Tensor, Tensor]:
    tokens, mask = batch(rows, num_tokens, pad)
    tokens.requires_grad_()
    output = encoder(tokens, mask)
    real = output if output.dim() == 2 else output[mask]
    real.square().sum().backward()
    assert tokens.grad is not None
    return output.detach(), tokens.grad


def check_all_weights_learn(encoder: Encoder) -> None:
    """Every weight that is trained gets a gradient: distributed training hangs without."""
    encoder.train()
    tokens, mask = batch(sentences(), 5, 0.0)
    output = encoder(tokens.requires_grad_(), mask)
    (output * torch.randn_like(output)).sum().backward()
    untouched = [
        name
        for name, parameter in encoder.named_parameters()
        if parameter.requires_grad and parameter.grad is None
    ]
    assert untouched == []


def check_bf16_is_near(encoder: Encoder) -> None:
    """
    With products in bf16, outputs and gradients deviate by little, and stay in single precision.
    """
    encoder.eval()
    exact, narrow = (_computed_in(each, encoder) for each in COMPUTES)
    output, *of_gradients = deviations(narrow, exact)
    assert output < 0.01
    assert median(of_gradients) < 0.03
    assert max(of_gradients) < 0.06


def deviations(found: Sequence[Tensor], wanted: Sequence[Tensor]) -> list[float]:
    """How far each tensor is from the one that is wanted, by the norm of that one."""
    return [
        float((mine - other).norm() / other.norm())
        for mine, other in zip(found, wanted, strict=True)
    ]


def _computed_in(compute: str, encoder: Encoder) -> list[Tensor]:
    """Output and gradients for sentences long enough for errors to add up."""
    tokens, mask = batch(sentences((40, 33, 7, 1)), 40, 0.0)
    learning = [tokens.requires_grad_(), *encoder.parameters()]
    learning = [each for each in learning if each.requires_grad]
    with MixedPrecision(compute).on(tokens.device):
        output = encoder(tokens, mask)
    gradients = torch.autograd.grad(output.float().sin().sum(), learning)
    assert all(each.dtype == torch.float32 for each in gradients)
    return [output.detach().float(), *gradients]


def check_learns_by_heart(encoder: Encoder, steps: int = 150) -> None:
    """Encoder and head learn 32 rows of random features with random labels."""
    torch.manual_seed(3)
    rows = sentences(tuple(1 + number % 6 for number in range(32)))
    tokens, mask = batch(rows, 6, 0.0)
    per_token = isinstance(encoder, Seq2SeqEncoder)
    gold = torch.randint(3, (int(mask.sum()) if per_token else 32,))
    head = ClassifierHead(encoder.get_output_dim(), 3, hidden_dim=32, norm="none", dropout=0.0)
    learning = [each for each in encoder.parameters() if each.requires_grad]
    optimizer = torch.optim.Adam([*learning, *head.parameters()], lr=0.01)
    encoder.train()

    def scores() -> Tensor:
        output = encoder(tokens, mask)
        return head(output, mask)[mask] if per_token else head(output)

    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(scores(), gold).backward()
        optimizer.step()
    encoder.eval()
    assert (scores().argmax(-1) == gold).all()
