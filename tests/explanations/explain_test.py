"""Every mistake of a user is told in words; the errors here are the real ones."""

import errno
import tarfile
from types import ModuleType

import pytest
from allennlp.common.checks import ConfigurationError

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.explanations import configs, files, processes
from bluelmo_plugins.explanations.explain import EXPLANATIONS, explain


@pytest.mark.parametrize("error", [ConfigurationError("no seq2vec"), InputError("it is empty")])
def test_a_configuration_error_speaks_for_itself(error: ConfigurationError) -> None:
    assert explain(error) == str(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("label"),
        RuntimeError("mat1 and mat2 shapes cannot be multiplied"),
        OSError(errno.EIO, "Input/output error"),
        FileNotFoundError(),
        EOFError(),
        UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid start byte"),
        KeyboardInterrupt(),
        tarfile.ReadError("not a gzip file"),
    ],
    ids=repr,
)
def test_a_fault_of_the_program_is_not_explained_away(error: BaseException) -> None:
    assert explain(error) is None


@pytest.mark.parametrize("module", [configs, files, processes])
def test_every_explanation_is_asked(module: ModuleType) -> None:
    functions = [
        value
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
    ]
    assert functions
    assert set(functions) <= set(EXPLANATIONS)
