"""Runs a function in several processes that form a group, as distributed training does."""

import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import torch.distributed
from torch.multiprocessing import start_processes


def run_in_processes(
    function: Callable[..., None], *arguments: Any, number: int = 2, timeout: float = 60
) -> None:
    """Calls the function with the rank and the arguments; a wait may take `timeout` seconds."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start_processes(
        _run, (function, arguments, number, timeout, port), nprocs=number, start_method="fork"
    )


def _run(
    rank: int,
    function: Callable[..., None],
    arguments: tuple[Any, ...],
    number: int,
    timeout: float,
    port: int,
) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        "gloo",
        init_method=f"tcp://127.0.0.1:{port}",
        world_size=number,
        rank=rank,
        timeout=timedelta(seconds=timeout),
    )
    function(rank, *arguments)
    torch.distributed.destroy_process_group()
