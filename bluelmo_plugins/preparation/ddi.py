"""
DDI 2013 from its XML files, one a document, in folders `Train` and `Test`.

BLUE's own division of the training documents into train and dev was never published. Without lists
of ids 90 documents are drawn, as many as BLUE has.
"""

import re
from pathlib import Path

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.preparation.masking import Entity, mask
from bluelmo_plugins.preparation.notes import Notes
from bluelmo_plugins.preparation.originals import find_files, is_test
from bluelmo_plugins.preparation.safe_xml import Element, read_xml
from bluelmo_plugins.preparation.split_lists import divide_training
from bluelmo_plugins.preparation.splits import Choices, Row, Splits
from bluelmo_plugins.preparation.tables import one_line

_HEADER = ["index", "sentence", "label"]
_DEV_SHARE = 90 / 714
_TYPES = ("advise", "effect", "int", "mechanism")
_NER_FOLDER = re.compile(r"drugner|drug.?name|\bner\b", re.IGNORECASE)
_SPAN = re.compile(r"(\d+)-(\d+)")


def prepare_ddi(source: Path, choices: Choices, notes: Notes) -> Splits:
    """
    Makes a row for every pair of the XML files.

    # Parameters

    source : `Path`
        Holds the folders ``Train`` and ``Test``. The files for DrugNER, the other task of the
        challenge, are passed over.
    choices : `Choices`
        Lists name documents by their ids or their files. By type, markers are `@drug$`, `@group$`,
        `@brand$` and `@drug_n$`, else all are `@DRUG$`.
    notes : `Notes`
        Counts what is not as in the original.

    # Returns

    `Splits`

    # Raises

    `InputError`
        If files are missing or damaged, if a pair names an entity that is not there, and if two
        documents have the same id.
    """
    documents: dict[bool, dict[str, list[Row]]] = {False: {}, True: {}}
    owners: dict[str, Path] = {}
    file_names: dict[str, str] = {}
    for path in find_files(source, r".*\.xml"):
        if _NER_FOLDER.search(str(path.parent.relative_to(source))):
            notes.add("files of the task DrugNER, passed over", path)
            continue
        document = read_xml(path)
        name = document.get("id")
        if name in owners:
            raise document.error(f"document '{name}' is in {owners[name]} too")
        owners[name] = path
        file_names[path.stem] = name
        rows = [row for each in document.named("sentence") for row in _rows(each, choices, notes)]
        documents[is_test(path, source)][name] = rows
    for test, part in ((False, "Train"), (True, "Test")):
        if not documents[test]:
            raise InputError(
                "holds no XML file " + (f"below {part}" if test else "outside of a folder Test"),
                file=source,
                expected="the folders Train and Test of the unpacked original",
            )
    training = list(documents[False])
    lists = choices.lists
    if lists is not None:
        ids = {
            split: [file_names.get(name, name) for name in names]
            for split, names in lists.ids.items()
        }
        lists = lists._replace(ids=ids)
    train, dev = divide_training(training, lists, _DEV_SHARE, source, notes)
    return {
        "train": [_HEADER, *(row for name in train for row in documents[False][name])],
        "dev": [_HEADER, *(row for name in dev for row in documents[False][name])],
        "test": [_HEADER, *(row for rows in documents[True].values() for row in rows)],
    }


def _rows(sentence: Element, choices: Choices, notes: Notes) -> list[Row]:
    text = sentence.get("text")
    entities = {}
    for element in sentence.named("entity"):
        entity = _entity(element, text, notes)
        if entity.id in entities:
            raise element.error(f"the sentence has two entities '{entity.id}'")
        entities[entity.id] = entity
    rows = []
    for pair in sentence.named("pair"):
        first, second = (_find(pair, entities, end) for end in ("e1", "e2"))
        label = _label(pair)
        if label is None:
            notes.add("pairs that interact in no type, left out", pair.file, pair.line)
            continue
        rows.append(
            [
                pair.get("id"),
                mask(text, first, second, _typed if choices.typed_markers else _drug),
                label,
            ]
        )
    return rows


def _typed(kind: str) -> str:
    return kind


def _drug(kind: str) -> str:
    return "DRUG"


def _entity(element: Element, text: str, notes: Notes) -> Entity:
    places = element.get("charOffset")
    spans = [_SPAN.fullmatch(place) for place in places.split(";")]
    match = spans[0]
    if match is None or None in spans:
        raise element.error(f"charOffset is '{places}'", "two numbers such as 0-6")
    start, end = int(match[1]), int(match[2]) + 1
    if not start < end <= len(text):
        raise element.error(
            f"charOffset is '{places}'", f"a place in a sentence of {len(text)} characters"
        )
    if len(spans) > 1:
        notes.add("discontinuous drugs, masked in their first part", element.file, element.line)
    elif one_line(text[start:end]) != one_line(element.get("text")):
        notes.add("drugs whose offsets hold another text, masked there", element.file, element.line)
    return Entity(element.get("id"), start, end, element.get("type"))


def _find(pair: Element, entities: dict[str, Entity], end: str) -> Entity:
    name = pair.get(end)
    if name not in entities:
        raise pair.error(
            f"the pair's {end} is '{name}', which the sentence does not have",
            "one of its entities: " + (", ".join(entities) or "there is none"),
        )
    return entities[name]


def _label(pair: Element) -> "str | None":
    interacts = pair.get("ddi").lower()
    if interacts == "false":
        return "DDI-false"
    if interacts != "true":
        raise pair.error(f"ddi is '{interacts}'", "true or false")
    kind = pair.attributes.get("type")
    if kind is not None and kind not in _TYPES:
        raise unknown_name("type of interaction", kind, _TYPES, file=pair.file, line=pair.line)
    return None if kind is None else f"DDI-{kind}"
