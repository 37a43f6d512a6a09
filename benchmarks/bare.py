"""bluelmo's biLM on a machine that has torch and h5py, and no AllenNLP."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

REPOSITORY = Path(__file__).parent.parent


def has(module: str) -> bool:
    """Whether a module is installed."""
    return importlib.util.find_spec(module) is not None


def make_importable(small: bool = False) -> None:
    """
    Makes the modules of `bluelmo_plugins` that need no AllenNLP importable where there is none.

    The package imports all of its modules, since AllenNLP's plugin loader asks for that. Here its
    place is taken by an empty one with the same folder.
    """
    if small or not has("allennlp"):
        _put_in_place("bluelmo_plugins")


def _put_in_place(name: str) -> None:
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(REPOSITORY.joinpath(*name.split(".")))]
        sys.modules[name] = package
