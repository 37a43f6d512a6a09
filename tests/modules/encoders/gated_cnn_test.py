"""The gated CNN; what must hold of every encoder is in seq2seq_encoders_test."""

import torch
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder

from bluelmo_plugins.modules.encoders.gated_cnn import GatedCnnEncoder
from tests.modules.encoder_checks import batch, build, sentences


def test_one_half_sees_what_precedes_a_token_and_the_other_what_follows() -> None:
    encoder = GatedCnnEncoder(4, dropout=0.0).eval()
    (row,) = sentences((6,), width=4)
    changed = row.clone()
    changed[3] += 1.0
    before, after = encoder(*batch([row, changed], 6, 0.0))
    moved = (before - after).abs() > 1e-6
    assert moved[:, :4].any(-1).tolist() == [False, False, False, True, True, True]
    assert moved[:, 4:].any(-1).tolist() == [True, True, True, True, False, False]


def test_kernel_widths_come_from_the_config_and_limit_the_view() -> None:
    params = {"type": "blue_gated_cnn", "kernel_widths": [[2]], "dropout": 0.0}
    encoder = build(Seq2SeqEncoder, params)
    (row,) = sentences((6,))
    changed = row.clone()
    changed[2] += 1.0
    before, after = encoder(*batch([row, changed], 6, 0.0))
    assert ((before - after).abs() > 1e-6).any(-1).nonzero().flatten().tolist() == [1, 2, 3]


def test_dropout_is_on_in_training_only() -> None:
    encoder = GatedCnnEncoder(4, dropout=0.5)
    rows = batch(sentences(width=4), 5, 0.0)
    assert not torch.allclose(encoder(*rows), encoder(*rows))
    encoder.eval()
    torch.testing.assert_close(encoder(*rows), encoder(*rows))
