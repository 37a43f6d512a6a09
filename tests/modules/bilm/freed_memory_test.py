"""What was freed goes back to the system."""

import sys

import pytest

from bluelmo_plugins.modules.bilm.freed_memory import give_back_freed_memory
from tests.own_memory import anonymous_bytes


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has malloc_trim, only Linux /proc")
def test_what_was_freed_between_other_things_goes_back_to_the_system() -> None:
    # Below the size from which glibc takes memory for one object alone.
    blocks = [bytearray(b"x" * 65536) for _ in range(1600)]
    kept = blocks[1::2]
    del blocks
    before = anonymous_bytes()
    give_back_freed_memory()
    assert anonymous_bytes() < before - 20e6
    assert len(kept) == 800
