"""
Runs fuzz cases in a process of their own, so that a hang or a crash is an outcome.

`BLUELMO_FUZZ=N` runs N times as many cases, with new seeds each time.
"""

import logging
import multiprocessing
import os
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

FUZZ = int(os.environ.get("BLUELMO_FUZZ", "0"))
CPU_SECONDS_PER_CASE = 120
"""CPU time, so that a busy machine fails no case."""
SECONDS_PER_CASE = 300
MEMORY_OF_CASES = 3 * 2**30
"""Address space beyond what the process has at the start."""

TryCase = Callable[[int], tuple[str, str]]
"""Takes a seed; returns a description of the case and the outcome, or raises if it is wrong."""


def check_cases(try_case: TryCase, cases: int) -> Counter[str]:
    """Runs cases, prints how often each outcome occurred, and asserts that none is wrong."""
    first = time.time_ns() if FUZZ else 0
    seeds = list(range(first, first + cases * max(FUZZ, 1)))
    counts: Counter[str] = Counter()
    wrong = []
    for seed, _, outcome in outcomes(try_case, seeds):
        counts[outcome] += 1
        if outcome.startswith("WRONG"):
            wrong.append(f"seed {seed}: {outcome}")
    print(f"{len(seeds)} cases:", *(f"{count} {name};" for name, count in counts.most_common()))
    assert sum(counts.values()) == len(seeds)
    assert not wrong, "\n".join(wrong)
    return counts


def outcomes(try_case: TryCase, seeds: list[int]) -> Iterator[tuple[int, str, str]]:
    """Yields the outcome of each seed. If the process dies, a new one continues with the next."""
    context = multiprocessing.get_context("fork")
    while seeds:
        receiver, sender = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(try_case, seeds, sender))
        worker.start()
        sender.close()
        done = 0
        while True:
            try:
                yield receiver.recv()
            except EOFError:
                break
            done += 1
        worker.join()
        if done < len(seeds):
            yield seeds[done], "", f"WRONG: process ended with status {worker.exitcode}"
        seeds = seeds[done + 1 :]


def _work(try_case: TryCase, seeds: list[int], results: Connection) -> None:
    logging.disable()
    with open("/proc/self/statm") as statm:
        limit = int(statm.read().split()[0]) * resource.getpagesize() + MEMORY_OF_CASES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for seed in seeds:
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS_PER_CASE)
        signal.alarm(SECONDS_PER_CASE)
        try:
            results.send((seed, *try_case(seed)))
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{type(error).__name__}: {error}"[:1000]
            results.send((seed, "", f"WRONG: {text} ({place.filename}:{place.lineno})"))
    results.close()
