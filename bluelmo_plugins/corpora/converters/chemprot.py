"""
ChemProt from its tables of abstracts, entities and relations, three for each split.

A row for every chemical and every gene of a sentence, as BLUE has them: first the genes of type
GENE-N, then the others.
"""

from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import NamedTuple

from bluelmo_plugins.corpora.converters.masking import Entity, mask
from bluelmo_plugins.corpora.converters.originals import (
    add_owner,
    find_file,
    find_files,
    one_line,
    parse_offset,
    read_tab_rows,
)
from bluelmo_plugins.corpora.converters.sentences import Sentence, join_sentences, split_sentences
from bluelmo_plugins.corpora.converters.splits import Choices, Notes, Row, Splits
from bluelmo_plugins.errors import InputError, unknown_name

_SETS = {"train": "training", "dev": "development", "test": "test"}
_CLASSES = ("CPR:3", "CPR:4", "CPR:5", "CPR:6", "CPR:9")
_CHEMICAL = "CHEMICAL"
_GENES = ("GENE-N", "GENE-Y", "GENE")
_MARKERS = ("CHEMICAL", "GENE")
_JOINT_MARKER = "CHEM-GENE"

_Labels = dict[tuple[str, str], list[tuple[str, int]]]
"""The labels of a chemical and a gene, each with its line."""


class _Document(NamedTuple):
    text: str
    abstract_start: int
    line: int


def convert_chemprot(source: Path, choices: Choices, notes: Notes) -> Splits:
    """Makes a row for every chemical and gene of a sentence, and for each label of such a pair."""
    splits: Splits = {}
    owners: dict[str, Path] = {}
    for split, name in _SETS.items():
        abstracts, entity_table, gold = (
            _find_table(source, name, table) for table in ("abstracts", "entities", "gold_standard")
        )
        documents = _read_abstracts(abstracts, owners)
        entities = _read_entities(entity_table, documents, notes)
        relations = _read_relations(gold, entities)
        splits[split] = []
        for name, document in documents.items():
            places = [(entity.start, entity.end) for entity in entities[name].values()]
            sentences, cut = join_sentences(
                split_sentences(document.text, [document.abstract_start]), places
            )
            for _ in cut:
                notes.add("sentence ends inside an entity, taken back", abstracts, document.line)
            labels = relations[name]
            for sentence in sentences:
                splits[split] += _rows(
                    name, document.text, sentence, entities[name], labels, choices.typed_markers
                )
            for pair, lines in labels.items():
                arguments = [entities[name][argument] for argument in pair]
                if not any(all(_inside(each, one) for one in arguments) for each in sentences):
                    for _, line in lines:
                        notes.add("relations between two sentences, left out", gold, line)
    return splits


def _find_table(source: Path, name: str, table: str) -> Path:
    """Finds a table; the test part with annotations has `_gs` in its names."""
    stem = f"chemprot_{name}_{table}"
    end = "_gs" if find_files(source, rf"{stem}_gs\.tsv") else ""
    return find_file(source, rf"{stem}{end}\.tsv", f"{stem}{end}.tsv")


def _read_abstracts(path: Path, owners: dict[str, Path]) -> dict[str, _Document]:
    documents = {}
    for line, (name, title, abstract) in read_tab_rows(path, ("document", "title", "abstract")):
        name = name.strip()
        add_owner(owners, name, path, line)
        documents[name] = _Document(f"{title} {abstract}", len(title) + 1, line)
    return documents


def _read_entities(
    path: Path, documents: dict[str, _Document], notes: Notes
) -> defaultdict[str, dict[str, Entity]]:
    entities: defaultdict[str, dict[str, Entity]] = defaultdict(dict)
    columns = ("document", "entity", "type", "start", "end", "text")
    for line, fields in read_tab_rows(path, columns):
        document, name, kind, *place, expected = map(str.strip, fields)
        start, end = (parse_offset(each, path, line) for each in place)
        if document not in documents:
            raise InputError(f"document '{document}' has no abstract", file=path, line=line)
        if name in entities[document]:
            raise InputError(
                f"document '{document}' has an entity '{name}' already", file=path, line=line
            )
        if kind not in (_CHEMICAL, *_GENES):
            raise unknown_name("type of entity", kind, (_CHEMICAL, *_GENES), file=path, line=line)
        text = documents[document].text
        if not start < end <= len(text):
            raise InputError(
                f"the entity is at {start} to {end}",
                file=path,
                line=line,
                expected=f"a place in a document of {len(text)} characters",
            )
        if one_line(text[start:end]) != one_line(expected):
            notes.add("entities whose offsets hold another text, masked there", path, line)
        entities[document][name] = Entity(name, start, end, kind)
    return entities


def _read_relations(
    path: Path, entities: defaultdict[str, dict[str, Entity]]
) -> defaultdict[str, _Labels]:
    relations: defaultdict[str, _Labels] = defaultdict(dict)
    columns = ("document", "class", "first argument", "second argument")
    for line, fields in read_tab_rows(path, columns):
        document, label, *arguments = map(str.strip, fields)
        first, second = (argument.split(":")[-1] for argument in arguments)
        for name, kinds in ((first, (_CHEMICAL,)), (second, _GENES)):
            entity = entities.get(document, {}).get(name)
            if entity is None or entity.kind not in kinds:
                found = "is not there" if entity is None else f"is a {entity.kind}"
                raise InputError(
                    f"the relation names '{name}', which {found}",
                    file=path,
                    line=line,
                    expected=f"an entity of document '{document}' of type {' or '.join(kinds)}",
                )
        if label not in _CLASSES:
            raise unknown_name("class", label, _CLASSES, file=path, line=line)
        relations[document].setdefault((first, second), []).append((label, line))
    return relations


def _inside(sentence: Sentence, entity: Entity) -> bool:
    return sentence.start <= entity.start and entity.end <= sentence.end


def _rows(
    document: str,
    text: str,
    sentence: Sentence,
    entities: dict[str, Entity],
    labels: _Labels,
    typed: bool,
) -> list[Row]:
    here = [
        each._replace(start=each.start - sentence.start, end=each.end - sentence.start)
        for each in entities.values()
        if _inside(sentence, each)
    ]
    chemicals = [each for each in here if each.kind == _CHEMICAL]
    genes = [each for kind in _GENES for each in here if each.kind == kind]
    sentence_text = text[sentence.start : sentence.end]
    rows = []
    for pair in product(chemicals, genes):
        masked = mask(sentence_text, pair, _MARKERS, typed, _JOINT_MARKER)
        ids = (pair[0].id, pair[1].id)
        for label, _ in labels.get(ids, [("false", 0)]):
            rows.append([".".join((document, *ids)), masked, label])
    return rows
