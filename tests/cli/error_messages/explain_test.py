"""Every mistake of a user is told in words; the errors here are the real ones."""

import errno
import inspect
import tarfile

import pytest
from allennlp.common.checks import ConfigurationError

from bluelmo_plugins.cli import error_messages
from bluelmo_plugins.cli.error_messages import EXPLANATIONS, explain
from bluelmo_plugins.errors import InputError


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


def test_every_explanation_is_asked() -> None:
    functions = {
        value
        for name, value in vars(error_messages).items()
        if getattr(value, "__module__", None) == error_messages.__name__
        and not name.startswith("_")
        and inspect.isfunction(value)
    }
    assert functions - {error_messages.variable, explain} == set(EXPLANATIONS)


def test_an_endless_name_is_shortened() -> None:
    message = explain(ConfigurationError(f"{'x' * 100_000} is not a registered name"))
    assert message is not None
    assert len(message) < 5000
    assert message.endswith("is not a registered name")
