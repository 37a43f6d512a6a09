"""Mixed precision: what it narrows, what it leaves, and what it says of a device that cannot."""

from itertools import product

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from allennlp.nn.util import tiny_value_of_dtype

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules import mixed_precision
from bluelmo_plugins.modules.head import ACTIVATIONS, NORMS, ClassifierHead
from bluelmo_plugins.modules.mixed_precision import COMPUTES, MixedPrecision, to_autocast_dtype
from tests.modules.encoder_checks import LENGTHS, SEQ2SEQ, SEQ2VEC, Encoder, batch, build, sentences

CPU = torch.device("cpu")


def test_products_are_in_the_format_within_and_as_before_after() -> None:
    matrix = torch.randn(3, 3)
    with MixedPrecision("bf16").on(CPU):
        assert (matrix @ matrix).dtype == torch.bfloat16
        assert to_autocast_dtype(matrix).dtype == torch.bfloat16
        assert matrix.exp().dtype == torch.float32
    assert (matrix @ matrix).dtype == torch.float32
    assert to_autocast_dtype(matrix) is matrix


def test_fp32_leaves_an_autocast_of_the_trainer_in_force() -> None:
    matrix = torch.randn(3, 3)
    with torch.autocast("cpu", torch.float16), MixedPrecision("fp32").on(CPU):
        assert (matrix @ matrix).dtype == torch.float16
        assert to_autocast_dtype(matrix).dtype == torch.float16


def test_an_unknown_format_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"fp16.*fp32.*bf16"):
        MixedPrecision("fp16")
    for compute in COMPUTES:
        MixedPrecision(compute)


def test_a_device_that_cannot_is_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mixed_precision, "why_unsupported", lambda *_: "this GPU has no bf16")
    with pytest.raises(InputError, match=r"this GPU has no bf16\. Set compute:: to 'fp32'"):
        MixedPrecision("bf16").on(CPU)
    MixedPrecision("fp32").on(CPU)


@pytest.mark.parametrize("slow", [False, True])
def test_a_processor_without_the_instructions_is_warned_of_once(
    slow: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mixed_precision, "is_emulated", lambda *_: slow)
    precision = MixedPrecision("bf16")
    for _ in range(3):
        precision.on(CPU)
    assert caplog.text.count("no instructions for bf16") == slow


def test_allennlp_keeps_sums_from_zero_in_bf16_as_in_fp16() -> None:
    assert tiny_value_of_dtype(torch.bfloat16) == tiny_value_of_dtype(torch.half)
    assert tiny_value_of_dtype(torch.float) == 1e-13
    with pytest.raises(TypeError):
        tiny_value_of_dtype(torch.int)


@pytest.mark.parametrize("compute", COMPUTES)
@pytest.mark.parametrize("norm", NORMS)
def test_every_encoder_trains_with_every_head_in_every_precision(norm: str, compute: str) -> None:
    encoders: list[Encoder] = [build(Seq2SeqEncoder, each) for each in SEQ2SEQ.values()]
    if norm != "batch_positions":
        encoders += [build(Seq2VecEncoder, each) for each in SEQ2VEC.values()]
    tokens, mask = batch(sentences(), max(LENGTHS), 0.0)
    for encoder, activation, hidden_dim in product(encoders, ACTIVATIONS, (0, 6)):
        head = ClassifierHead(
            encoder.get_output_dim(),
            3,
            norm=norm,
            activation=activation,
            hidden_dim=hidden_dim,
            last_dropout=0.5,
        )
        with MixedPrecision(compute).on(CPU):
            features = encoder(tokens, mask)
            scores = head(features, mask if features.dim() == 3 else None)
        scores.square().sum().backward()
        assert scores.dtype == torch.float32
        gradients = [each.grad for each in head.parameters() if each.grad is not None]
        assert gradients
        assert all(each.isfinite().all() for each in gradients)
