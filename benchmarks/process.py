"""Runs a command in its own process and measures its time and memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.machine import REPOSITORY

SECONDS_BETWEEN_SAMPLES = 0.02


@dataclass(frozen=True)
class Finished:
    """
    A finished command: start (seconds since 1970), duration in seconds and output.

    `anonymous` and `mapped` are its peak memory in bytes: not backed by a file, and backed by one
    (libraries, feature cache).
    """

    started: float
    seconds: float
    anonymous: int
    mapped: int
    output: str


def run(command: Sequence[str]) -> Finished:
    """Runs a command in the repository and samples its memory 50 times per second."""
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
    """Returns the command line of `allennlp` in the current environment."""
    return [os.path.join(os.path.dirname(sys.executable), "allennlp"), *arguments]


def _memory(process: int) -> dict[str, int]:
    try:
        with open(f"/proc/{process}/status", encoding="utf-8") as status:
            lines = [line.split() for line in status if line.startswith("Rss")]
    except OSError:
        # It has just ended.
        return {}
    return {name.rstrip(":"): int(kilobytes) * 1024 for name, kilobytes, _ in lines}
