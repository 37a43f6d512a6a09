"""`allennlp blue prepare`: what it writes, prints and refuses."""

import argparse
import logging
import re
import shlex
from pathlib import Path

import pytest

from bluelmo_plugins.commands.prepare import Prepare
from bluelmo_plugins.corpora.converters.registry import CORPORA
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.scoring.scorers import scorer_of
from bluelmo_plugins.tasks import load_task
from tests.configs.jsonnet_files import CONFIGS, TASKS
from tests.corpora.converters.miniatures import MINIATURES
from tests.corpora.converters.source_files import write


def run(*arguments: object) -> None:
    parser = argparse.ArgumentParser()
    verb = Prepare()
    verb.add_arguments(parser)
    verb.run(parser.parse_args([str(argument) for argument in arguments]))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "source", MINIATURES["ddi"]())


def test_every_task_can_be_prepared() -> None:
    assert sorted(CORPORA) == sorted(TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_what_is_written_is_where_the_config_looks_and_scores_full(
    task, tmp_path, capsys, caplog
) -> None:
    write(tmp_path / "source", MINIATURES[task]())
    run(task, tmp_path / "source", "-o", tmp_path / "blue")
    corpus = CORPORA[task]
    loaded = load_task(task)
    printed = capsys.readouterr().out
    names = ", ".join(corpus.files.values())
    assert printed.startswith(f"Wrote {names} to {tmp_path}/blue/{loaded.corpus}\n")
    assert "  published  " in printed
    assert printed.endswith(f"\n  allennlp train configs/{task}.jsonnet -s runs/{task}\n")
    test = tmp_path / "blue" / str(loaded.corpus) / corpus.files["test"]
    scored = scorer_of(loaded).score(test, test)
    assert scored.metrics["blue"] == pytest.approx(1) or task == "biosses"  # one row has no r
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_counts_are_told_by_split_and_label(source, tmp_path, capsys) -> None:
    run("ddi", source, "-o", tmp_path / "blue")
    printed = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line.strip()}
    assert rows["DDI-advise"] == rows["DDI-int"] == ["9", "1", "1"]
    assert rows["positives"] == ["36", "4", "4"]
    assert rows["published"] == ["2,937", "1,004", "979"]  # of the positives, the last of two
    assert "the dev split is a fixed random draw" in printed
    assert "1 files of the task DrugNER, ignored (DDICorpus/Test/" in printed
    assert f"\n  export DATASET_DIR={tmp_path}/blue\n" in printed


def test_dataset_dir_is_taken_from_the_environment(source, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.delenv("DATASET_DIR", raising=False)
    with pytest.raises(InputError, match="neither -o nor DATASET_DIR"):
        run("ddi", source)
    monkeypatch.setenv("DATASET_DIR", str(tmp_path / "blue"))
    run("ddi", source)
    assert (tmp_path / "blue/ddi2013-type/train.tsv").is_file()
    assert "export" not in capsys.readouterr().out


def test_markers_and_ids_may_be_chosen(source, tmp_path, capsys) -> None:
    ids = tmp_path / "mine.txt"
    ids.write_text("DDI-DrugBank.d4\n")
    run("ddi", source, "-o", tmp_path / "blue", "--markers", "types", "--split-ids", ids)
    dev = (tmp_path / "blue/ddi2013-type/dev.tsv").read_text()
    assert dev.splitlines()[1].startswith("DDI-DrugBank.d4.s0.p0\t@drug$ & @brand$")
    assert f"split by the ids in {ids}" in capsys.readouterr().out


def test_files_are_replaced_only_if_told_so_and_only_by_whole_ones(source, tmp_path) -> None:
    write(tmp_path / "blue/ddi2013-type", {"test.tsv": "old", "mine.txt": "mine"})
    with pytest.raises(InputError, match=r"test.tsv: exists already"):
        run("ddi", source, "-o", tmp_path / "blue")
    for path in source.rglob("9001.xml"):
        path.unlink()
    with pytest.raises(InputError, match="holds no test part"):
        run("ddi", source, "-o", tmp_path / "blue", "--force")
    assert [path.name for path in (tmp_path / "blue").rglob("*.tsv")] == ["test.tsv"]
    write(source, MINIATURES["ddi"]())
    run("ddi", source, "-o", tmp_path / "blue", "--force")
    assert (tmp_path / "blue/ddi2013-type/test.tsv").read_text().startswith("index\t")
    assert (tmp_path / "blue/ddi2013-type/mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dddi"], "unknown task 'dddi'.*Did you mean 'ddi'"),
        (["mednli", "--markers", "types"], "--markers does not apply to mednli"),
        (["mednli", "--split-ids", "x"], "--split-ids does not apply to mednli"),
        (["ddi", "--split-ids", "x"], "x: there is no such file or folder"),
    ],
)
def test_what_makes_no_sense_is_told(source, tmp_path, arguments, message) -> None:
    task, *options = arguments
    with pytest.raises(InputError, match=message):
        run(task, source, "-o", tmp_path / "blue", *options)
    assert not (tmp_path / "blue").exists()


def test_the_page_says_of_every_task_what_the_source_must_hold() -> None:
    page = (CONFIGS.parent / "docs/prepare.md").read_text()
    tables = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| ")]
    for width in (4, 2):
        rows = [[cell.strip() for cell in row] for row in tables if len(row) == width]
        assert rows[0][0] == "task"
        assert sorted(name for row in rows[1:] for name in row[0].split(", ")) == sorted(TASKS)


def test_the_commands_of_the_page_are_understood() -> None:
    page = (CONFIGS.parent / "docs/prepare.md").read_text()
    commands = re.findall(r"^    allennlp blue prepare (.+)$", page, re.MULTILINE)
    assert len(commands) == 4
    parser = argparse.ArgumentParser()
    Prepare().add_arguments(parser)
    for command in commands:
        assert parser.parse_args(shlex.split(command)).task in TASKS


def test_a_missing_source_is_told(tmp_path) -> None:
    with pytest.raises(InputError, match="none: there is no such file"):
        run("ddi", tmp_path / "none", "-o", tmp_path / "blue")
