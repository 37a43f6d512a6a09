"""The progress bar of an epoch."""

from collections.abc import Iterator
from typing import Any, Optional

from allennlp.common.tqdm import Tqdm
from allennlp.data import TensorDict
from torch import Tensor

_FORMAT = (
    "{desc}: {percentage:3.0f}%|{bar:20}| {n_fmt}/{total_fmt} batches, {remaining} left{postfix}"
)


class EpochBar:
    """
    A bar over the batches of an epoch, which goes when it is closed.

    # Parameters

    title : `str`
        What stands before it.
    total : `Optional[int]`
        The number of batches, where it is known.
    done : `int`
        How many of them are done already.
    """

    def __init__(self, title: str, total: Optional[int], done: int) -> None:
        self.title = title
        self._bar = Tqdm.tqdm(
            total=total, initial=done, desc=title, leave=False, bar_format=_FORMAT
        )

    def show(self, done: int, text: str) -> None:
        """
        # Parameters

        done : `int`
            How many batches are done.
        text : `str`
            What stands behind the bar.
        """
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Takes it off the terminal."""
        self._bar.close()


def num_tokens(batch: TensorDict) -> int:
    """
    # Parameters

    batch : `TensorDict`
        Of a data loader.

    # Returns

    `int`
        The tokens of all its texts, without padding.
    """
    texts = (field for field in batch.values() if isinstance(field, dict))
    ids = (next(_tensors(text), None) for text in texts)
    # Of a token that is its characters, the first one is never padding.
    tokens = (each if each.dim() < 3 else each[:, :, 0] for each in ids if each is not None)
    return sum(int(each.count_nonzero()) for each in tokens)


def _tensors(text: Any) -> Iterator[Tensor]:
    """The tensors of a text field, of whatever indexers."""
    for value in text.values():
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, dict):
            yield from _tensors(value)
