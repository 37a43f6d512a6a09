"""The README's three commands, through the real `allennlp` in a clean copy of the repository."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

REPOSITORY = Path(__file__).parent.parent.parent
ALLENNLP = str(Path(sys.executable).parent / "allennlp")


class Checkout:
    """A copy of what a user works with, and the environment of the commands run in it."""

    def __init__(self, directory: Path, elmo: Path, corpora: Path) -> None:
        self.directory = directory
        self.test_file = str(corpora / "ddi2013-type" / "test.tsv")
        self.environment = os.environ | {"ELMO_DIR": str(elmo), "DATASET_DIR": str(corpora)}
        for name in ("bluelmo_plugins", "configs"):
            shutil.copytree(
                REPOSITORY / name, directory / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        shutil.copy(REPOSITORY / ".allennlp_plugins", directory)
        (directory / "configs" / "short.jsonnet").write_text(
            "(import 'ddi.jsonnet') + { epochs:: 2, fchdim:: 8, cuda_device:: -1 }"
        )

    def allennlp(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ALLENNLP, *arguments],
            cwd=self.directory,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def checkout(
    tiny_elmo: Path, sample_corpora: Path, tmp_path_factory: pytest.TempPathFactory
) -> Checkout:
    """A checkout in which the short variant has been trained."""
    checkout = Checkout(tmp_path_factory.mktemp("checkout"), tiny_elmo, sample_corpora)
    trained = checkout.allennlp("train", "configs/short.jsonnet", "-s", "runs/ddi")
    assert trained.returncode == 0, trained.stdout + trained.stderr
    return checkout


def test_evaluate_ends_with_the_official_score_which_it_also_writes(checkout: Checkout) -> None:
    evaluated = checkout.allennlp(
        "evaluate", "runs/ddi/model.tar.gz", checkout.test_file, "--output-file", "scores.json"
    )
    assert evaluated.returncode == 0, evaluated.stderr
    scores = json.loads((checkout.directory / "scores.json").read_text())
    last = evaluated.stdout.strip().splitlines()[-1]
    assert last.endswith(f"{100 * scores['blue']:.1f} (the official BLUE score)")
    assert scores["blue"] == scores["f1_macro"]


def test_an_archive_holds_no_elmo(checkout: Checkout) -> None:
    state = torch.load(checkout.directory / "runs" / "ddi" / "best.th", weights_only=True)
    of_elmo = {name: each.numel() for name, each in state.items() if "_elmo" in name}
    # The digest of its two files, and two scalar mixes of three weights and a gamma.
    assert sorted(of_elmo.values()) == [2, 6, 64]


def test_new_text_is_predicted_from_json_lines(checkout: Checkout) -> None:
    line = json.dumps({"index": "mine", "sentence": "Never take @DRUG$ with @DRUG$."})
    predicted = checkout.allennlp(
        *("predict", "runs/ddi/model.tar.gz", "-", "--silent", "--output-file", "new.jsonl"),
        stdin=line + "\n",
    )
    assert predicted.returncode == 0, predicted.stderr
    prediction = json.loads((checkout.directory / "new.jsonl").read_text())
    assert prediction["index"] == "mine"
    assert sum(prediction["probabilities"].values()) == pytest.approx(1, abs=1e-4)


def test_a_mistake_ends_with_its_message_and_without_a_traceback(checkout: Checkout) -> None:
    (checkout.directory / "configs" / "wrong.jsonnet").write_text(
        "(import 'ddi.jsonnet') + { corpus:: 'nowhere' }"
    )
    failed = checkout.allennlp("train", "configs/wrong.jsonnet", "-s", "runs/wrong")
    assert failed.returncode != 0
    assert "Traceback" not in failed.stdout + failed.stderr
    last = failed.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert "nowhere/train.tsv" in last
    assert "Traceback" in (checkout.directory / "runs" / "wrong" / "out.log").read_text()
