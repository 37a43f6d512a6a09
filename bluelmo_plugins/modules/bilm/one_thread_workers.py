"""Workers that compute on one thread each: what they give depends on nothing but the task."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from typing import ParamSpec, TypeVar

import torch

Given = ParamSpec("Given")
Found = TypeVar("Found")


class InterruptedTask(Exception):
    """Raised in a worker when what it computes is not wanted any more."""

    def __init__(self) -> None:
        super().__init__("nobody waits for this task any more")


Check = Callable[[], None]
"""Called now and then by a long task; what it raises ends the task."""


def go_on() -> None:
    """The check of a task that nobody interrupts."""


class OneThreadWorkers:
    """
    Threads in each of which torch computes on that thread alone; made by `one_thread_workers`.

    Torch shares an operation out among threads by its size and by how many they are, and gives some
    values other last digits for it. Tasks that stay on one thread each give the same bits on any
    number of them. Their products are faster, too: two at once, on one thread each, do 4 to 33 %
    more in single precision than one on two threads (measured with 160 to 384 rows at ELMo's full
    size).

    # Parameters

    pool : `ThreadPoolExecutor`
        The threads.
    """

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._interrupted = Event()

    def submit(
        self, task: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs
    ) -> "Future[Found]":
        """
        # Parameters

        task : `Callable`
            What to do. What is to be stopped early calls `check` now and then.

        # Returns

        `Future`
            What the task returns or raises; tasks begin in the order in which they came.
        """
        return self._pool.submit(task, *args, **kwargs)

    def check(self) -> None:
        """Raises `InterruptedTask` where nobody waits for the task any more."""
        if self._interrupted.is_set():
            raise InterruptedTask

    def interrupt(self) -> None:
        """Lets tasks that run end at their next `check`."""
        self._interrupted.set()


@contextmanager
def one_thread_workers(number: int) -> Iterator[OneThreadWorkers]:
    """
    Workers for as long as the block lasts. An exception in the block, Ctrl-C among them, ends the
    tasks that run and drops those that wait.
    """
    num_threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(number, "bilm", initializer=_compute_on_one_thread)
    workers = OneThreadWorkers(pool)
    # The pool starts a thread when all others are busy; so all are started here.
    started = Barrier(number + 1)
    try:
        for _ in range(number):
            pool.submit(started.wait)
        started.wait()
        # Torch keeps the number for each thread, but gives new threads the one that was set last.
        torch.set_num_threads(num_threads)
        yield workers
    finally:
        # After an interrupt, threads may still wait for this one.
        started.abort()
        workers.interrupt()
        pool.shutdown(cancel_futures=True)


def _compute_on_one_thread() -> None:
    torch.set_num_threads(1)
    # A thread that has not asked for its number yet takes over what another sets.
    torch.get_num_threads()
