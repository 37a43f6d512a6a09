"""Workers share work without gaps, and work may take longer than the timeout of torch."""

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
    # Keys that both hold are divided between them.
    assert min(len(set(share) & set(KEYS[20:30])) for share in shares[:2]) == 5


def work_longer_than_the_timeout(rank: int) -> None:
    finish_together(steps(30 if rank else 0, 0.1), seconds=0.3)
    assert all(gather_from_workers(True))


def wait_longer_than_the_timeout(rank: int) -> None:
    if rank:
        time.sleep(2.5)
    torch.distributed.barrier()


def test_each_key_is_assigned_to_one_of_its_holders() -> None:
    run_in_processes(share_keys, number=3)


def test_work_may_take_longer_than_the_timeout() -> None:
    run_in_processes(work_longer_than_the_timeout, timeout=1)
    with pytest.raises(Exception, match=r"[Tt]imed out|closed|terminated"):
        run_in_processes(wait_longer_than_the_timeout, timeout=1)


def test_one_process_does_all_work() -> None:
    assert own_share(KEYS) == KEYS
    done = []
    finish_together(done.append(number) for number in range(3))
    assert done == [0, 1, 2]
