"""AllenNLP's own commands with our configs, and what a user sees of them."""

import json
import re
import shutil
import tarfile
from pathlib import Path

import pytest

from bluelmo_plugins.corpora.samples.folder import DISCLAIMER
from tests.configs.jsonnet_files import CONFIGS
from tests.forked_commands import Outcome, run_commands
from tests.training.small_run import outcome

REPOSITORY = CONFIGS.parent
CONFIG = """(import '%s/ddi.jsonnet') + (import '%s/tests/configs/tiny.libsonnet') + {
  epochs:: 2,
  dataset_reader+: { max_instances: 40 },
}"""
LOGGED = """(import 'ddi.jsonnet') + {
  callbacks:: [
    { type: 'tensorboard', summary_interval: 2, should_log_parameter_statistics: true },
    { type: 'console_logger', should_log_inputs: false },
    { type: 'track_epoch_callback' },
  ],
}"""
MODEL = "runs/ddi/model.tar.gz"
TEST = "blue/ddi2013-type/test.tsv"
COMMANDS = {
    "train": ["train", "ddi.jsonnet", "-s", "runs/ddi"],
    "logged": ["train", "logged.jsonnet", "-s", "runs/logged"],
    "friendly": ["train", "ddi.jsonnet", "-s", "runs/friendly", "--file-friendly-logging"],
    "dry": ["train", "ddi.jsonnet", "-s", "runs/dry", "--dry-run"],
    "learning_rate": ["find-lr", "ddi.jsonnet", "-s", "runs/lr", "--num-batches", "12"],
    "results": ["print-results", "runs", "-k", "best_validation_blue", "best_epoch"],
    "vocab": ["build-vocab", "ddi.jsonnet", "vocab.tar.gz"],
    "count": ["count-instances", "ddi.jsonnet"],
    "evaluate": ["evaluate", MODEL, TEST, "--output-file", "scores.json"],
    "batches": ["evaluate", MODEL, TEST, "--output-file", "again.json", "--batch-size", "3"],
    "predict": ["predict", MODEL, TEST, "--use-dataset-reader", "--silent", "--output-file", "p"],
    "one_by_one": [
        *("predict", MODEL, TEST, "--use-dataset-reader", "--silent", "--output-file", "q"),
        *("--batch-size", "1"),
    ],
}
# Says how many texts are predicted at once.
SETUP = """
from allennlp.predictors import Predictor
from allennlp.common.util import lazy_groups_of
from allennlp.commands import predict

def groups_of(instances, size):
    print("BATCHES OF", size)
    return lazy_groups_of(instances, size)

predict.lazy_groups_of = groups_of
"""


@pytest.fixture(scope="module")
def folder(tiny_elmo: Path, sample_corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all commands run."""
    folder = tmp_path_factory.mktemp("commands")
    shutil.copytree(sample_corpora, folder / "blue")
    shutil.copytree(tiny_elmo, folder / "elmo")
    for name in ("blue", "elmo"):
        (folder / name / "README.md").write_text(DISCLAIMER)
    (folder / "ddi.jsonnet").write_text(CONFIG % (CONFIGS, REPOSITORY))
    (folder / "logged.jsonnet").write_text(LOGGED)
    return folder


@pytest.fixture(scope="module")
def outcomes(folder: Path) -> dict[str, Outcome]:
    environment = {"ELMO_DIR": "elmo", "DATASET_DIR": "blue"}
    return run_commands(folder, COMMANDS, SETUP, environment)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command_works_with_our_configs(outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].status == 0, outcomes[name].terminal
    assert "Traceback" not in outcomes[name].terminal


def test_the_terminal_of_a_training_reads_like_a_report(outcomes: dict[str, Outcome]) -> None:
    score = "macro F1 of all labels but DDI-false"
    expected = [
        r"blue/ddi2013-type/train.tsv: read 40 rows .*",
        r"loading instances: 40it .*",
        r"blue/ddi2013-type/dev.tsv: read 40 rows .*",
        r"loading instances: 40it .*",
        r"Computing ELMo's layers of .*",
        r"ELMo: 100%.*token/s.*",
        rf"Epoch 1 of 2: dev {score} [\d.]+; loss [\d.]+; .* tokens/s\), at most about .* left",
        rf"Epoch 2 of 2: dev {score} [\d.]+ \(best .*\); loss [\d.]+; [\d.]+ s \(.* tokens/s\)",
        r"",
        rf"Best score on the dev split: {score} [\d.]+ \(epoch [12] of 2\)\.",
        r"Sample corpus, sample ELMo: not comparable with the published ELMo's 62\.0 .*",
        r"  model    runs/ddi/model.tar.gz",
        r"  figures  runs/ddi/metrics.json",
        r"  log      runs/ddi/out.log",
        r"Next, the score on the test split, and the table of BLUE with it:",
        r"  allennlp evaluate runs/ddi/model.tar.gz blue/ddi2013-type/test.tsv",
        r"  allennlp blue report runs/ddi --evaluate",
    ]
    told = [line for line in outcomes["train"].lines if not line.startswith("warning: ")]
    for line, pattern in zip(told, expected, strict=True):
        assert re.fullmatch(pattern, line), outcomes["train"].terminal


def test_the_log_file_has_what_the_terminal_does_not_show(
    outcomes: dict[str, Outcome], folder: Path
) -> None:
    log = (folder / "runs/ddi/out.log").read_text()
    assert "allennlp.common.params - trainer.optimizer.lr = " in log
    assert "WARNING - allennlp.training.gradient_descent_trainer - You provided a val" in log
    assert "INFO - bluelmo_plugins.training.progress - Epoch 2 of 2: dev " in log
    assert "optimizer.lr" not in outcomes["train"].terminal


def test_callbacks_of_allennlp_can_be_switched_on_and_change_nothing(
    outcomes: dict[str, Outcome], folder: Path
) -> None:
    assert outcome(folder / "runs/logged") == outcome(folder / "runs/ddi")
    for split in ("train", "validation"):
        (events,) = (folder / "runs/logged/log" / split).iterdir()
        assert b"f1_macro" in events.read_bytes()
    assert re.search(r"^f1_macro +\| +[\d.]+ +\| +[\d.]+$", outcomes["logged"].terminal, re.M)
    assert "f1_macro " not in outcomes["train"].terminal


def test_a_dry_run_says_that_it_is_one(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["dry"].last_line == (
        "The config and the corpus can be used; nothing was trained. Before you train into"
        " runs/dry, remove it, or add --force."
    )
    assert "Best score" not in outcomes["dry"].terminal


def test_learning_rates_are_drawn(outcomes: dict[str, Outcome], folder: Path) -> None:
    assert (folder / "runs/lr/lr-losses.png").stat().st_size > 1000
    assert outcomes["learning_rate"].last_line == (
        "Saving learning_rate vs loss plot to runs/lr/lr-losses.png."
    )


def test_results_are_printed(outcomes: dict[str, Outcome], folder: Path) -> None:
    metrics = json.loads((folder / "runs/ddi/metrics.json").read_text())
    line = f"runs/ddi/metrics.json, {metrics['best_validation_blue']}, {metrics['best_epoch']}"
    assert line in outcomes["results"].lines


def test_the_vocabulary_is_the_labels(outcomes: dict[str, Outcome], folder: Path) -> None:
    with tarfile.open(folder / "vocab.tar.gz") as archive:
        labels = archive.extractfile("labels.txt")
        assert labels is not None
        assert labels.read().decode().split()[:2] == ["DDI-advise", "DDI-effect"]


def test_instances_are_counted(outcomes: dict[str, Outcome]) -> None:
    assert "contains 40 instances." in outcomes["count"].last_line


def test_the_end_of_an_evaluation(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["evaluate"].lines[-6].endswith(" (the official BLUE score)")
    assert outcomes["evaluate"].lines[-5:] == [
        "",
        "Sample corpus, sample ELMo: not comparable with the published ELMo's 62.0 (macro F1, test"
        " split of DDI).",
        "All figures, scores as fractions: scores.json",
        "Next, the table of BLUE with this run:",
        "  allennlp blue report runs/ddi --evaluate",
    ]


def test_an_evaluation_in_other_batches_scores_the_same(
    outcomes: dict[str, Outcome], folder: Path
) -> None:
    one, other = (json.loads((folder / name).read_text()) for name in ("scores.json", "again.json"))
    assert one.pop("loss") == pytest.approx(other.pop("loss"), rel=0.5)
    assert one == other
    assert outcomes["batches"].status == 0


def test_texts_are_predicted_in_batches_unless_told_otherwise(
    outcomes: dict[str, Outcome], folder: Path
) -> None:
    assert "BATCHES OF 64" in outcomes["predict"].terminal
    assert "BATCHES OF 1\n" in outcomes["one_by_one"].terminal
    assert (folder / "p").read_text() == (folder / "q").read_text()


def test_the_end_of_a_prediction(outcomes: dict[str, Outcome], folder: Path) -> None:
    number = len((folder / "p").read_text().splitlines()) - 1
    assert outcomes["predict"].lines[-3:] == [
        f"The predictions ({number}) are in p",
        "Next, if the corpus file has labels, their score:",
        "  allennlp blue score runs/ddi/config.json blue/ddi2013-type/test.tsv p",
    ]
