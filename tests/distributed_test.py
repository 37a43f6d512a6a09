"""Work is shared out without gaps, and may take longer than a wait for others."""

import time
from collections.abc import Iterator

import pytest
import torch

from bluelmo_plugins.distributed import finish_together, gather_from_workers, own_share
from tests.several_processes import run_in_processes

KEYS = [bytes([number, 7]) for number in range(40)]


def steps(number: int, seconds: float) -> Iterator[None]:
    for _ in range(number):
        time.sleep(seconds)
        yield


def share_keys(rank: int) -> None:
    held = [KEYS[:30], KEYS[20:], []][rank]
    shares = gather_from_workers(own_share(held))
    assert sorted(key for share in shares for key in share) == KEYS
    assert set(shares[rank]) <= set(held)
    # What both hold is done by both.
    assert min(len(set(share) & set(KEYS[20:30])) for share in shares[:2]) == 5


def work_for_longer_than_one_may_wait(rank: int) -> None:
    finish_together(steps(30 if rank else 0, 0.1), seconds=0.3)
    assert all(gather_from_workers(True))


def wait_too_long(rank: int) -> None:
    if rank:
        time.sleep(2.5)
    torch.distributed.barrier()


def test_each_key_falls_to_one_of_those_that_hold_it() -> None:
    run_in_processes(share_keys, number=3)


def test_work_may_take_longer_than_a_wait() -> None:
    run_in_processes(work_for_longer_than_one_may_wait, timeout=1)
    with pytest.raises(Exception, match=r"[Tt]imed out|closed|terminated"):
        run_in_processes(wait_too_long, timeout=1)


def test_one_process_does_everything() -> None:
    assert own_share(KEYS) == KEYS
    done = []
    finish_together(done.append(number) for number in range(3))
    assert done == [0, 1, 2]
