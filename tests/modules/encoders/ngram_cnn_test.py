"""The n-gram CNNs; what must hold of every encoder is in seq2vec_encoders_test."""

import re

import torch
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder

from bluelmo_plugins.modules.encoders.ngram_cnn import CnnHighwayEncoder
from tests.modules.encoder_checks import batch, build, sentences


def test_the_cnn_gives_the_numbers_of_allennlps_where_sentences_are_long_enough() -> None:
    ours = build(Seq2VecEncoder, {"type": "blue_cnn", "num_filters": 4})
    stock = build(Seq2VecEncoder, {"type": "cnn", "num_filters": 4})
    ours.load_state_dict(_as_archived_before(stock))
    rows = batch(sentences((6, 5, 9)), 9, 0.0)
    torch.testing.assert_close(ours(*rows), stock(*rows))


def test_the_highway_cnn_gives_the_numbers_of_allennlps_where_there_are_no_pads() -> None:
    ours = build(Seq2VecEncoder, {"type": "blue_cnn_highway", "num_filters": 4, "num_highway": 2})
    stock = build(
        Seq2VecEncoder,
        {
            "type": "cnn-highway",
            "filters": [[2, 4], [3, 4], [4, 4], [5, 4]],
            "num_highway": 2,
            "projection_dim": 12,
        },
    )
    ours.load_state_dict(_as_archived_before(stock))
    rows = batch(sentences((7, 7)), 7, 0.0)
    torch.testing.assert_close(ours(*rows), stock(*rows))


def test_the_number_of_filters_and_their_widths_make_the_output() -> None:
    params = {"type": "blue_cnn", "num_filters": 3, "ngram_filter_sizes": [1, 2]}
    encoder = build(Seq2VecEncoder, params)
    assert encoder(*batch(sentences(), 5, 0.0)).shape == (4, 6)


def test_the_projection_is_as_wide_as_the_input_unless_told() -> None:
    assert CnnHighwayEncoder(10, num_filters=2).get_output_dim() == 10
    assert CnnHighwayEncoder(10, num_filters=2, projection_dim=3).get_output_dim() == 3


def _as_archived_before(stock: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The weights by the names that ours had for them when it had a convolution for each width."""
    return {
        re.sub("^(conv_layer|char_conv)_", "_pool._convolutions.", name).replace(
            "_highways.", "_highway."
        ): value
        for name, value in stock.state_dict().items()
    }
