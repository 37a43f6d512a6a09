"""QANet's encoder; what must hold of every encoder is in seq2seq_encoders_test."""

import torch
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from allennlp.nn.util import add_positional_features

from bluelmo_plugins.modules.encoders.qanet import QaNetBlock
from tests.modules.encoder_checks import batch, build, check_all_weights_learn, sentences

PARAMS = {"type": "blue_qanet", "hidden_dim": 16, "dropout": 0.0, "layer_dropout": 0.0}


def test_each_number_changes_the_output() -> None:
    rows = batch(sentences(), 5, 0.0)
    plain = build(Seq2SeqEncoder, PARAMS)(*rows)
    for name, value in {
        "num_blocks": 2,
        "num_convolutions": 2,
        "kernel_size": 3,
        "num_attention_heads": 4,
        "dropout": 0.5,
    }.items():
        assert not torch.allclose(build(Seq2SeqEncoder, {**PARAMS, name: value})(*rows), plain), (
            name
        )


def test_the_convolutions_look_both_ways() -> None:
    block = QaNetBlock(8, 1, 3, 2, dropout=0.0, layer_dropout=0.0).eval()
    convolution = block._sublayers[0]
    (row,) = sentences((5,), width=8)
    changed = row.clone()
    changed[2] += 3.0
    tokens, mask = batch([row, changed], 5, 0.0)
    before, after = convolution(tokens, mask)
    assert (before != after).any(-1).nonzero().flatten().tolist() == [1, 2, 3]


def test_layer_dropout_skips_sublayers_in_training_and_scales_them_in_evaluation() -> None:
    tokens, mask = batch(sentences((5,), width=8), 5, 0.0)
    block = QaNetBlock(8, 0, 3, 2, dropout=0.0, layer_dropout=1.0)
    start = add_positional_features(tokens)
    change = block._sublayers[0](block._norms[0](start), mask)
    torch.manual_seed(0)
    outputs = [block(tokens, mask) for _ in range(20)]
    # The last sublayer, the feed-forward network, is skipped with certainty.
    skipped = [torch.allclose(output, start) for output in outputs]
    kept = [torch.allclose(output, start + change) for output in outputs]
    assert all(one != other for one, other in zip(skipped, kept, strict=True))
    assert 3 < sum(skipped) < 17
    torch.testing.assert_close(block.eval()(tokens, mask), start + 0.5 * change)


def test_a_skipped_sublayer_gets_a_gradient_all_the_same() -> None:
    check_all_weights_learn(build(Seq2SeqEncoder, {**PARAMS, "layer_dropout": 1.0}))
