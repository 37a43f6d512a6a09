"""What a prepared file holds, as the readers read it: by label, and beside the published counts."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from allennlp.data import Instance

from bluelmo_plugins.dataset_readers.published_counts import NEGATIVE_LABELS
from bluelmo_plugins.mentions import tags_to_mentions
from bluelmo_plugins.official.task import Task


class Tally(NamedTuple):
    """
    The counts of a file.

    # Parameters

    counts : `dict[str, int]`
        Under the names of `published_counts`.
    labels : `dict[str, int]`
        How many rows (tokens) have each label; empty where a row has a score.
    """

    counts: dict[str, int]
    labels: dict[str, int]


def count(instances: Iterable[Instance], task: Task) -> Tally:
    """
    Counts what a reader made of a file.

    # Parameters

    instances : `Iterable[Instance]`
        All of them.
    task : `Task`
        The task whose reader it was.

    # Returns

    `Tally`
    """
    counts: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    documents = set()
    names = task.reader_config.get("labels", ())
    for instance in instances:
        fields = instance.fields
        metadata = fields["metadata"].metadata  # type: ignore[attr-defined]
        if "tags" in fields:
            tags = fields["tags"].labels  # type: ignore[attr-defined]
            labels.update(tags)
            discontinuous = bool(task.reader_config.get("discontinuous"))
            counts["mentions"] += len(tags_to_mentions(tags, discontinuous))
            counts["sentences"] += 1
            documents.add(metadata["document"])
        elif "labels" in fields:
            labels.update(names[number] for number in fields["labels"].labels)  # type: ignore[attr-defined]
            counts["sentences"] += 1
            documents.add(metadata["document"])
        elif "tokens" in fields:
            label = fields["label"].label  # type: ignore[attr-defined]
            labels[label] += 1
            counts["negatives" if label in NEGATIVE_LABELS else "positives"] += 1
        else:
            counts["pairs"] += 1
            if "label" in fields:
                labels[fields["label"].label] += 1  # type: ignore[attr-defined]
    if documents:
        counts["documents"] = len(documents)
    return Tally(dict(counts), dict(labels))
