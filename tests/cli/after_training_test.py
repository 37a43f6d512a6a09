"""What a finished training ends with."""

import json
import shlex
from pathlib import Path

import pytest

from bluelmo_plugins.cli.summaries import lines_after_training
from tests.report.fake_runs import config_of, write_training


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DATASET_DIR with real corpora, and an ELMo that is no sample."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATASET_DIR", "corpora")
    (tmp_path / "elmo").mkdir()
    monkeypatch.setenv("ELMO_DIR", "elmo")
    folder = Path("corpora")
    for name in ("ddi2013-type", "mine"):
        (folder / name).mkdir(parents=True)
        (folder / name / "test.tsv").touch()
    return folder


def test_the_score_the_files_and_what_is_next(corpora: Path) -> None:
    write_training(Path("my runs/ddi"), config_of("relation"))
    assert lines_after_training(Path("my runs/ddi")) == [
        "Best score on the dev split: macro F1 of all labels but DDI-false 30.0 (epoch 2 of 3).",
        "The published ELMo has 62.0 (macro F1, test split of DDI).",
        "  model    my runs/ddi/model.tar.gz",
        "  figures  my runs/ddi/metrics.json",
        "  log      my runs/ddi",
        "Next, the score on the test split, and the table of BLUE with it:",
        "  allennlp evaluate 'my runs/ddi/model.tar.gz' corpora/ddi2013-type/test.tsv",
        "  allennlp blue report 'my runs/ddi' --evaluate",
    ]


def test_a_sample_is_not_compared(corpora: Path) -> None:
    from bluelmo_plugins.corpora.samples.folder import DISCLAIMER

    (corpora / "README.md").write_text(DISCLAIMER)
    write_training(Path("ddi"), config_of("relation"))
    assert lines_after_training(Path("ddi"))[1] == (
        "Sample corpus: not comparable with the published ELMo's 62.0 (macro F1, test split of"
        " DDI)."
    )


def test_what_is_not_known_of_an_elmo_is_said(
    corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ELMO_DIR")
    write_training(Path("ddi"), config_of("relation"))
    assert lines_after_training(Path("ddi"))[1].endswith(
        "test split of DDI). Here: unknown whether sample ELMo."
    )


def test_a_corpus_that_blue_lacks_has_no_published_score(corpora: Path) -> None:
    write_training(Path("run"), config_of("relation", corpus="mine"))
    told = lines_after_training(Path("run"))
    assert "published" not in "".join(told)
    assert told[-2] == "  allennlp evaluate run/model.tar.gz corpora/mine/test.tsv"


def test_where_there_is_no_test_split_its_place_is_left_open(corpora: Path) -> None:
    write_training(Path("run"), config_of("inference"))
    told = lines_after_training(Path("run"))
    assert told[-2] == "  allennlp evaluate run/model.tar.gz TEST_FILE"


def test_kept_weights_that_are_not_the_best_are_not_called_so(corpora: Path) -> None:
    write_training(Path("run"), config_of("relation"))
    metrics = Path("run/metrics.json")
    metrics.write_text('{"best_epoch": 2, "best_validation_blue": 0.2}')
    assert lines_after_training(Path("run"))[0] == (
        "Score of the kept weights on the dev split: macro F1 of all labels but DDI-false 20.0"
        " (epoch 3 of 3)."
    )


def test_no_score_at_all_is_said(corpora: Path) -> None:
    write_training(Path("run"), config_of("relation"))
    Path("run/metrics.json").write_text("{}")
    assert lines_after_training(Path("run"))[0] == (
        "ddi2013-type was trained without a score on the dev split."
    )


def test_the_log_of_several_processes_is_that_of_the_first(corpora: Path) -> None:
    write_training(Path("run"), config_of("relation"))
    for name in ("out.log", "out_worker0.log", "out_worker1.log"):
        (Path("run") / name).touch()
    assert "  log      run/out_worker0.log" in lines_after_training(Path("run"))


def test_on_a_machine_with_a_gpu_it_is_named(
    corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    write_training(Path("run"), config_of("relation"))
    assert "model.tar.gz --cuda-device 0 corpora/" in lines_after_training(Path("run"))[-2]


def test_a_path_with_a_comma_is_one_file_for_allennlp(corpora: Path) -> None:
    config = config_of("relation")
    config["test_data_path"] = "a,b/test.tsv"
    Path("a,b").mkdir()
    Path("a,b/test.tsv").touch()
    write_training(Path("run"), config)
    (line,) = [line for line in lines_after_training(Path("run")) if "allennlp evaluate" in line]
    assert json.loads(f"[{shlex.split(line)[-1]}]") == ["a,b/test.tsv"]
