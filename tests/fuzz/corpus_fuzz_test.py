"""A mutated corpus file is read correctly and completely, or refused with the place."""

import random
import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from allennlp.data import Instance

from bluelmo_plugins.dataset_readers import blue_reader
from bluelmo_plugins.dataset_readers.blue_reader import BlueReader
from bluelmo_plugins.dataset_readers.marker_tokenizer import MarkerTokenizer
from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.tasks import load_task
from tests.fuzz.text_mutations import mutate
from tests.fuzzing import check_cases

CASES = 200
CORPORA = {
    "ddi": "ddi2013-type",
    "hoc": "hoc",
    "biosses": "BIOSSES",
    "mednli": "mednli",
    "bc5cdr-chem": "BC5CDR-chem",
}
NUM_LINES = 40


class LastReport(ReadingReport):
    """A report that is still available after the pass."""

    last: ReadingReport

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        LastReport.last = self


@pytest.fixture(scope="module")
def readers() -> dict[str, BlueReader]:
    found = {}
    for task in CORPORA:
        reader = load_task(task).reader
        assert isinstance(reader, BlueReader)
        if not isinstance(reader, NerReader):
            reader._tokenizer = MarkerTokenizer()
        found[task] = reader
    return found


@pytest.fixture(scope="module")
def originals(sample_corpora: Path) -> dict[str, bytes]:
    """The first lines of the dev split of each corpus."""
    files = {task: sample_corpora / folder / "dev.tsv" for task, folder in CORPORA.items()}
    return {
        task: b"".join(path.read_bytes().splitlines(keepends=True)[:NUM_LINES])
        for task, path in files.items()
    }


def check_read(task: str, path: Path, instances: list[Instance]) -> None:
    """Checks that all of the file was read, as far as a simple rule can tell."""
    report = LastReport.last
    places: list[dict[str, Any]] = [each["metadata"].metadata for each in instances]  # type: ignore[attr-defined]
    assert places, "nothing was read, and no error says so"
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = text.removesuffix("\n").split("\n")
    skipped = sum(map(len, report.skipped.values()))
    if task == "bc5cdr-chem":
        blank = sum(not line.strip(" \t") for line in lines)
        assert sum(len(place["words"]) for place in places) + skipped + blank == len(lines)
        return
    assert len(places) == report.read
    if '"' not in text:
        assert report.read + skipped in (len(lines), len(lines) - 1), "rows are missing"
        for place in places:
            for name in ("sentence", "sentence1", "sentence2"):
                assert place.get(name, "") in lines[place["line"] - 1], "the text is another"


def try_case(
    readers: dict[str, BlueReader], originals: dict[str, bytes], folder: Path, seed: int
) -> tuple[str, str]:
    choice = random.Random(seed)
    task = choice.choice(list(CORPORA))
    content, done = mutate(originals[task], choice)
    path = folder / choice.choice(["dev.tsv", "dev.tsv", "dev.tsv", "dev.csv", "dev.jsonl"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path.write_bytes(content)
    reader = readers[task]
    reader.labels_required = choice.random() < 0.7
    outcome = read(task, reader, path)
    return f"{task}, {path.name}: {done}", outcome


def read(task: str, reader: BlueReader, path: Path) -> str:
    blue_reader.ReadingReport = LastReport  # type: ignore[misc]
    try:
        instances = list(reader.read(path))
    except InputError as error:
        assert error.file == str(path), f"the error names no file: {error}"
        assert len(str(error)) < 5000, "an endless error"
        return "refused with the line" if error.line else "refused as a whole"
    check_read(task, path, instances)
    for instance in instances[:50]:
        reader.apply_token_indexers(instance)
    return "read"


def test_a_mutated_corpus_file_is_read_or_refused_with_the_place(
    readers: dict[str, BlueReader], originals: dict[str, bytes], tmp_path: Path
) -> None:
    counts = check_cases(partial(try_case, readers, originals, tmp_path / "corpus"), CASES)
    assert len(counts) == 3, "an outcome never occurred"


@pytest.mark.parametrize("task", CORPORA)
def test_the_original_files_are_read(
    task: str, readers: dict[str, BlueReader], originals: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "dev.tsv").write_bytes(originals[task])
    readers[task].labels_required = True
    assert read(task, readers[task], tmp_path / "dev.tsv") == "read"


@pytest.mark.parametrize("task", CORPORA)
def test_folders_and_unreadable_files_are_refused(
    task: str, readers: dict[str, BlueReader], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dev.tsv").mkdir()
    with pytest.raises(InputError, match=re.escape(str(tmp_path))):
        list(readers[task].read(tmp_path / "dev.tsv"))
    path = tmp_path / "test.tsv"
    path.write_text("x")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"test\.tsv: cannot be read \(Permission denied\)"):
        list(readers[task].read(path))
