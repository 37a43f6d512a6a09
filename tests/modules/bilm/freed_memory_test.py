"""What was freed goes back to the system, or is kept."""

import multiprocessing
import resource
import sys
from multiprocessing.connection import Connection

import pytest
import torch

from bluelmo_plugins.modules.bilm.corpus_pass import give_back_freed_memory, keep_freed_memory
from tests.own_memory import anonymous_bytes

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only glibc has malloc_trim and mallopt, only Linux /proc"
)


def test_what_was_freed_between_other_things_goes_back_to_the_system() -> None:
    # Below the size from which glibc takes memory for one object alone.
    blocks = [bytearray(b"x" * 65536) for _ in range(1600)]
    kept = blocks[1::2]
    del blocks
    before = anonymous_bytes()
    give_back_freed_memory()
    assert anonymous_bytes() < before - 20e6
    assert len(kept) == 800


def test_what_is_kept_is_not_new_to_the_system_again_and_can_be_given_back() -> None:
    # In a process of its own, as keeping cannot be taken back.
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_measure, args=(theirs,))
    process.start()
    theirs.close()
    faults, faults_after, given_back = ours.recv()
    process.join()
    assert faults > 100
    assert faults_after < faults / 20
    assert given_back > 60e6


def _measure(connection: Connection) -> None:
    torch.set_num_threads(1)
    faults = _faults()
    keep_freed_memory()
    _faults()
    faults_after = _faults()
    kept = anonymous_bytes()
    give_back_freed_memory()
    connection.send((faults, faults_after, kept - anonymous_bytes()))


def _faults() -> int:
    """How often the system had to find a page, for ten tensors one after another."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        torch.ones(2**24)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
