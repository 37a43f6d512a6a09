"""What a corpus file holds, as the reader reads it that training reads it with."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from allennlp.data import Instance
from allennlp.data.fields import TensorField

from bluelmo_plugins.dataset_readers.blue_reader import BlueReader
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.split_files import find_split_file


@dataclass
class Survey:
    """The tally of one file. Of texts it keeps hashes only, so that a whole corpus fits."""

    file: Path
    """The file that was read."""
    report: ReadingReport
    """What the reader tells."""
    texts: Counter[int] = field(default_factory=Counter)
    """How many units have a text."""
    ids: Counter[str] = field(default_factory=Counter)
    """How many units have an id, where the corpus has ids."""
    documents: set[str] = field(default_factory=set)
    """The documents, where the corpus tells them."""
    scores: list[float] = field(default_factory=list)
    """The scores of pairs."""

    def add(self, instances: Sequence[Instance]) -> None:
        """Counts a unit."""
        places = [_metadata(instance) for instance in instances]
        self.texts[hash(tuple(text for place in places for text in _texts(place)))] += 1
        for instance, place in zip(instances[:1], places, strict=False):
            if place.get("index") is not None:
                self.ids[str(place["index"])] += 1
            document = _document(place)
            if document is not None:
                self.documents.add(document)
            score = instance.fields.get("score")
            if isinstance(score, TensorField):
                self.scores.append(float(score.tensor))

    @property
    def num_repeated_texts(self) -> int:
        """How many units have the text of an earlier one."""
        return self.texts.total() - len(self.texts)

    @property
    def num_repeated_ids(self) -> int:
        """How many units have the id of an earlier one."""
        return self.ids.total() - len(self.ids)

    def num_texts_of(self, other: "Survey") -> int:
        """How many units have a text that another file has, too."""
        return sum(number for text, number in self.texts.items() if text in other.texts)


def survey_file(reader: BlueReader, path: Path) -> Survey:
    """Reads a file to its end, one unit at a time."""
    file = find_split_file(path)
    survey = Survey(file, reader.reading_report(file))
    for instances in reader.read_units(file, survey.report):
        survey.add(list(instances))
    return survey


def _metadata(instance: Instance) -> Mapping[str, Any]:
    known: Mapping[str, Any] = getattr(instance.fields.get("metadata"), "metadata", {})
    return known


def _texts(place: Mapping[str, Any]) -> Iterator[str]:
    """What is read: the words of NER, where `sentence` is a number, or one text or two."""
    if "words" in place:
        yield from place["words"]
    else:
        yield from (str(place[key]) for key in _TEXT_KEYS if key in place)


_TEXT_KEYS = ("sentence", "sentence1", "sentence2")


def _document(place: Mapping[str, Any]) -> Optional[str]:
    pair = place.get("pair")
    document = place.get("document") if pair is None else pair.docid
    return None if document is None else str(document)
