"""`allennlp blue report`: what it prints, writes, evaluates and refuses."""

import argparse
import json
from pathlib import Path

import pytest

import bluelmo_plugins.commands.report as module
from bluelmo_plugins.commands.report import Report
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.evaluation import Samples, new_evaluation, write_evaluation
from tests.report.fake_runs import config_of, label_sample, write_evaluated, write_training


def run(*arguments: object) -> None:
    parser = argparse.ArgumentParser()
    report = Report()
    report.add_arguments(parser)
    report.run(parser.parse_args([str(argument) for argument in arguments]))


@pytest.fixture
def test_file(tmp_path: Path) -> Path:
    path = tmp_path / "blue" / "mednli" / "test.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(
        "index\tsentence1\tsentence2\tlabel\n"
        "a\tIt rains .\tIt is wet .\tentailment\n"
        "b\tIt rains .\tIt is dry .\tcontradiction\n"
        "c\tIt rains .\tIt is cold .\tneutral\n"
    )
    return path


@pytest.fixture
def runs(tmp_path: Path, test_file: Path) -> Path:
    """Two seeds, one right in one row of three, one in two; the test split passes for BLUE's."""
    for seed, answers in ((1, ("entailment",) * 3), (2, ("entailment", "contradiction") * 2)):
        predictions = [
            {"index": index, "label": answer} for index, answer in zip("abc", answers, strict=False)
        ]
        directory = tmp_path / "runs" / f"seed-{seed}"
        sizes = {"pairs": 1422}
        write_evaluated(directory, "inference", test_file, predictions, seed, sizes=sizes)
    return tmp_path / "runs"


def line_of(task: str, text: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"{task}  ")]
    return line.split()


def test_prints_the_table_and_how_to_get_more(runs, capsys):
    run(runs)
    printed = capsys.readouterr().out
    mednli = line_of("MedNLI", printed)
    # 1/3 and 2/3.
    assert mednli[:4] == ["MedNLI", "accuracy", "50.0", "23.6"]
    assert mednli[-4:] == ["2", "71.4", "80.5", "84.0"]
    assert line_of("DDI", printed) == ["DDI", "macro", "F1", "62.0", "78.8", "79.4"]
    assert "--output DIR writes this with a picture" in printed


def test_writes_the_files_and_says_where(runs, tmp_path, capsys):
    run(runs / "seed-1", runs / "seed-2", "--output", tmp_path / "out")
    last = capsys.readouterr().out.splitlines()[-1]
    for name in ("blue.md", "blue.csv", "blue.png"):
        assert str(tmp_path / "out" / name) in last
        assert (tmp_path / "out" / name).is_file()
    assert (tmp_path / "out" / "runs" / "runs-seed-2.md").is_file()


def test_a_sample_is_labelled_in_every_output(runs, tmp_path, capsys):
    label_sample(*runs.iterdir())
    run(runs, "--output", tmp_path / "out")
    texts = [capsys.readouterr().out]
    texts += [(tmp_path / "out" / name).read_text() for name in ("blue.md", "blue.csv")]
    texts += [path.read_text() for path in (tmp_path / "out" / "runs").glob("*.md")]
    assert len(texts) == 5
    for text in texts:
        assert "sample corpus" in text
        assert "sample ELMo" in text
    # MedNLI itself stays empty.
    assert line_of("MedNLI", texts[0]) == ["MedNLI", "accuracy", "71.4", "80.5", "84.0"]


def test_a_stand_in_goes_by_its_own_name(runs, capsys):
    run(runs, "--stand-in", "mednli=weather pairs")
    printed = capsys.readouterr().out
    assert line_of("weather pairs", printed)[3:5] == ["50.0", "23.6"]
    assert "[in place of mednli]" in printed


@pytest.mark.parametrize("told", ["mednli", "=weather", "mednli="])
def test_half_a_stand_in_is_an_error(told, runs):
    with pytest.raises(InputError, match=f"--stand-in is '{told}'. Expected CORPUS=NAME"):
        run(runs, "--stand-in", told)


class TestEvaluate:
    @pytest.fixture
    def evaluated(self, monkeypatch):
        """What was evaluated, in place of the evaluation itself."""
        evaluated = []

        def evaluate(of, test_file):
            evaluated.append((of.name, test_file))
            metrics = {"blue": 0.25, "accuracy": 0.25}
            samples = Samples(False, False)
            evaluation = new_evaluation(of, test_file, samples, {"pairs": 1422}, metrics)
            write_evaluation(of, evaluation)

        monkeypatch.setattr(module, "evaluate_run", evaluate)
        return evaluated

    @pytest.fixture
    def new_run(self, runs, test_file):
        config = config_of("inference", seed=3)
        config["train_data_path"] = str(test_file.with_name("train.tsv"))
        return write_training(runs / "seed-3", config)

    def test_only_those_that_need_it_are_evaluated(self, new_run, runs, test_file, evaluated):
        unfinished = write_training(runs / "seed-4", new_run.config)
        unfinished.archive.unlink()
        run(runs, "--evaluate")
        assert evaluated == [(new_run.name, test_file)]

    def test_a_model_that_was_trained_anew_is_evaluated_again(self, new_run, runs, evaluated):
        run(runs, "--evaluate")
        new_run.archive.write_bytes(b"another model")
        run(runs, "--evaluate")
        assert [name for name, _ in evaluated] == [new_run.name] * 2

    def test_another_content_of_the_test_file_is_evaluated_on(self, runs, test_file, evaluated):
        for seed in (1, 2):
            path = runs / f"seed-{seed}" / "config.json"
            config = json.loads(path.read_text())
            config["test_data_path"] = str(test_file)
            path.write_text(json.dumps(config))
        (runs / "seed-2" / "predictions.jsonl").unlink()
        (runs / "seed-1" / "predictions.jsonl").unlink()
        test_file.write_text(test_file.read_text().replace("neutral", "entailment"))
        run(runs, "--evaluate")
        assert len(evaluated) == 2

    def test_a_missing_test_split_is_told_before_any_work(self, new_run, runs, evaluated):
        config = new_run.config | {"train_data_path": "/nowhere/mednli/train.tsv"}
        config["validation_data_path"] = "/nowhere/mednli/dev.tsv"
        write_training(runs / "seed-9", config)
        with pytest.raises(InputError, match=r"/nowhere/mednli/test.tsv"):
            run(runs, "--evaluate")
        assert evaluated == []

    def test_without_the_option_it_is_named_and_not_evaluated(
        self, new_run, runs, evaluated, capsys
    ):
        run(runs)
        assert evaluated == []
        printed = " ".join(capsys.readouterr().out.split())
        assert f"have changed since: {new_run.name}. With --evaluate," in printed


def test_directories_without_runs_are_errors(tmp_path):
    with pytest.raises(InputError, match="nowhere: there is no such directory"):
        run(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no run"):
        run(tmp_path)


def test_damage_is_told_with_the_file(runs):
    (runs / "seed-1" / "evaluation.json").write_text("{")
    with pytest.raises(InputError, match=r"seed-1/evaluation.json: is no evaluation"):
        run(runs)


def test_no_score_is_shown_for_a_test_file_with_another_content(runs, test_file, capsys):
    test_file.write_text(test_file.read_text().replace("neutral", "entailment"))
    run(runs)
    printed = " ".join(capsys.readouterr().out.split())
    assert f"have changed since: {runs}/seed-1, {runs}/seed-2." in printed
    assert "MedNLI accuracy 71.4 80.5 84.0" in printed


def test_two_configs_in_one_directory_are_two_rows(runs, capsys):
    path = runs / "seed-2" / "config.json"
    config = json.loads(path.read_text())
    config["trainer"]["num_epochs"] = 7
    path.write_text(json.dumps(config))
    run(runs)
    printed = capsys.readouterr().out
    assert line_of("MedNLI (seed-1)", printed)[3] == "33.3"
    assert line_of("MedNLI (seed-2)", printed)[3] == "66.7"
    assert "MedNLI (seed-2) differs from MedNLI (seed-1) in: trainer.num_epochs 7, not 20." in (
        printed
    )
