"""
DDI 2013 from its XML files, one a document, in folders `Train` and `Test`.

BLUE divided the training part into train and dev by sentence. Without a list of the ids that dev
has, 90 documents are drawn.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

from bluelmo_plugins.corpora.converters.masking import Entity, mask
from bluelmo_plugins.corpora.converters.originals import (
    add_owner,
    find_files,
    is_test,
    missing_part,
    one_line,
)
from bluelmo_plugins.corpora.converters.safe_xml import Element, read_xml
from bluelmo_plugins.corpora.converters.splits import Choices, Notes, Row, Splits, divide_training
from bluelmo_plugins.errors import unknown_name

_DEV_SHARE = 90 / 714
_TYPES = ("advise", "effect", "int", "mechanism")
_NER_FOLDER = re.compile(r"drugner|drug.?name|\bner\b", re.IGNORECASE)
_SPAN = re.compile(r"(\d+)-(\d+)")

_Members = dict[str, dict[str, None]]
"""For the id of a document, a sentence or a pair: the pairs in it, as an ordered set."""


def convert_ddi(source: Path, choices: Choices, notes: Notes) -> Splits:
    """
    Makes a row for every pair of the XML files. Lists have ids of documents (or the names of their
    files), of sentences or of pairs.
    """
    documents: dict[bool, list[str]] = {False: [], True: []}
    rows: dict[bool, dict[str, Row]] = {False: {}, True: {}}
    members: dict[bool, _Members] = {False: {}, True: {}}
    owners: dict[str, Path] = {}
    file_names: dict[str, str] = {}
    for path in find_files(source, r".*\.xml"):
        if _NER_FOLDER.search(str(path.parent.relative_to(source))):
            notes.add("files of the task DrugNER, ignored", path)
            continue
        document = read_xml(path)
        name, test = document.get("id"), is_test(path, source)
        add_owner(owners, name, path, document.line)
        documents[test].append(name)
        file_names[path.stem] = name
        pairs = members[test]
        pairs[name] = {}
        for sentence in document.named("sentence"):
            group = pairs.setdefault(sentence.get("id"), {})
            for pair, row in _rows(sentence, choices.typed_markers, notes):
                key = pair.get("id")
                if key in members[False] or key in members[True]:
                    raise pair.error(f"another element has the id '{key}'")
                pairs[key] = {}
                if row is not None:
                    rows[test][key] = row
                    for each in (pairs[name], group, pairs[key]):
                        each[key] = None
    for test, part in documents.items():
        if not part:
            raise missing_part(source, test, "the XML files of the unpacked original")
    lists, units = choices.lists, documents[False]
    if lists is not None:
        ids = {
            split: [
                pair
                for name in names
                for pair in members[False].get(file_names.get(name, name), [name])
            ]
            for split, names in lists.ids.items()
        }
        lists, units = lists._replace(ids=ids), [*rows[False]]
    training = {name: [rows[False][pair] for pair in members[False][name]] for name in units}
    parts = {False: training, True: {"all": list(rows[True].values())}}
    return divide_training(parts, lists, _DEV_SHARE, source, notes)


def _rows(sentence: Element, typed: bool, notes: Notes) -> Iterator[tuple[Element, Optional[Row]]]:
    """Yields the pairs of a sentence with their rows; a pair without a type of label has none."""
    text = sentence.get("text")
    entities: dict[str, Entity] = {}
    for element in sentence.named("entity"):
        entity = _entity(element, text, notes)
        if entity.id in entities:
            raise element.error(f"the sentence has two entities '{entity.id}'")
        entities[entity.id] = entity
    for pair in sentence.named("pair"):
        first, second = (_find(pair, entities, end) for end in ("e1", "e2"))
        label = _label(pair)
        if label is None:
            notes.add("pairs that interact in no type, left out", pair.file, pair.line)
            yield pair, None
        else:
            names = (first.kind, second.kind) if typed else ("DRUG", "DRUG")
            yield pair, [pair.get("id"), mask(text, (first, second), names, typed), label]


def _entity(element: Element, text: str, notes: Notes) -> Entity:
    """Reads a drug. As in BLUE's release, a discontinuous one goes to the end of its last part."""
    places = element.get("charOffset")
    matches = [_SPAN.fullmatch(place) for place in places.split(";")]
    spans = [(int(match[1]), int(match[2]) + 1) for match in matches if match is not None]
    if len(spans) < len(matches):
        raise element.error(f"charOffset is '{places}'", "two numbers such as 0-6")
    start, end = min(spans)[0], max(end for _, end in spans)
    if not all(first < last <= len(text) for first, last in spans):
        raise element.error(
            f"charOffset is '{places}'", f"a place in a sentence of {len(text)} characters"
        )
    if len(spans) > 1:
        notes.add("discontinuous drugs, masked with all between", element.file, element.line)
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


def _label(pair: Element) -> Optional[str]:
    interacts = pair.get("ddi").lower()
    if interacts == "false":
        return "DDI-false"
    if interacts != "true":
        raise pair.error(f"ddi is '{interacts}'", "true or false")
    kind = pair.attributes.get("type")
    if kind is not None and kind not in _TYPES:
        raise unknown_name("type of interaction", kind, _TYPES, file=pair.file, line=pair.line)
    return None if kind is None else f"DDI-{kind}"
