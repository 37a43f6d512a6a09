"""Named entities: the mentions of a sentence."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from allennlp.data import Instance

from bluelmo_plugins.mentions import Mention, character_spans, span_text, tags_to_mentions
from bluelmo_plugins.official.mentions import docid_of
from bluelmo_plugins.report.comparison.answers import Metadata, metadata_of, read_answers
from bluelmo_plugins.report.comparison.comparison import (
    FALSE_NEGATIVE,
    FALSE_POSITIVE,
    Comparison,
    Error,
    Numbers,
    f1,
    sum_by_unit,
)
from bluelmo_plugins.tasks import Task

Mentions = list[Mention]


def compare_mentions(task: Task, gold: Sequence[Instance], predictions: Path) -> Comparison:
    """
    Holds predicted mentions against the gold, sentence by sentence. The units are the documents,
    where the corpus tells them, else the sentences.

    # Parameters

    task : `Task`
        With the metric `MentionF1`.
    gold : `Sequence[Instance]`
        The test split, sentences whole.
    predictions : `Path`
        The predictions of these sentences.

    # Returns

    `Comparison`
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
        rows.append([len(set(right) & set(predicted)), len(predicted), len(right)])
        errors += _errors(place, right, predicted)
    counts = np.array(rows, dtype=np.float64).reshape(-1, 3)
    num_mentions = int(counts[:, 2].sum())
    return Comparison(*sum_by_unit(units, counts), _mention_f1, {"mentions": num_mentions}, errors)


def _mention_f1(sums: Numbers) -> Numbers:
    return f1(*np.moveaxis(sums, -1, 0))


def _errors(place: Metadata, gold: Mentions, predicted: Mentions) -> Iterator[Error]:
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
