"""Where all sources of random numbers stand."""

import random
from typing import Any

import numpy
import torch


def random_state() -> dict[str, Any]:
    """
    # Returns

    `dict[str, Any]`
        The states of Python's, numpy's and torch's global generators, of torch's on every GPU too,
        as tensors and plain values.
    """
    of_numpy = numpy.random.get_state(legacy=True)
    assert isinstance(of_numpy, tuple)
    name, keys, *others = of_numpy
    on_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    return {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(keys.astype(numpy.int64)), *others),
        "torch": torch.get_rng_state(),
        "cuda": on_gpus,
    }


def set_random_state(state: dict[str, Any]) -> None:
    """
    # Parameters

    state : `dict[str, Any]`
        What `random_state` gave, also on a machine with another number of GPUs.
    """
    random.setstate(state["python"])
    name, keys, *others = state["numpy"]
    numpy.random.set_state((name, keys.numpy().astype(numpy.uint32), *others))
    torch.set_rng_state(state["torch"])
    for gpu, on_gpu in enumerate(state["cuda"][: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(on_gpu, gpu)
