"""Fixtures that the whole suite shares."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Union

import pytest

import bluelmo_plugins  # noqa: F401  only the command line imports plugins by itself

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real corpora beside the checkout; tests that need it skip without it."""
    shared = REPOSITORY.parent / "shared"
    if not (shared / "blue").is_dir():
        pytest.skip("needs the real corpora in ../shared, which are not part of the repository")
    return shared


@pytest.fixture(scope="session")
def tiny_elmo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the options.json and weights.hdf5 of a tiny random ELMo."""
    from bluelmo_plugins.corpora.samples.elmo import ELMO_SIZES, write_elmo

    directory = tmp_path_factory.mktemp("elmo")
    write_elmo(directory, ELMO_SIZES["tiny"], seed=0)
    return directory


@pytest.fixture(scope="session")
def sample_corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DATASET_DIR with the sample corpora of all ten tasks."""
    from bluelmo_plugins.corpora.samples.folder import write_corpora

    directory = tmp_path_factory.mktemp("blue")
    write_corpora(directory)
    return directory


@pytest.fixture(scope="session", autouse=True)
def _feature_stores_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keeps the suite, and the commands that it starts, out of the user's own feature caches."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes text or bytes to a file in a folder of the test's own."""

    def write_file(content: Union[str, bytes], name: str = "train.tsv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file
