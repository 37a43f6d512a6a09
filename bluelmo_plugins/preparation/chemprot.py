"""
ChemProt from its tables of abstracts, entities and relations, three for each split.

A row for every chemical and every gene of a sentence, as BLUE has them: first the genes of type
GENE-N, then the others.
"""

from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import NamedTuple

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.preparation.masking import Entity, mask
from bluelmo_plugins.preparation.notes import Notes
from bluelmo_plugins.preparation.originals import find_file, find_files
from bluelmo_plugins.preparation.sentences import Sentence, SentenceSplitter, without_breaks
from bluelmo_plugins.preparation.splits import Choices, Row, Splits
from bluelmo_plugins.preparation.tables import one_line, read_tab_rows, whole_number

_HEADER = ["index", "sentence", "label"]
_SETS = {"train": "training", "dev": "development", "test": "test"}
_CLASSES = ("CPR:3", "CPR:4", "CPR:5", "CPR:6", "CPR:9")
_CHEMICAL = "CHEMICAL"
_GENES = ("GENE-N", "GENE-Y", "GENE")
_MARKERS = {_CHEMICAL: "CHEMICAL", **dict.fromkeys(_GENES, "GENE")}
_JOINT = "CHEM-GENE"


class _Document(NamedTuple):
    text: str
    abstract_start: int
    line: int


class _Relation(NamedTuple):
    arguments: tuple[str, str]
    label: str
    line: int


def prepare_chemprot(source: Path, choices: Choices, notes: Notes) -> Splits:
    """
    Makes a row for every chemical and gene of a sentence, and for each label of such a pair.

    # Parameters

    source : `Path`
        Holds ``chemprot_training_abstracts.tsv``, ``..._entities.tsv``, ``..._gold_standard.tsv``
        and the same of ``development`` and ``test`` (with or without ``_gs``).
    choices : `Choices`
        There is nothing to choose: the markers of BLUE's release and converter are the same.
    notes : `Notes`
        Counts what is not as in the original.

    # Returns

    `Splits`

    # Raises

    `InputError`
        If files are missing or damaged, if documents or entities are told twice, or if a relation
        names an entity or a document that is not there.
    """
    splitter = SentenceSplitter()
    splits: Splits = {}
    owners: dict[str, Path] = {}
    for split, name in _SETS.items():
        paths = [
            _find_table(source, name, table) for table in ("abstracts", "entities", "gold_standard")
        ]
        documents = _read_abstracts(paths[0], owners)
        entities = _read_entities(paths[1], documents, notes)
        relations = _read_relations(paths[2], entities)
        splits[split] = [_HEADER]
        for name, document in documents.items():
            places = [(entity.start, entity.end) for entity in entities[name].values()]
            sentences, cut = without_breaks(
                splitter.split(document.text, [document.abstract_start]), places
            )
            for _ in cut:
                notes.add("sentence ends inside an entity, taken back", paths[0], document.line)
            labels = _labels(relations[name])
            for sentence in sentences:
                splits[split] += _rows(name, document.text, sentence, entities[name], labels)
            for (chemical, gene), lines in labels.items():
                if not _share(sentences, entities[name], chemical, gene):
                    for _, line in lines:
                        notes.add("relations between two sentences, left out", paths[2], line)
    return splits


def _find_table(source: Path, name: str, table: str) -> Path:
    """A table; of the test part there is one without annotations too, and that with has `_gs`."""
    stem = f"chemprot_{name}_{table}"
    end = "_gs" if find_files(source, rf"{stem}_gs\.tsv") else ""
    return find_file(source, rf"{stem}{end}\.tsv", f"{stem}{end}.tsv")


def _read_abstracts(path: Path, owners: dict[str, Path]) -> dict[str, _Document]:
    documents = {}
    for line, (name, title, abstract) in read_tab_rows(path, ("document", "title", "abstract")):
        name = name.strip()
        if name in owners:
            where = "this file" if owners[name] == path else str(owners[name])
            raise InputError(f"document '{name}' is in {where} already", file=path, line=line)
        owners[name] = path
        documents[name] = _Document(f"{title} {abstract}", len(title) + 1, line)
    return documents


def _read_entities(
    path: Path, documents: dict[str, _Document], notes: Notes
) -> defaultdict[str, dict[str, Entity]]:
    entities: defaultdict[str, dict[str, Entity]] = defaultdict(dict)
    columns = ("document", "entity", "type", "start", "end", "text")
    for line, fields in read_tab_rows(path, columns):
        document, name, kind, *place, expected = map(str.strip, fields)
        start, end = (whole_number(each, path, line, "offset") for each in place)
        if document not in documents:
            raise InputError(f"document '{document}' has no abstract", file=path, line=line)
        if name in entities[document]:
            raise InputError(
                f"document '{document}' has an entity '{name}' already", file=path, line=line
            )
        if kind not in _MARKERS:
            raise unknown_name("type of entity", kind, _MARKERS, file=path, line=line)
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
) -> defaultdict[str, list[_Relation]]:
    relations: defaultdict[str, list[_Relation]] = defaultdict(list)
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
        relations[document].append(_Relation((first, second), label, line))
    return relations


def _labels(relations: list[_Relation]) -> dict[tuple[str, str], list[tuple[str, int]]]:
    labels: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for relation in relations:
        labels.setdefault(relation.arguments, []).append((relation.label, relation.line))
    return labels


def _inside(sentence: Sentence, entity: Entity) -> bool:
    return sentence.start <= entity.start and entity.end <= sentence.end


def _share(
    sentences: list[Sentence], entities: dict[str, Entity], chemical: str, gene: str
) -> bool:
    pair = entities[chemical], entities[gene]
    return any(all(_inside(sentence, entity) for entity in pair) for sentence in sentences)


def _rows(
    document: str,
    text: str,
    sentence: Sentence,
    entities: dict[str, Entity],
    labels: dict[tuple[str, str], list[tuple[str, int]]],
) -> list[Row]:
    here = [
        each._replace(start=each.start - sentence.start, end=each.end - sentence.start)
        for each in entities.values()
        if _inside(sentence, each)
    ]
    chemicals = [each for each in here if each.kind == _CHEMICAL]
    genes = [each for kind in _GENES for each in here if each.kind == kind]
    rows = []
    for chemical, gene in product(chemicals, genes):
        masked = mask(
            text[sentence.start : sentence.end], chemical, gene, _MARKERS.__getitem__, _JOINT
        )
        index = f"{document}.{chemical.id}.{gene.id}"
        for label, _ in labels.get((chemical.id, gene.id), [("false", 0)]):
            rows.append([index, masked, label])
    return rows
