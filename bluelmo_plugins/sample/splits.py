"""What a family's generator hands over: the rows of the three files of a corpus."""

from collections.abc import Mapping
from random import Random

Row = list[str]
# "train", "dev" and "test", in this order; an empty row becomes an empty line.
Splits = dict[str, list[Row]]


def in_proportion(weights: Mapping[str, int], count: int, random: Random) -> list[str]:
    """
    Deals out labels so that each is there and none is left to chance.

    # Parameters

    weights : `Mapping[str, int]`
        How frequent each label is to be, relative to the others.
    count : `int`
        How many labels are wanted, roughly: rounding may add or drop a few.
    random : `Random`
        Shuffles them.

    # Returns

    `list[str]`
        Each label at least once, in random order.
    """
    total = sum(weights.values())
    labels = [
        label
        for label, weight in weights.items()
        for _ in range(max(1, round(count * weight / total)))
    ]
    random.shuffle(labels)
    return labels
