"""Each worker computes on one thread; other threads keep their setting."""

import threading
import time
from threading import Event, Thread, get_ident

import pytest
import torch

from bluelmo_plugins.modules.bilm.one_thread_workers import CancelledTask, OneThreadWorkers


def test_torch_uses_one_thread_in_each_worker_and_as_before_elsewhere() -> None:
    before = torch.get_num_threads()
    elsewhere: list[int] = []
    torch.set_num_threads(3)
    try:
        with OneThreadWorkers(4) as workers:
            tasks = [workers.submit(torch.get_num_threads) for _ in range(20)]
            assert {task.result() for task in tasks} == {1}
            other = Thread(target=lambda: elsewhere.append(torch.get_num_threads()))
            other.start()
            other.join()
            assert torch.get_num_threads() == 3
        assert elsewhere == [3]
    finally:
        torch.set_num_threads(before)


def test_all_workers_run_at_once() -> None:
    with OneThreadWorkers(3) as workers:
        first, second, third = Event(), Event(), Event()

        def together(mine: Event) -> int:
            mine.set()
            assert all(event.wait(30) for event in (first, second, third))
            return get_ident()

        tasks = [workers.submit(together, event) for event in (first, second, third)]
        assert len({task.result() for task in tasks}) == 3


def test_ctrl_c_cancels_running_and_waiting_tasks() -> None:
    begun = Event()

    def endless() -> None:
        begun.set()
        while True:
            workers.check()
            time.sleep(0.001)

    tasks = []
    try:
        with OneThreadWorkers(1) as workers:
            tasks += [workers.submit(endless), workers.submit(endless)]
            assert begun.wait(30)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        running, waiting = tasks
    assert isinstance(running.exception(), CancelledTask)
    assert waiting.cancelled()


def test_an_interrupt_while_the_workers_start_leaves_none_of_them_running(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def wait(barrier: threading.Barrier) -> int:
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        return wait_really(barrier)

    wait_really = threading.Barrier.wait
    monkeypatch.setattr(threading.Barrier, "wait", wait)
    with pytest.raises(KeyboardInterrupt), OneThreadWorkers(2):
        pass
