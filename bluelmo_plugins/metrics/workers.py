"""Figures over all workers of a distributed run."""

from typing import TypeVar

import torch.distributed
from allennlp.common.util import is_distributed

T = TypeVar("T")


def gather_from_workers(value: T) -> list[T]:
    """
    What every worker of a distributed run holds; outside of one, the value alone.

    All workers must call it, so a metric does so only when it is reset: a worker that has more
    batches than another would wait for ever after its last one.

    # Parameters

    value : `T`
        Anything that can be pickled.

    # Returns

    `List[T]`
        One value a worker, in the order of their ranks.
    """
    if not is_distributed():
        return [value]
    values: list[T] = [value] * torch.distributed.get_world_size()
    torch.distributed.all_gather_object(values, value)
    return values
