"""Collective operations of distributed training; without it, one process is the only worker."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import torch.distributed
from allennlp.common.util import is_distributed
from allennlp.nn.util import dist_reduce_sum

T = TypeVar("T")

_END = object()


def gather_from_workers(value: T) -> list[T]:
    """
    Returns the values of all workers, by rank. All workers must call it.

    A metric must call it only on reset: a worker with more batches than another would otherwise
    wait forever after its last one.
    """
    if not is_distributed():
        return [value]
    values: list[T] = [value] * torch.distributed.get_world_size()
    torch.distributed.all_gather_object(values, value)
    return values


def own_rank() -> int:
    """Returns the rank of this worker; 0 without distributed training."""
    return torch.distributed.get_rank() if is_distributed() else 0


def own_share(keys: Sequence[bytes]) -> list[bytes]:
    """Returns this worker's part of work that several workers may hold. All must call it."""
    holders: dict[bytes, list[int]] = defaultdict(list)
    for rank, held in enumerate(gather_from_workers(list(keys))):
        for key in held:
            holders[key].append(rank)
    return [key for key in keys if holders[key][key[0] % len(holders[key])] == own_rank()]


def finish_together(work: Iterator[Any], seconds: float = 60.0) -> None:
    """
    Exhausts the iterator, and returns when all workers have exhausted theirs.

    The workers synchronise every `seconds`, since torch kills a worker that waits longer than 10
    minutes (NCCL) or 30 (gloo). A single step of the iterator must take less than that.
    """
    done = False
    all_done = False
    while not all_done:
        deadline = time.monotonic() + seconds
        while not done and time.monotonic() < deadline:
            done = next(work, _END) is _END
        all_done = dist_reduce_sum(int(not done)) == 0
