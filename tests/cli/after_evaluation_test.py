"""What `allennlp evaluate` and `allennlp predict` end with."""

import argparse
import sys
from pathlib import Path

import pytest

from bluelmo_plugins.cli.summaries import tell_after_evaluation
from bluelmo_plugins.commands.predict import lines_after_prediction
from bluelmo_plugins.tasks import load_task
from tests.report.fake_runs import config_of, write_training


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """What is told after the evaluation on a file, by the command with some arguments."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ELMO_DIR", raising=False)
    Path("elmo").mkdir()
    config = config_of("relation")
    embedder = {"elmo": {"weight_file": "elmo/weights.hdf5"}}
    config["model"]["text_field_embedder"]["token_embedders"] = embedder
    write_training(Path("run"), config)
    Path("test.tsv").touch()

    def tell(arguments: str, file: str = "test.tsv") -> list[str]:
        monkeypatch.setattr(sys, "argv", ["allennlp", *arguments.split()])
        tell_after_evaluation(load_task("ddi").about, file)
        return capsys.readouterr().err.splitlines()

    return tell


REPORT = [
    "Next, the table of BLUE with this run:",
    "  allennlp blue report run --evaluate",
]
PUBLISHED = "The published ELMo has 62.0 (macro F1, test split of DDI)."


@pytest.mark.parametrize("archive", ["run/model.tar.gz", "run"])
def test_the_published_score_and_what_is_next(told, archive: str) -> None:  # type: ignore[no-untyped-def]
    assert told(f"evaluate {archive} test.tsv") == ["", PUBLISHED, *REPORT]


def test_where_the_output_is(told) -> None:  # type: ignore[no-untyped-def]
    options = "--output-file s.json --predictions-output-file p.jsonl"
    assert told(f"evaluate run test.tsv {options}") == [
        "",
        PUBLISHED,
        "All figures, scores as fractions: s.json",
        "The model's outputs: p.jsonl",
        *REPORT,
    ]


def test_it_is_told_once_for_several_files(told) -> None:  # type: ignore[no-untyped-def]
    assert told("evaluate run test.tsv,other.tsv") == []
    assert told('evaluate run "other.tsv","test.tsv"')[1:] == [PUBLISHED, *REPORT]


def test_an_archive_by_itself_is_compared_only(told) -> None:  # type: ignore[no-untyped-def]
    Path("model.tar.gz").touch()
    assert told("evaluate model.tar.gz test.tsv") == [
        "",
        f"{PUBLISHED} Here: unknown whether sample ELMo.",
    ]


def test_another_command_tells_nothing(told) -> None:  # type: ignore[no-untyped-def]
    assert told("blue report run --evaluate") == []


def prediction(**told: object) -> argparse.Namespace:
    return argparse.Namespace(archive_file="run/model.tar.gz", output_file="p.tsv", **told)


def test_after_prediction_where_it_is_and_how_to_score_it(told) -> None:  # type: ignore[no-untyped-def]
    command = prediction(use_dataset_reader=True, input_file="my test.tsv")
    assert lines_after_prediction(command, 12) == [
        "The predictions (12) are in p.tsv",
        "Next, if the corpus file has labels, their score:",
        "  allennlp blue score run/config.json 'my test.tsv' p.tsv",
    ]
    new_text = prediction(use_dataset_reader=False, input_file="-")
    assert lines_after_prediction(new_text, 1) == ["The predictions (1) are in p.tsv"]


def test_names_that_allennlp_makes_are_told(told) -> None:  # type: ignore[no-untyped-def]
    options = "--output-file s.json --predictions-output-file p.jsonl --auto-names"
    assert told(f"evaluate run d/dev.tsv,test.tsv {options} ALL")[2:4] == [
        "All figures, scores as fractions: d/dev.outputs, test.outputs",
        "The model's outputs: d/dev.preds, test.preds",
    ]
    assert told(f"evaluate run test.tsv {options} PREDS")[2:4] == [
        "All figures, scores as fractions: s.json",
        "The model's outputs: test.preds",
    ]
