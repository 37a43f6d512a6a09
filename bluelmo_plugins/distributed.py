"""What the workers of a distributed run do together; a run of one process is one worker."""

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
    What every worker of a distributed run holds; outside of one, the value alone.

    All workers must call it, so a metric does so only when it is reset: a worker that has more
    batches than another would wait for ever after its last one.
    """
    if not is_distributed():
        return [value]
    values: list[T] = [value] * torch.distributed.get_world_size()
    torch.distributed.all_gather_object(values, value)
    return values


def own_share(keys: Sequence[bytes]) -> list[bytes]:
    """Shares out work that several workers may hold. All workers must call it."""
    holders: dict[bytes, list[int]] = defaultdict(list)
    for rank, held in enumerate(gather_from_workers(list(keys))):
        for key in held:
            holders[key].append(rank)
    own_rank = torch.distributed.get_rank() if is_distributed() else 0
    return [key for key in keys if holders[key][key[0] % len(holders[key])] == own_rank]


def finish_together(work: Iterator[Any], seconds: float = 60.0) -> None:
    """
    Does the work of this worker, and returns when all workers have done theirs.

    A worker that waits for another one is killed after 10 minutes (NCCL) or 30 (gloo). Here the
    workers meet as they go, so the work may take any time, if only a step of it takes less.
    """
    done = False
    all_done = False
    while not all_done:
        deadline = time.monotonic() + seconds
        while not done and time.monotonic() < deadline:
            done = next(work, _END) is _END
        all_done = dist_reduce_sum(int(not done)) == 0
