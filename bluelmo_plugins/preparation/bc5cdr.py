"""BC5CDR from its PubTator files, one for each split."""

from pathlib import Path

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.preparation.notes import Notes
from bluelmo_plugins.preparation.originals import find_file
from bluelmo_plugins.preparation.pubtator import read_pubtator
from bluelmo_plugins.preparation.sentences import SentenceSplitter
from bluelmo_plugins.preparation.splits import Choices, Row, Splits
from bluelmo_plugins.preparation.tagging import tag_document

_TYPES = ("Chemical", "Disease")
_SETS = {"train": "Training", "dev": "Development", "test": "Test"}


def prepare_bc5cdr(entity_type: str, source: Path, choices: Choices, notes: Notes) -> Splits:
    """
    Makes the rows of the mentions of one type.

    # Parameters

    entity_type : `str`
        ``"Chemical"`` or ``"Disease"``.
    source : `Path`
        Holds ``CDR_TrainingSet.PubTator.txt`` and the like.
    choices : `Choices`
        There is nothing to choose.
    notes : `Notes`
        Counts what is not as in the original.

    # Returns

    `Splits`

    # Raises

    `InputError`
        If a file is missing or damaged, or one has no mention of the type.
    """
    paths = {
        split: find_file(
            source, rf"cdr_{name.lower()}set\.pubtator\.txt", f"CDR_{name}Set.PubTator.txt"
        )
        for split, name in _SETS.items()
    }
    splitter = SentenceSplitter()
    splits: Splits = {}
    owners: dict[str, Path] = {}
    for split, path in paths.items():
        rows: list[Row] = []
        num_mentions = 0
        for document in read_pubtator(path):
            if document.id in owners:
                raise InputError(
                    f"document '{document.id}' is in {owners[document.id]} too",
                    file=path,
                    line=document.line,
                )
            owners[document.id] = path
            for kind, found in document.mentions.items():
                if kind not in _TYPES:
                    raise unknown_name("type", kind, _TYPES, file=path, line=found[0].line)
            mentions = document.mentions.get(entity_type, [])
            num_mentions += len(mentions)
            sentences = splitter.split(document.text, [document.abstract_start])
            rows += tag_document(document.id, document.text, sentences, mentions, False, notes)
        if not num_mentions:
            raise InputError(f"has no mention of type '{entity_type}'", file=path)
        splits[split] = rows
    return splits
