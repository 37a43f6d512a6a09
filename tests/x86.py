"""What marks tests of what only x86 CPUs do."""

import platform

import pytest

needs_x86 = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="only x86 CPUs pack weights"
)
