"""The machine in words, and how fast it multiplies matrices."""

import os
import platform
import re
import time
from pathlib import Path

import torch

from benchmarks.samples import Json

# The shape of the inputs' product of a full-size layer over a block of contexts.
ROWS, DIM, GATES = 1024, 512, 16384
ROWS_OF_A_PART = 256


def words() -> Json:
    """What the figures depend on, without the names of hosts and folders."""
    from bluelmo_plugins.modules.bilm.compute import X86_WITH_BF16

    cpu_info = _read("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", cpu_info)
    memory = re.search(r"MemTotal:\s*(\d+) kB", _read("/proc/meminfo"))
    flags = set(cpu_info.split())
    return {
        "cpu": model[1] if model else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "bf16_instructions": sorted(flags.intersection(X86_WITH_BF16)),
        "memory_gb": round(int(memory[1]) * 1024 / 1e9) if memory else None,
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }


def product_rate(dtype: torch.dtype, device: torch.device, compute: str, calls: int = 5) -> float:
    """
    The speed of one product of 1024 x 512 by 512 x 16384 that is given a place for its result; or
    of one by packed weights, which cannot be, in parts whose results have memory from before.
    """
    from bluelmo_plugins.modules.bilm.compute import matmul_precision
    from bluelmo_plugins.modules.bilm.packed_weights import linear, pack_weights

    inputs = torch.randn(ROWS, DIM, device=device).to(dtype)
    layer = torch.nn.Linear(DIM, GATES, device=device, dtype=dtype).requires_grad_(False)
    out = torch.empty(ROWS, GATES, device=device, dtype=dtype)

    def in_one() -> None:
        torch.mm(inputs, layer.weight.T, out=out)

    def in_parts() -> None:
        for part in inputs.split(ROWS_OF_A_PART):
            linear(part, layer.weight)

    seconds = []
    for multiply in (in_one, in_parts):
        if multiply is in_parts:
            pack_weights(layer)
        multiply()
        for _ in range(calls):
            _wait(device)
            start = time.perf_counter()
            with matmul_precision(compute, device):
                multiply()
            _wait(device)
            seconds.append(time.perf_counter() - start)
    return 2 * ROWS * DIM * GATES / min(seconds)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _read(path: str) -> str:
    file = Path(path)
    return file.read_text(encoding="utf-8") if file.exists() else ""
