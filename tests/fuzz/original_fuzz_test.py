"""The converters prepare a mutated original so that the reader accepts it, or refuse it."""

import random
import shutil
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from bluelmo_plugins.corpora.checks.survey import survey_file
from bluelmo_plugins.corpora.converters.registry import CORPORA
from bluelmo_plugins.corpora.converters.splits import Choices, Notes, find_split_lists
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.tasks import Task, load_task
from tests.corpora.converters.miniatures import MINIATURES
from tests.corpora.converters.source_files import write
from tests.fuzz.text_mutations import mutate
from tests.fuzzing import check_cases

CASES = 100
LARGEST = 100_000
"""In bytes: longer reports take long rightly."""
BREAKS = "\r\n\x01\x0b\x1d\x7f\x85\u2028\u2029\ufeff"
"""Control characters, line separators and a byte-order mark."""
LOADED: dict[str, Task] = {}


def prepare(task: str, folder: Path) -> None:
    corpus = CORPORA[task]
    loaded = LOADED[task]
    source = folder / "source"
    try:
        lists = find_split_lists(source) if corpus.takes_lists else None
        splits = corpus.prepare(source, Choices(lists), Notes(source))
    except InputError as error:
        # For a missing file, the message only has the folder.
        assert str(source) in str(error), error
        raise
    with corpus.new_folder(folder / "blue", splits) as written:
        for split, rows in splits.items():
            try:
                report = survey_file(loaded.reader, written / corpus.files[split]).report
            except InputError as error:
                raise AssertionError(f"cannot be read again: {error}") from error
            assert sum(report.counts[each] for each in ("positives", "negatives")) in (
                0,
                len(rows) - 1,
            )


def try_case(folder: Path, seed: int) -> tuple[str, str]:
    choice = random.Random(seed)
    task = choice.choice(sorted(MINIATURES))
    files = MINIATURES[task]()
    name = choice.choice(sorted(files))
    data = files[name]
    mutated, accidents = mutate(data if isinstance(data, bytes) else data.encode(), choice)
    shutil.rmtree(folder, ignore_errors=True)
    write(folder / "source", {**files, name: mutated[:LARGEST]})
    done = f"{task} {name}: {accidents}"
    try:
        prepare(task, folder)
    except InputError as error:
        return f"{done}: {error}", "refused"
    return done, "prepared"


def test_a_mutated_original_is_prepared_or_refused(tmp_path: Path) -> None:
    for task in MINIATURES:
        LOADED[task] = load_task(task)
    counts = check_cases(partial(try_case, tmp_path / "case"), CASES)
    assert counts["refused"] > CASES / 10
    assert counts["prepared"] > CASES / 10


@pytest.mark.parametrize("task", sorted(MINIATURES))
def test_a_control_character_anywhere_is_prepared_or_refused(task: str, tmp_path: Path) -> None:
    LOADED[task] = load_task(task)
    choice = random.Random(task)
    files = {name: data for name, data in MINIATURES[task]().items() if isinstance(data, str)}
    counts: Counter[str] = Counter()
    for sign in BREAKS:
        for form in ("{}", "&#{:d};", "\\u{:04x}"):  # as it is, in XML, in JSON
            for _ in range(CASES // 50):
                name = choice.choice(sorted(files))
                place = choice.randrange(len(files[name]) + 1)
                written = form.format(sign if form == "{}" else ord(sign))
                text = files[name][:place] + written + files[name][place:]
                shutil.rmtree(tmp_path / "case", ignore_errors=True)
                write(tmp_path / "case/source", {**MINIATURES[task](), name: text})
                try:
                    prepare(task, tmp_path / "case")
                    counts["prepared"] += 1
                except InputError:
                    counts["refused"] += 1
    assert (
        counts["prepared"] > counts.total() / 10 or task == "biosses"
    )  # which only has split lists
