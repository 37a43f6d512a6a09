"""What memory the process of a test holds."""

import re
from pathlib import Path


def anonymous_bytes() -> int:
    """Memory of this process that no file stands behind, as Linux counts it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    memory = re.search(r"^RssAnon:\s+(\d+) kB$", status, re.MULTILINE)
    assert memory is not None
    return 1024 * int(memory[1])
