"""What is wrong with the processes that compute."""

import ast
import re
from typing import Optional

from allennlp.common.checks import ConfigurationError
from allennlp.data.data_loaders.multiprocess_data_loader import WorkerError
from torch.multiprocessing import ProcessRaisedException

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.explanations.variables import variable

_NO_GPU = re.compile(
    "Experiment specified a GPU but none is available"
    "|Found no NVIDIA driver"
    "|No CUDA GPUs are available"
    "|Torch not compiled with CUDA enabled"
    "|Cannot access accelerator device when none is available"
)
_OF_A_PROCESS = re.compile(
    r"^(?:bluelmo_plugins\.errors\.InputError|allennlp\.common\.checks\.ConfigurationError): "
    r"(?P<text>.*?)\s*\Z",
    re.DOTALL | re.MULTILINE,
)

_REPRESENTATION = re.compile(r"worker raised InputError\((?P<text>.*?)\)\n\n", re.DOTALL)


def no_gpu(error: BaseException) -> Optional[str]:
    """A GPU was asked for where torch finds none."""
    reason = _NO_GPU.search(str(error))
    if reason is None or not isinstance(error, (ConfigurationError, RuntimeError, AssertionError)):
        return None
    device = variable(error, "check_for_gpu", "device")
    if device is None:
        device = variable(error, "_load", "cuda_device")
    number = "" if device is None else " " + str(device).removeprefix("cuda:")
    return str(
        InputError(
            f"cuda_device{number} asks for a GPU, but torch finds "
            f"none on this machine ({reason.group()})",
            todo="To use the CPU, set `cuda_device:: -1` in the config that you train, or give "
            "`--cuda-device -1` to evaluate and predict",
        )
    )


def in_another_process(error: BaseException) -> Optional[str]:
    """A mistake that one of the processes that train together has found."""
    found = _OF_A_PROCESS.search(str(error))
    return (
        found["text"] if found is not None and isinstance(error, ProcessRaisedException) else None
    )


def in_a_reader_process(error: BaseException) -> Optional[str]:
    """A mistake that a process of the data loader has found, of which it passes the `repr` on."""
    found = _REPRESENTATION.match(str(error)) if isinstance(error, WorkerError) else None
    return str(ast.literal_eval(found["text"])) if found is not None else None
