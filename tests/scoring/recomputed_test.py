"""On real corpora, plain Python finds in the written files the score that `evaluate` prints."""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import correlation

import pytest
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.predict import _PredictManager
from allennlp.models.archival import load_archive
from allennlp.predictors import Predictor

from tests.scoring.independent_test import HALLMARKS, f1


def column(path: Path, name: str) -> dict[str, str]:
    """A column of a table, by the rows' ids."""
    header, *rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    key = header.index("index" if "index" in header else "id")
    return {row[key]: row[header.index(name)] for row in rows}


def ddi(gold_file: Path, prediction_file: Path) -> float:
    gold, predicted = column(gold_file, "label"), column(prediction_file, "label")
    assert gold.keys() == predicted.keys()
    total = 0.0
    for label in ("DDI-advise", "DDI-effect", "DDI-int", "DDI-mechanism"):
        wanted = {index for index in gold if gold[index] == label}
        found = {index for index in gold if predicted[index] == label}
        total += f1(len(wanted & found), len(found), len(wanted))
    return total / 4


def mentions(gold_file: Path, prediction_file: Path) -> float:
    wanted: set[tuple[str, int, int]] = set()
    document, begin, end, last = "", 0, 0, "O"
    for line in [*gold_file.read_text(encoding="utf-8").split("\n"), ""]:
        word, docid, offset, tag = line.split("\t") if line else ("", "-", "0", "O")
        if last != "O" and tag != "I":
            wanted.add((document, begin, end))
        document = document if docid == "-" else docid
        if tag == "B" or (tag == "I" and last == "O"):
            begin = int(offset)
        end, last = int(offset) + len(word), tag
    found = set()
    for line in prediction_file.read_text(encoding="utf-8").splitlines():
        each = json.loads(line)
        (span,) = each["locations"]
        found.add((each["docid"], span["start"], span["end"]))
    return f1(len(wanted & found), len(found), len(wanted))


def hoc(gold_file: Path, prediction_file: Path) -> float:
    gold, predicted = column(gold_file, "labels"), column(prediction_file, "labels")
    assert gold.keys() == predicted.keys()
    wanted: dict[str, set[str]] = {}
    found: dict[str, set[str]] = {}
    for index, flags in gold.items():
        document = index.split("_")[0]
        on = {
            HALLMARKS[int(each.split("_")[0])] for each in flags.split(",") if each.endswith("_1")
        }
        wanted.setdefault(document, set()).update(on)
        found.setdefault(document, set()).update(filter(None, predicted[index].split(",")))
    precision = recall = 0.0
    for document, labels in wanted.items():
        hits = len(labels & found[document])
        nothing = not labels and not found[document]
        precision += nothing or (bool(labels) and hits / max(1, len(found[document])))
        recall += nothing or (bool(labels) and hits / max(1, len(labels)))
    return 2 * precision * recall / (precision + recall) / len(wanted)


def similarity(gold_file: Path, prediction_file: Path) -> float:
    gold, predicted = column(gold_file, "score"), column(prediction_file, "score")
    assert gold.keys() == predicted.keys()
    return correlation(*zip(*((float(gold[i]), float(predicted[i])) for i in gold), strict=True))


def inference(gold_file: Path, prediction_file: Path) -> float:
    gold, predicted = column(gold_file, "label"), column(prediction_file, "label")
    assert gold.keys() == predicted.keys()
    return sum(predicted[index] == label for index, label in gold.items()) / len(gold)


Recompute = Callable[[Path, Path], float]

CORPORA: list[tuple[str, str, Recompute]] = [
    ("ddi", "blue/ddi2013-type", ddi),
    ("bc5cdr-chem", "blue/BC5CDR-chem", mentions),
    ("bc5cdr-dz", "blue/BC5CDR-disease", mentions),
    ("hoc", "blue/hoc", hoc),
    ("biosses", "blue/BIOSSES", similarity),
    ("clnclsts", "blue-standins/clinicalSTS", similarity),
    ("mednli", "blue-standins/mednli", inference),
]


@pytest.mark.parametrize(
    ("task", "folder", "recompute"), CORPORA, ids=[task for task, *_ in CORPORA]
)
def test_a_few_lines_of_plain_python_find_the_score_that_evaluate_prints(
    task: str,
    folder: str,
    recompute: Recompute,
    archive: Path,
    shared_dir: Path,
    tmp_path: Path,
) -> None:
    test = shared_dir / folder / "test.tsv"
    evaluated = evaluate_from_archive(archive, str(test))["blue"]
    written = tmp_path / "prediction"
    predictor = Predictor.from_archive(load_archive(archive))
    _PredictManager(predictor, str(test), str(written), 64, False, True).run()
    assert recompute(test, written) == pytest.approx(evaluated, abs=1e-5)
    assert 0 < abs(evaluated) < 1, "an extreme score proves nothing"
