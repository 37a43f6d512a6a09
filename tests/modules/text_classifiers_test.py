"""The vectors of two sentences are combined."""

import pytest
import torch

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.text_classifiers import PairCombiner

FIRST = torch.tensor([[3.0, 0.0], [1.0, 1.0]])
SECOND = torch.tensor([[0.0, 4.0], [2.0, 2.0]])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("concat", [[3.0, 0.0, 0.0, 4.0], [1.0, 1.0, 2.0, 2.0]]),
        ("cosine", [[0.0], [1.0]]),
        ("distance", [[5.0], [2.0**0.5]]),
        (
            "full",
            [
                [3.0, 0.0, 0.0, 4.0, 3.0, 4.0, 0.0, 0.0],
                [1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0],
            ],
        ),
    ],
)
def test_combinations(name: str, expected: list[list[float]]) -> None:
    combiner = PairCombiner(name)
    torch.testing.assert_close(combiner(FIRST, SECOND), torch.tensor(expected))
    assert combiner.get_output_dim(2) == len(expected[0])


@pytest.mark.parametrize("name", ["concat", "cosine", "distance", "full"])
def test_equal_and_empty_sentences_have_a_finite_gradient(name: str) -> None:
    vectors = torch.tensor([[1.0, 2.0], [0.0, 0.0]], requires_grad=True)
    PairCombiner(name)(vectors, vectors).sum().backward()
    assert vectors.grad is not None
    assert torch.isfinite(vectors.grad).all()


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"'cosin'.*'concat', 'cosine', 'distance', 'full'"):
        PairCombiner("cosin")
