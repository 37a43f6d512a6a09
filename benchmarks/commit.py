"""The commit that something was measured at."""

import subprocess

from benchmarks.bare import REPOSITORY


def commit(mark: str = "") -> str:
    """
    # Parameters

    mark : `str`, optional (default = `""`)
        What stands behind it if files differ from it.

    # Returns

    `str`
        Its beginning; "unknown" without git.
    """
    command = ["git", "describe", "--always", "--abbrev=10", "--exclude=*"]
    if mark:
        command.append(f"--dirty={mark}")
    try:
        found = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    except OSError:
        return "unknown"
    return found.stdout.strip() or "unknown"
