"""`allennlp blue seeds`: what it trains, goes on with, prints and refuses."""

import argparse
import json
import sys
from pathlib import Path

import pytest

import bluelmo_plugins.commands.seeds as module
from bluelmo_plugins.commands.seeds import Seeds
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.evaluation import Evaluation, sha256, write_evaluation
from bluelmo_plugins.report.runs.run import read_run
from bluelmo_plugins.report.runs.samples import Samples
from bluelmo_plugins.report.runs.seed_run import SeedRun
from tests.configs.jsonnet_files import CONFIGS
from tests.configs.train_test import TINY
from tests.report.fake_runs import config_of

REPOSITORY = Path(__file__).parents[2]

# Stands in for `allennlp train`: writes what that would, with the dev score 0.1 * seed.
TRAINER = """
import json, pathlib, sys
config, directory = json.loads(sys.argv[1]), pathlib.Path(sys.argv[2])
directory.mkdir(parents=True, exist_ok=True)
(directory / "config.json").write_text(json.dumps(config))
score = config["random_seed"] / 10
(directory / "metrics.json").write_text(json.dumps({"best_validation_blue": score}))
(directory / "model.tar.gz").write_text(f"{config['random_seed']} {sys.argv[3:]}")
"""
FAILING = TRAINER.replace("import json, pathlib", "sys = __import__('sys'); sys.exit(3)\n#")
# As if the user pressed Ctrl-C in the middle of the second seed.
INTERRUPTING = f"""
import json, os, signal, sys, time
if json.loads(sys.argv[1])["random_seed"] == 2:
    os.kill(os.getppid(), signal.SIGINT)
    time.sleep(60)
{TRAINER}
"""


def run(*arguments: object) -> None:
    parser = argparse.ArgumentParser()
    seeds = Seeds()
    seeds.add_arguments(parser)
    seeds.run(parser.parse_args([str(argument) for argument in arguments]))


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    folder = tmp_path / "blue" / "ddi2013-type"
    folder.mkdir(parents=True)
    for split in ("train", "dev", "test"):
        (folder / f"{split}.tsv").write_text("index\tsentence\tlabel\na\tb\tDDI-false\n")
    config = config_of("relation")
    config |= {
        "train_data_path": f"{folder}/train.tsv",
        "validation_data_path": f"{folder}/dev.tsv",
    }
    path = tmp_path / "ddi.jsonnet"
    path.write_text(json.dumps(config))
    return path


@pytest.fixture
def train_with(monkeypatch):
    """Puts a script in the place of the training; what is evaluated is 0.2 * seed."""
    evaluated = []

    def evaluate(of, test_file):
        evaluated.append((of.seed, test_file.name))
        evaluation = Evaluation(
            str(test_file), sha256(of.archive), Samples(False, True), {}, {"blue": of.seed / 5}
        )
        write_evaluation(of, evaluation)
        return evaluation

    monkeypatch.setattr(module, "evaluate_run", evaluate)
    command = SeedRun.command

    def use(script):
        def commanded(of, packages):
            options = command(of, packages)
            flags = [each for each in options if each in ("--recover", "--force")]
            return [sys.executable, "-c", script, json.dumps(of.config), str(of.directory), *flags]

        monkeypatch.setattr(SeedRun, "command", commanded)
        return evaluated

    return use


@pytest.fixture
def evaluated(train_with):
    """The seeds that were evaluated so far, and on what."""
    return train_with(TRAINER)


def trained(directory: Path) -> dict[str, str]:
    """What each training was told."""
    return {path.parent.name: path.read_text() for path in directory.glob("*/model.tar.gz")}


def test_trains_and_evaluates_every_seed_and_prints_mean_and_deviation(
    config_file, tmp_path, evaluated, capsys
):
    run(config_file, "-s", tmp_path / "out", "--seeds", 2)
    assert trained(tmp_path / "out") == {"seed-1": "1 ['--force']", "seed-2": "2 ['--force']"}
    assert evaluated == [(1, "test.tsv"), (2, "test.tsv")]
    printed = capsys.readouterr().out.splitlines()
    assert printed[-8:] == [
        "ddi2013-type [sample ELMo]: macro F1 of all labels but DDI-false, percent",
        "seed       dev    test",
        "1         10.0    20.0",
        "2         20.0    40.0",
        "mean      15.0    30.0",
        # The square root of 2, times a half of the difference.
        "sd         7.1    14.1",
        "",
        f"allennlp blue report {tmp_path / 'out'}  # beside published scores",
    ]


def test_one_seed_has_no_deviation(config_file, tmp_path, evaluated, capsys):
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    assert "\nsd\n" in capsys.readouterr().out


def test_what_is_done_is_not_done_again(config_file, tmp_path, evaluated, capsys):
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    run(config_file, "-s", tmp_path / "out", "--seeds", "2,1")
    assert evaluated == [(1, "test.tsv"), (2, "test.tsv")]
    assert "seed 1: was trained and evaluated before" in capsys.readouterr().out


def test_what_was_trained_only_is_evaluated(config_file, tmp_path, evaluated):
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    (tmp_path / "out" / "seed-1" / "evaluation.json").unlink()
    before = trained(tmp_path / "out")
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    assert trained(tmp_path / "out") == before
    assert len(evaluated) == 2


def test_another_test_file_is_evaluated_on(config_file, tmp_path, evaluated):
    dev = tmp_path / "blue" / "ddi2013-type" / "dev.tsv"
    for _ in range(2):
        run(config_file, "-s", tmp_path / "out", "--seeds", "1", "--test-file", dev)
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    assert evaluated == [(1, "dev.tsv"), (1, "test.tsv")]


def test_an_interrupted_training_goes_on(config_file, tmp_path, evaluated, capsys):
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    # AllenNLP archives the best epoch so far, which is no finished model.
    (tmp_path / "out" / "seed-1" / "metrics.json").unlink()
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    assert trained(tmp_path / "out") == {"seed-1": "1 ['--recover']"}
    assert len(evaluated) == 2
    assert "seed 1: was interrupted, and goes on from there" in capsys.readouterr().out


def test_the_archive_of_an_interrupted_training_is_gone_before_the_next(
    config_file, tmp_path, train_with
):
    train_with(TRAINER)
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    (tmp_path / "out" / "seed-1" / "metrics.json").unlink()
    train_with(FAILING)
    with pytest.raises(InputError):
        run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    assert trained(tmp_path / "out") == {}


def test_ctrl_c_ends_the_training_and_says_how_to_go_on(config_file, tmp_path, train_with, capsys):
    evaluated = train_with(INTERRUPTING)
    with pytest.raises(SystemExit) as ended:
        run(config_file, "-s", tmp_path / "out", "--seeds", "3")
    assert ended.value.code == 130
    assert capsys.readouterr().out.endswith("Interrupted. The same command goes on from here.\n")
    assert evaluated == [(1, "test.tsv")]
    train_with(TRAINER)
    run(config_file, "-s", tmp_path / "out", "--seeds", "3")
    assert [seed for seed, _ in evaluated] == [1, 2, 3]


def test_a_training_that_fails_is_told_with_its_directory(config_file, tmp_path, train_with):
    evaluated = train_with(FAILING)
    with pytest.raises(InputError, match=r"out/seed-1: the training of seed 1 .* exit status 3"):
        run(config_file, "-s", tmp_path / "out")
    assert evaluated == []


def test_a_directory_of_something_else_is_told_before_any_work(config_file, tmp_path, evaluated):
    (tmp_path / "out" / "seed-3").mkdir(parents=True)
    (tmp_path / "out" / "seed-3" / "thesis.tex").touch()
    with pytest.raises(InputError, match="seed-3: holds files, and no run"):
        run(config_file, "-s", tmp_path / "out")
    assert evaluated == []


def test_a_run_is_no_directory_of_seeds(config_file, tmp_path, evaluated):
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    with pytest.raises(InputError, match="seed-1: is a run itself"):
        run(config_file, "-s", tmp_path / "out" / "seed-1")


def test_seeds_of_another_config_are_not_mixed_in(config_file, tmp_path, evaluated):
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    with pytest.raises(InputError, match=r"another config: trainer.num_epochs 20, not 3\."):
        run(config_file, "-s", tmp_path / "out", "-o", '{"trainer.num_epochs": 3}')


def test_a_missing_test_split_is_told_before_any_work(config_file, tmp_path, evaluated):
    with pytest.raises(InputError, match=r"nowhere\.tsv"):
        run(config_file, "-s", tmp_path / "out", "--test-file", tmp_path / "nowhere.tsv")
    (tmp_path / "blue" / "ddi2013-type" / "test.tsv").unlink()
    with pytest.raises(InputError, match=r"test\.tsv"):
        run(config_file, "-s", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("0", "--seeds is 0. Expected one seed at least"),
        ("-1", "--seeds is '-1'. Expected a number"),
        ("1,x", "--seeds is '1,x'. Expected a number, or numbers with commas"),
        ("", "--seeds is ''. Expected a number"),
    ],
)
def test_what_are_no_seeds_is_told(told, message, config_file, tmp_path):
    with pytest.raises(InputError, match=message):
        run(config_file, "-s", tmp_path / "out", f"--seeds={told}")


def test_several_configs_are_trained_one_after_another_each_in_a_directory_of_its_own(
    config_file, tmp_path, evaluated, capsys
):
    other = config_file.with_name("other.jsonnet")
    other.write_text(config_file.read_text())
    run(config_file, other, "-s", tmp_path / "runs", "--seeds", "2")
    for name in ("ddi", "other"):
        assert (tmp_path / "runs" / name / "seed-2" / "model.tar.gz").is_file()
    assert [seed for seed, _ in evaluated] == [1, 2, 1, 2]
    assert f"{other} (2 of 2)" in capsys.readouterr().out


def test_a_config_that_fails_does_not_keep_the_others_from_being_trained(
    config_file, tmp_path, train_with, capsys
):
    evaluated = train_with(
        "import json, sys\nassert 'bad' not in json.loads(sys.argv[1])['trainer']" + TRAINER
    )
    bad = config_file.with_name("bad.jsonnet")
    bad.write_text(json.dumps({**json.loads(config_file.read_text()), "trainer": {"bad": 1}}))
    with pytest.raises(InputError, match="exit status 1"):
        run(bad, config_file, "-s", tmp_path / "runs", "--seeds", "1")
    assert [seed for seed, _ in evaluated] == [1]
    assert f"{bad} failed" in capsys.readouterr().out


def test_what_several_configs_cannot_have_is_told(config_file, tmp_path, evaluated):
    twin = tmp_path / "folder" / config_file.name
    twin.parent.mkdir()
    twin.write_text(config_file.read_text())
    with pytest.raises(InputError, match="2 of the configs are called 'ddi'"):
        run(config_file, twin, "-s", tmp_path / "runs")
    other = config_file.with_name("other.jsonnet")
    with pytest.raises(InputError, match="goes with one config"):
        run(config_file, other, "-s", tmp_path / "runs", "--test-file", "test.tsv")
    assert not evaluated


def test_the_training_itself_is_that_of_allennlp(
    tiny_elmo, sample_corpora, tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setenv("ELMO_DIR", str(tiny_elmo))
    monkeypatch.setenv("DATASET_DIR", str(sample_corpora))
    config = tmp_path / "config.jsonnet"
    config.write_text(f"(import '{CONFIGS}/biosses.jsonnet') + (import '{TINY}')")
    run(config, "-s", tmp_path / "out", "--seeds", "7,7")
    seed = read_run(tmp_path / "out" / "seed-7")
    assert (seed.seed, seed.config["pytorch_seed"]) == (7, 7)
    metrics = json.loads((tmp_path / "out" / "seed-7" / "evaluation.json").read_text())["metrics"]
    assert metrics["blue"] == pytest.approx(metrics["pearson"], nan_ok=True)
    assert "BIOSSES: Pearson's r, percent" in capfd.readouterr().out
