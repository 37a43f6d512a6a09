"""A mutated gold or prediction file is scored, or refused with its name."""

import csv
import io
import json
import math
import random
import shutil
from functools import partial
from pathlib import Path

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.score_text import report
from bluelmo_plugins.scoring.scorers import Scorer, scorer_of
from bluelmo_plugins.tasks import load_task
from tests.fuzz.corpus_fuzz_test import CORPORA, NUM_LINES
from tests.fuzz.text_mutations import mutate
from tests.fuzzing import check_cases

CASES = 90

Files = dict[str, dict[str, bytes]]
"""By task and layout."""


@pytest.fixture(scope="module")
def scorers() -> dict[str, Scorer]:
    return {task: scorer_of(load_task(task)) for task in CORPORA}


@pytest.fixture(scope="module")
def files(
    scorers: dict[str, Scorer], sample_corpora: Path, tmp_path_factory: pytest.TempPathFactory
) -> Files:
    """The same rows as a corpus file, an official table and JSON lines."""
    folder = tmp_path_factory.mktemp("gold")
    found: Files = {}
    for task, name in CORPORA.items():
        corpus = (sample_corpora / name / "dev.tsv").read_bytes()
        corpus = b"".join(corpus.splitlines(keepends=True)[:NUM_LINES])
        path = folder / f"{task}.tsv"
        path.write_bytes(corpus)
        official = "".join(scorers[task].score(path, path).lines)
        found[task] = {"corpus": corpus, "official": official.encode()}
        if not official.startswith("{"):
            rows = csv.DictReader(io.StringIO(official), delimiter="\t")
            found[task]["json"] = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return found


def try_case(scorers: dict[str, Scorer], files: Files, folder: Path, seed: int) -> tuple[str, str]:
    choice = random.Random(seed)
    task = choice.choice(list(CORPORA))
    layouts = choice.choices(list(files[task]), k=2)
    contents = [files[task][layout] for layout in layouts]
    mutated = choice.randrange(2)
    contents[mutated], done = mutate(contents[mutated], choice)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    paths = [folder / "gold.tsv", folder / choice.choice(["prediction.tsv", "prediction.jsonl"])]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    description = f"{task}, {layouts}, {paths[mutated].name}: {done}"
    try:
        scored = scorers[task].score(*paths)
    except InputError as error:
        assert error.file in map(str, paths), f"the error names no file: {error}"
        assert len(str(error)) < 5000, "an endless error"
        return description, "refused"
    finally:
        # A refused file leaves the metric half filled.
        scorers[task]._task.metric.reset()
    assert math.isnan(scored.metrics["blue"]) or -1 <= scored.metrics["blue"] <= 1 + 1e-9
    assert report(scored.metrics, "", "", scorers[task]._task.about, paths[0])
    return description, "scored"


def test_a_mutated_file_is_scored_or_refused(
    scorers: dict[str, Scorer], files: Files, tmp_path: Path
) -> None:
    counts = check_cases(partial(try_case, scorers, files, tmp_path / "files"), CASES)
    assert set(counts) == {"scored", "refused"}


@pytest.mark.parametrize("task", CORPORA)
def test_gold_in_every_layout_has_a_perfect_score(
    task: str, scorers: dict[str, Scorer], files: Files, tmp_path: Path
) -> None:
    (tmp_path / "gold.tsv").write_bytes(files[task]["corpus"])
    for layout, content in files[task].items():
        (tmp_path / layout).write_bytes(content)
        scored = scorers[task].score(tmp_path / "gold.tsv", tmp_path / layout)
        assert scored.metrics["blue"] == pytest.approx(1)
