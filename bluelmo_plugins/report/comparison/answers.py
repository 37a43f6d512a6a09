"""The predictions that were kept beside a model, row by row with the gold."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from allennlp.data import Instance

from bluelmo_plugins.dataset_readers.json_lines import json_objects
from bluelmo_plugins.dataset_readers.text_file import read_lines
from bluelmo_plugins.errors import InputError

Metadata = Mapping[str, Any]


def metadata_of(instance: Instance) -> Metadata:
    """
    Where an instance comes from, and its text.

    # Parameters

    instance : `Instance`
        One of a `BlueReader`.

    # Returns

    `Mapping[str, Any]`
    """
    metadata: Metadata = instance["metadata"].metadata  # type: ignore[attr-defined]
    return metadata


def read_answers(
    predictions: Path, gold: Sequence[Instance], keys: Sequence[str], answer: str
) -> list[Any]:
    """
    Reads predictions that were made of the very rows of the gold, in their order.

    # Parameters

    predictions : `Path`
        JSON lines.
    gold : `Sequence[Instance]`
        The test split.
    keys : `Sequence[str]`
        What tells a row, in the predictions and in the metadata of the gold.
    answer : `str`
        The key of the answer.

    # Returns

    `list[Any]`
        The answer to every row of the gold.

    # Raises

    `InputError`
        If the file is about other rows.
    """
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
        todo="Evaluate it again: delete this file and evaluation.json, and run `allennlp blue "
        "report --evaluate`",
    )
