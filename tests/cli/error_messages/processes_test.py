"""Processes without a GPU, and one of several that fails."""

import pytest
import torch
from allennlp.common.checks import check_for_gpu
from allennlp.data.data_loaders.multiprocess_data_loader import WorkerError
from torch.multiprocessing import ProcessRaisedException

from bluelmo_plugins.cli.error_messages import explain
from bluelmo_plugins.errors import InputError
from tests.cli.error_messages.told import told

no_gpu_here = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


@no_gpu_here
def test_a_gpu_that_is_not_there_is_told() -> None:
    class Loader:
        def _load(self, cuda_device: int) -> None:
            torch.nn.Linear(1, 1).cuda(cuda_device)

    def raise_accelerator() -> None:
        # What a CPU build of torch says to `torch.device(0)`.
        raise RuntimeError("Cannot access accelerator device when none is available.")

    for raise_it, device in (
        (lambda: check_for_gpu(1), " 1"),
        (lambda: check_for_gpu([0, 1]), " 0"),
        (lambda: Loader()._load(2), " 2"),
        (raise_accelerator, ""),
    ):
        message = told(raise_it)
        assert message is not None
        assert message.startswith(
            f"cuda_device{device} asks for a GPU, but torch finds none on this machine ("
        )
        assert "set `cuda_device:: -1` in the config" in message
        assert "`--cuda-device -1`" in message


def test_a_mistake_that_a_process_of_several_found_is_told() -> None:
    trace = 'Traceback (most recent call last):\n  File "x.py", line 3, in read\n    raise error'
    mistake = "bluelmo_plugins.errors.InputError: dev.tsv, line 2: no label.\nSee the file.\n"
    text = f"\n\n-- Process 1 terminated with the following error:\n{trace}\n"
    found = ProcessRaisedException(text + mistake, 1, 7)
    assert explain(found) == "dev.tsv, line 2: no label.\nSee the file."
    assert explain(ProcessRaisedException(text + "KeyError: 'x'\n", 1, 7)) is None


def test_a_mistake_that_a_reader_process_found_is_told() -> None:
    mistake = InputError("the label is missing", file="it's.tsv", line=3)
    found = WorkerError(repr(mistake), ["Traceback (most recent call last):\n", "  raise error\n"])
    assert explain(found) == str(mistake)
    assert explain(WorkerError("KeyError('x')", ["a\n"])) is None
