"""A command in a process of its own: how long it takes, and how much memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.bare import REPOSITORY

SECONDS_BETWEEN_SAMPLES = 0.02


@dataclass(frozen=True)
class Finished:
    """
    # Parameters

    started : `float`
        When, in seconds since 1970.
    seconds : `float`
        How long it ran.
    anonymous : `int`
        The most anonymous memory at any sample, in bytes: what no file stands behind.
    mapped : `int`
        The most mapped memory (files, the store's pages, libraries), in bytes.
    output : `str`
        What it printed.
    """

    started: float
    seconds: float
    anonymous: int
    mapped: int
    output: str


def run(command: Sequence[str]) -> Finished:
    """Runs a command in the repository and looks at its memory fifty times a second."""
    anonymous = mapped = 0
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        started = time.time()
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=output, stderr=output)
        while process.poll() is None:
            sizes = _memory(process.pid)
            anonymous = max(anonymous, sizes.get("RssAnon", 0))
            mapped = max(mapped, sizes.get("RssFile", 0) + sizes.get("RssShmem", 0))
            time.sleep(SECONDS_BETWEEN_SAMPLES)
        seconds = time.time() - started
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{text[-3000:]}")
    return Finished(started, seconds, anonymous, mapped, text)


def allennlp(*arguments: str) -> list[str]:
    """The real command `allennlp`, of the Python that runs this."""
    return [os.path.join(os.path.dirname(sys.executable), "allennlp"), *arguments]


def _memory(process: int) -> dict[str, int]:
    try:
        with open(f"/proc/{process}/status", encoding="utf-8") as status:
            lines = [line.split() for line in status if line.startswith("Rss")]
    except OSError:
        # It has just ended.
        return {}
    return {name.rstrip(":"): int(kilobytes) * 1024 for name, kilobytes, _ in lines}
