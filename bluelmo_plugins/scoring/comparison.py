"""Predictions held against the gold: counts per unit, the score of their sums, and the errors."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Optional

import numpy as np
from allennlp.data import Instance
from allennlp.training.metrics import Metric
from numpy.typing import NDArray

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.mentions import Mention, character_spans, span_text, tags_to_mentions
from bluelmo_plugins.formats.official_tables import pairs_of
from bluelmo_plugins.formats.text_file import json_objects, read_lines
from bluelmo_plugins.metrics.accuracy import LabelAccuracy
from bluelmo_plugins.metrics.document_f1 import DocumentF1
from bluelmo_plugins.metrics.mention_f1 import MentionF1
from bluelmo_plugins.metrics.pearson import Pearson
from bluelmo_plugins.metrics.relation_f1 import RelationF1
from bluelmo_plugins.metrics.scores import (
    Numbers,
    document_counts,
    example_based_f1,
    label_counts,
    macro_average,
    mention_counts,
    micro_average,
    pearson,
    pearson_counts,
    precision_recall_f1,
)
from bluelmo_plugins.scoring.mention_file import docid_of
from bluelmo_plugins.tasks import Task

FALSE_POSITIVE = "false positive"
FALSE_NEGATIVE = "false negative"
WRONG_LABEL = "wrong label"
DIFFERENCE = "difference"


class Error(NamedTuple):
    """A wrong answer."""

    kind: str
    """What is wrong: `FALSE_POSITIVE`, ..."""
    id: str
    """Of the row, or the place of the mention."""
    gold: str
    """What it should have been; empty if nothing."""
    predicted: str
    """What it was; empty if nothing."""
    texts: tuple[str, ...]
    """The sentence, or the sentences."""


class Confusion(NamedTuple):
    """How often which label was taken for which."""

    labels: list[str]
    """Their names."""
    counts: NDArray[np.int64]
    """Shape: (gold label, predicted label)."""


@dataclass(frozen=True)
class Comparison:
    """Predictions held against the gold, as counts per unit and a list of errors."""

    units: list[str]
    """What a test split is a random sample of: its documents, where the corpus tells them, as
    sentences of one document are not independent; else its rows."""
    counts: Numbers
    """What the official score is made of. Shape: (num_units, num_counts)."""
    score: Callable[[Numbers], Numbers]
    """The official score, from sums of the counts over units: shape (..., num_counts) to (...). NaN
    where there is none."""
    sizes: dict[str, int]
    """The size of the test split, by the names of `PUBLISHED_COUNTS`."""
    errors: list[Error] = field(default_factory=list)
    """All wrong answers."""
    confusion: Optional[Confusion] = None
    """Where every row has one label."""
    points: Optional[Numbers] = None
    """Where every row has a score: gold and predicted. Shape: (num_rows, 2)."""

    @property
    def total(self) -> float:
        """The official score of the test split."""
        return float(self.score(self.counts.sum(axis=0)))


def sum_by_unit(units: Sequence[str], rows: Numbers) -> tuple[list[str], Numbers]:
    """
    Adds up the counts of the rows of each unit.

    # Parameters

    units : `Sequence[str]`
        The unit of every row.
    rows : `NDArray[np.float64]`
        The counts of every row. Shape: (num_rows, num_counts).

    # Returns

    `tuple[list[str], NDArray[np.float64]]`
        Each unit once, and its counts. Shape: (num_units, num_counts).
    """
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
    sums = np.zeros((len(numbers), rows.shape[1]))
    np.add.at(sums, [numbers[unit] for unit in units], rows)
    return list(numbers), sums


Metadata = Mapping[str, Any]


def metadata_of(instance: Instance) -> Metadata:
    """Where an instance comes from, and its text."""
    metadata: Metadata = instance["metadata"].metadata  # type: ignore[attr-defined]
    return metadata


def read_answers(
    predictions: Path, gold: Sequence[Instance], keys: Sequence[str], answer: str
) -> list[Any]:
    """Reads predictions that were made of the very rows of the gold, in their order."""
    rows = list(json_objects(predictions, read_lines(predictions)))
    if len(rows) != len(gold):
        raise _other_rows(predictions, f"{len(rows)} rows, the test split has {len(gold)}")
    answers = []
    for (line, row), instance in zip(rows, gold, strict=True):
        place = metadata_of(instance)
        told, expected = ([each.get(key) for key in keys] for each in (row, place))
        if told != expected or answer not in row:
            found = f"line {line} is about {keys[0]} '{told[0]}', the gold about '{expected[0]}'"
            raise _other_rows(predictions, found if answer in row else f"line {line}: no {answer}")
        answers.append(row[answer])
    return answers


def _other_rows(predictions: Path, found: str) -> InputError:
    return InputError(
        found,
        file=predictions,
        expected="the predictions of this model on the test split as it is now",
        hint="Evaluate it again: delete this file and evaluation.json, and run `allennlp blue "
        "report --evaluate`",
    )


class _Sentence(NamedTuple):
    text: str
    gold: set[str]
    predicted: set[str]


def compare_label_sets(task: Task, gold: Sequence[Instance], predictions: Path) -> Comparison:
    """Holds predicted sets of labels against the gold. The units are the documents."""
    names: list[str] = list(task.reader_config["labels"])
    answers = read_answers(predictions, gold, ["index"], "labels")
    documents: defaultdict[str, list[_Sentence]] = defaultdict(list)
    for instance, answer in zip(gold, answers, strict=True):
        place = metadata_of(instance)
        field: Any = instance["labels"]
        right = {names[label] for label in field.labels}
        documents[place["document"]].append(_Sentence(place["sentence"], right, set(answer)))
    unions = map(_unions, documents.values())
    counts = [document_counts(predicted, gold) for gold, predicted in unions]
    return Comparison(
        list(documents),
        np.array(counts),
        lambda sums: example_based_f1(sums).f1,
        {"documents": len(documents), "sentences": len(gold)},
        [
            error
            for name, each in documents.items()
            for error in _label_set_errors(name, each, names)
        ],
    )


def _unions(sentences: Sequence[_Sentence]) -> tuple[set[str], set[str]]:
    gold: set[str] = set().union(*(sentence.gold for sentence in sentences))
    predicted: set[str] = set().union(*(sentence.predicted for sentence in sentences))
    return gold, predicted


def _label_set_errors(
    document: str, sentences: Sequence[_Sentence], names: list[str]
) -> Iterator[Error]:
    gold, predicted = _unions(sentences)
    for name in names:
        if name in predicted - gold:
            texts = tuple(each.text for each in sentences if name in each.predicted)
            yield Error(FALSE_POSITIVE, document, "", name, texts)
        elif name in gold - predicted:
            texts = tuple(each.text for each in sentences if name in each.gold)
            yield Error(FALSE_NEGATIVE, document, name, "", texts)


Score = Callable[[Numbers], Numbers]


def compare_labels(task: Task, gold: Sequence[Instance], predictions: Path) -> Comparison:
    """
    Holds predicted labels against the gold. The units are the documents that the rows' ids name,
    else the rows.
    """
    labels: list[str] = list(task.reader_config["labels"])
    negative = task.metric_config.get("negative_label")
    places = list(map(metadata_of, gold))
    gold_labels = [_label(instance) for instance in gold]
    answers: list[str] = read_answers(predictions, gold, ["index"], "label")
    gold_rows, answer_rows = (_one_hot(each, labels) for each in (gold_labels, answers))
    rows = label_counts(answer_rows, gold_rows)
    units, counts = sum_by_unit(_units(places), rows.reshape(len(rows), -1))
    return Comparison(
        units,
        counts,
        _label_score(task, labels, negative),
        _sizes(task, gold_labels, negative),
        list(_label_errors(places, gold_labels, answers, negative)),
        Confusion(labels, gold_rows.T.astype(np.int64) @ answer_rows.astype(np.int64)),
    )


def _label(instance: Instance) -> str:
    field: Any = instance["label"]
    return str(field.label)


def _one_hot(names: Sequence[str], labels: Sequence[str]) -> NDArray[np.bool_]:
    """Shape: (num_rows, num_labels)."""
    ids = {label: number for number, label in enumerate(labels)}
    return np.eye(len(labels), dtype=bool)[[ids[name] for name in names]]


def _units(places: Sequence[Metadata]) -> list[str]:
    indices = [str(place["index"]) for place in places]
    pairs = pairs_of(indices)
    # Rows without an id are told apart by their place.
    return [
        f"document {pair.docid}" if pair else f"row {number}" for number, pair in enumerate(pairs)
    ]


def _label_score(task: Task, labels: Sequence[str], negative: Optional[str]) -> Score:
    is_relation = isinstance(task.metric, RelationF1)
    scored = [number for number, label in enumerate(labels) if label != negative or not is_relation]
    average = task.metric_config.get("average", "micro") if is_relation else "micro"

    def score(sums: Numbers) -> Numbers:
        counts = sums.reshape(*sums.shape[:-1], len(labels), 3)
        if not is_relation:
            return micro_average(counts, scored).recall
        return (micro_average if average == "micro" else macro_average)(counts, scored).f1

    return score


def _sizes(task: Task, gold: Sequence[str], negative: Optional[str]) -> dict[str, int]:
    if not isinstance(task.metric, RelationF1):
        return {"pairs": len(gold)}
    negatives = gold.count(negative)
    return {"positives": len(gold) - negatives, "negatives": negatives}


def _label_errors(
    places: Sequence[Metadata],
    gold: Sequence[str],
    answers: Sequence[str],
    negative: Optional[str],
) -> list[Error]:
    kinds = {negative: FALSE_POSITIVE} if negative is not None else {}
    errors = []
    for place, right, answer in zip(places, gold, answers, strict=True):
        if answer != right:
            kind = FALSE_NEGATIVE if answer == negative else kinds.get(right, WRONG_LABEL)
            keys = ("sentence", "sentence1", "sentence2")
            texts = tuple(str(place[key]) for key in keys if key in place)
            errors.append(Error(kind, str(place["index"]), right, answer, texts))
    return errors


Mentions = list[Mention]


def compare_mentions(task: Task, gold: Sequence[Instance], predictions: Path) -> Comparison:
    """
    Holds predicted mentions against the gold, sentence by sentence. The units are the documents,
    where the corpus tells them, else the sentences.
    """
    discontinuous = bool(task.reader_config.get("discontinuous", False))
    answers = read_answers(predictions, gold, ["sentence", "document"], "tags")
    units, rows = [], []
    errors: list[Error] = []
    for instance, answer in zip(gold, answers, strict=True):
        place = metadata_of(instance)
        field: Any = instance["tags"]
        right = tags_to_mentions(field.labels, discontinuous)
        predicted = tags_to_mentions(answer, discontinuous)
        units.append(docid_of(place["document"], place["sentence"]))
        rows.append(mention_counts(predicted, right))
        errors += _mention_errors(place, right, predicted)
    counts = np.array(rows, dtype=np.float64).reshape(-1, 3)
    num_mentions = int(counts[:, 2].sum())
    return Comparison(
        *sum_by_unit(units, counts),
        lambda sums: precision_recall_f1(sums).f1,
        {"mentions": num_mentions},
        errors,
    )


def _mention_errors(place: Metadata, gold: Mentions, predicted: Mentions) -> Iterator[Error]:
    sentence = span_text((0, len(place["words"])), place["words"], place["offsets"])

    def text(mentions: Mentions) -> str:
        return "; ".join(_text(mention, place) for mention in mentions)

    for mention in sorted(set(gold) ^ set(predicted)):
        where = _where(mention, place)
        if mention in gold:
            others = text(_overlapping(mention, predicted))
            yield Error(FALSE_NEGATIVE, where, text([mention]), others, (sentence,))
        else:
            others = text(_overlapping(mention, gold))
            yield Error(FALSE_POSITIVE, where, others, text([mention]), (sentence,))


def _overlapping(mention: Mention, others: Mentions) -> Mentions:
    tokens = _tokens(mention)
    return [other for other in others if tokens & _tokens(other)]


def _tokens(mention: Mention) -> set[int]:
    return {token for span in mention.spans for token in range(*span)}


def _text(mention: Mention, place: Metadata) -> str:
    texts = [span_text(span, place["words"], place["offsets"]) for span in mention.spans]
    return " ... ".join(texts)


def _where(mention: Mention, place: Metadata) -> str:
    offsets = place["offsets"]
    spans = mention.spans if offsets is None else character_spans(mention, offsets)
    told = " and ".join(f"{start}-{end}" for start, end in spans)
    docid = docid_of(place["document"], place["sentence"])
    return f"{docid} {told if offsets is not None else f'tokens {told}'}"


def compare_scores(task: Task, gold: Sequence[Instance], predictions: Path) -> Comparison:
    """
    Holds predicted scores against the gold. The units are the rows; every row is an error to some
    extent, the largest first.
    """
    answers = read_answers(predictions, gold, ["index"], "score")
    points = np.array(
        [[_gold_score(row), answer] for row, answer in zip(gold, answers, strict=True)]
    )
    largest = abs(points).max(axis=0, initial=0)
    units = [str(number) for number in range(len(gold))]
    errors = [_error(*row) for row in zip(gold, points, strict=True)]
    by_size = sorted(range(len(gold)), key=lambda row: -abs(points[row, 0] - points[row, 1]))
    return Comparison(
        units,
        pearson_counts(points, points.mean(axis=0)),
        lambda sums: pearson(sums, largest),
        {"pairs": len(gold)},
        [errors[row] for row in by_size],
        points=points,
    )


def _gold_score(instance: Instance) -> float:
    field: Any = instance["score"]
    return float(field.tensor)


def _error(instance: Instance, point: Numbers) -> Error:
    place = metadata_of(instance)
    gold, predicted = (f"{value:.2f}" for value in point)
    texts = (place["sentence1"], place["sentence2"])
    return Error(DIFFERENCE, str(place["index"]), gold, predicted, texts)


_COMPARE: dict[type[Metric], Callable[[Task, Sequence[Instance], Path], Comparison]] = {
    RelationF1: compare_labels,
    LabelAccuracy: compare_labels,
    DocumentF1: compare_label_sets,
    Pearson: compare_scores,
    MentionF1: compare_mentions,
}


def compare_runs(
    task: Task, test_file: Path, predictions: Sequence[Path]
) -> Optional[list[Comparison]]:
    """Compares the answers of runs of one task."""
    for metric, compare in _COMPARE.items():
        if isinstance(task.metric, metric):
            gold = list(task.reader.read(test_file))
            return [compare(task, gold, path) for path in predictions]
    return None
