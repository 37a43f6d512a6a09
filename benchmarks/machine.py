"""The machine, its software and the rate of its matrix products."""

import importlib.util
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import torch

from benchmarks.tables import Json

REPOSITORY = Path(__file__).parent.parent


def is_installed(module: str) -> bool:
    """Returns whether a module is installed."""
    return importlib.util.find_spec(module) is not None


def make_importable(small: bool = False) -> None:
    """
    Makes the modules of `bluelmo_plugins` importable that need no AllenNLP.

    The package itself imports AllenNLP; without AllenNLP, or if `small`, an empty package with the
    same folder replaces it.
    """
    name = "bluelmo_plugins"
    if (small or not is_installed("allennlp")) and name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(REPOSITORY / name)]
        sys.modules[name] = package


def commit(mark: str = "") -> str:
    """Returns the current commit, with `mark` if files differ from it; "unknown" without git."""
    command = ["git", "describe", "--always", "--abbrev=10", "--exclude=*"]
    if mark:
        command.append(f"--dirty={mark}")
    try:
        found = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    except OSError:
        return "unknown"
    return found.stdout.strip() or "unknown"


# The shape of the input product of a full-size LSTM layer.
ROWS, DIM, GATES = 1024, 512, 16384
ROWS_OF_A_PART = 256


def words() -> Json:
    """Describes hardware and software, without host names and paths."""
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
    Returns the GEMM peak in FLOP/s: the faster of a plain product and one by packed weights.

    The plain product writes into preallocated memory. Packed weights cannot, so their product is
    computed in parts whose results reuse memory.
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
