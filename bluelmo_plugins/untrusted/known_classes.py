"""
Which classes the config of an archive may name.

AllenNLP takes a `type` with a dot for the path of a class, imports its module, and calls whatever
it finds there (`os.system`, for one). Of the classes that AllenNLP itself registers, some load
files, models or programs by names that a config gives.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Optional

from allennlp.common import Registrable

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.untrusted.trust import TRUST, archives_are_trusted

_HARMLESS = (
    "allennlp.data.data_loaders.",
    "allennlp.data.samplers.",
    "allennlp.data.token_indexers.elmo_indexer",
    "allennlp.data.token_indexers.single_id_token_indexer",
    "allennlp.data.token_indexers.token_characters_indexer",
    "allennlp.data.tokenizers.character_tokenizer",
    "allennlp.data.tokenizers.letters_digits_tokenizer",
    "allennlp.data.tokenizers.whitespace_tokenizer",
    "allennlp.data.vocabulary",
    "allennlp.evaluation.",
    "allennlp.modules.attention.",
    "allennlp.modules.matrix_attention.",
    "allennlp.modules.seq2seq_encoders.",
    "allennlp.modules.seq2vec_encoders.boe_encoder",
    "allennlp.modules.seq2vec_encoders.cls_pooler",
    "allennlp.modules.seq2vec_encoders.cnn_encoder",
    "allennlp.modules.seq2vec_encoders.cnn_highway_encoder",
    "allennlp.modules.seq2vec_encoders.pytorch_seq2vec_wrapper",
    "allennlp.modules.text_field_embedders.",
    "allennlp.modules.token_embedders.embedding",
    "allennlp.modules.token_embedders.empty_embedder",
    "allennlp.modules.token_embedders.pass_through_token_embedder",
    "allennlp.modules.token_embedders.token_characters_encoder",
    "allennlp.nn.activations",
    "allennlp.nn.regularizers.",
)
"""AllenNLP's modules whose classes open nothing."""

_of_archive: ContextVar[bool] = ContextVar("of_archive", default=False)


@contextmanager
def only_known_classes() -> Iterator[None]:
    """While it is entered, names are looked up for the config of an archive."""
    token = _of_archive.set(True)
    try:
        yield
    finally:
        _of_archive.reset(token)


def naming_only_known_classes(original: Callable[..., Any]) -> Callable[..., Any]:
    """
    # Parameters

    original : `Callable[..., Any]`
        A function that makes objects of an archive's config.

    # Returns

    `Callable[..., Any]`
        The same within `only_known_classes`.
    """

    @wraps(original)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        with only_known_classes():
            return original(*args, **kwargs)

    return guarded


def resolving_known_classes(original: Any) -> Any:
    """
    For `Registrable.resolve_class_name`.

    # Parameters

    original : `Any`
        The class method.

    # Returns

    `Any`
        A class method that raises an `InputError` where the config of an archive names a class that
        no imported package defines, or one that opens what it is told to.
    """
    function = original.__func__

    @wraps(function)
    def resolve_class_name(cls: type, name: str) -> tuple[type, Optional[str]]:
        if not _of_archive.get() or archives_are_trusted():
            found: tuple[type, Optional[str]] = function(cls, name)
            return found
        if name not in Registrable._registry[cls] and "." in name:
            _check_imported(cls, name)
        subclass, constructor = function(cls, name)
        if not _is_harmless(subclass) or str(constructor).startswith("from_pretrained"):
            raise InputError(
                f"the config of this archive asks for a {cls.__name__} '{name}', which loads files,"
                " models or programs by names that the config gives",
                todo=f"If you trust whom the archive comes from, set {TRUST}=1",
            )
        return subclass, constructor

    return classmethod(resolve_class_name)


def _check_imported(base: type, name: str) -> None:
    """Only what is there already may be named by its path, and only as what it is."""
    module, _, path = name.rpartition(".")
    found = getattr(sys.modules.get(module), path, None)
    if not (isinstance(found, type) and issubclass(found, base)):
        package = name.partition(".")[0]
        raise InputError(
            f"the config of this archive asks for '{name}', which is no {base.__name__} that is"
            " registered or imported; nothing is imported because an archive says so",
            todo=f"If it is code of yours, add --include-package {package}",
        )


def _is_harmless(subclass: type) -> bool:
    module = subclass.__module__
    if module.partition(".")[0] not in ("allennlp", "allennlp_models"):
        # Imported because the user, or AllenNLP, said so.
        return True
    return any(module.startswith(each) for each in _HARMLESS)
