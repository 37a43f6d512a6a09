"""The program knows which command it is, and says what it does."""

import sys

import pytest
from allennlp.commands.evaluate import Evaluate
from allennlp.commands.train import Train

from bluelmo_plugins.cli.command import PART_OF, arguments_of, is_command, what_is_done

TRAIN = ["/venv/bin/allennlp", "train", "--include-package", "mine", "ddi.jsonnet", "-s", "runs/x"]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("/venv/bin/allennlp", True),
        ("C:/venv/Scripts/allennlp.exe", True),
        ("allennlp", True),
        ("/venv/lib/python3.11/site-packages/allennlp/__main__.py", True),
        ("/venv/bin/pytest", False),
        ("train_allennlp.py", False),
        ("/home/me/other/__main__.py", False),
        ("-c", False),
        ("", False),
    ],
)
def test_only_the_command_is_changed(program: str, expected: bool) -> None:
    assert is_command(program) is expected


def test_the_arguments_are_those_of_allennlp_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", TRAIN)
    told = arguments_of(Train)
    assert told is not None
    assert (told.param_path, told.serialization_dir) == ("ddi.jsonnet", "runs/x")
    assert told.dry_run is False
    assert arguments_of(Evaluate) is None


def test_in_another_program_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/venv/bin/pytest", *TRAIN[1:]])
    assert arguments_of(Train) is None


def test_in_a_part_of_another_command_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", TRAIN)
    monkeypatch.setenv(PART_OF, "seeds")
    assert arguments_of(Train) is None


def test_in_a_process_that_a_command_starts_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", TRAIN)
    monkeypatch.setattr("bluelmo_plugins.cli.command.parent_process", lambda: object())
    assert arguments_of(Train) is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("train ddi.jsonnet -s runs/x", "training ddi.jsonnet into runs/x"),
        (
            "train ddi.jsonnet -s runs/x -r",
            "going on with the training of ddi.jsonnet in runs/x",
        ),
        ("train ddi.jsonnet -s x --dry-run", "trying ddi.jsonnet out, without training"),
        ("evaluate x/model.tar.gz t.tsv", "evaluating x/model.tar.gz on t.tsv"),
        (
            "predict x/model.tar.gz t.tsv --batch-size 3",
            "predicting on t.tsv with x/model.tar.gz",
        ),
        ("predict x -", "predicting on what comes on standard input with x"),
        (
            "find-lr ddi.jsonnet -s x",
            "trying learning rates from 1e-05 to 10 on ddi.jsonnet; the plot goes to"
            " x/lr-losses.png",
        ),
        ("build-vocab ddi.jsonnet v.tar.gz", "making the vocabulary of ddi.jsonnet"),
        ("count-instances ddi.jsonnet", "counting what ddi.jsonnet trains on"),
        ("blue sample demo", None),
        ("", None),
    ],
)
def test_what_is_done_is_said(
    arguments: str, words: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["allennlp", *arguments.split()])
    assert what_is_done() == words
