"""`allennlp blue seeds`: what it trains, goes on with, prints and refuses."""

import json
from pathlib import Path

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.run import read_run
from tests.commands.seeds.trainings import FAILING, INTERRUPTING, TRAINER, run, trained
from tests.configs.jsonnet_files import CONFIGS
from tests.configs.train_test import TINY

REPOSITORY = Path(__file__).parents[3]


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
    run(config_file, "-s", tmp_path / "out", "--seed-list", "2,1")
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


def test_another_content_of_the_test_file_is_evaluated_on(config_file, tmp_path, evaluated):
    test_file = tmp_path / "blue" / "ddi2013-type" / "test.tsv"
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    test_file.write_text("index\tsentence\tlabel\na\tb\tDDI-int\n")
    for _ in range(2):
        run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    assert evaluated == [(1, "test.tsv")] * 2


def test_a_test_file_that_has_moved_stops_nothing(config_file, tmp_path, evaluated):
    own = tmp_path / "mine" / "test.tsv"
    own.parent.mkdir()
    own.write_text("index\tsentence\tlabel\na\tb\tDDI-int\n")
    run(config_file, "-s", tmp_path / "out", "--seeds", "1", "--test-file", own)
    moved = own.rename(tmp_path / "test.tsv")
    run(config_file, "-s", tmp_path / "out", "--seeds", "1", "--test-file", moved)
    assert len(evaluated) == 1
    kept = json.loads((tmp_path / "out" / "seed-1" / "evaluation.json").read_text())
    assert kept["test_file"] == str(moved)
    moved.unlink()
    run(config_file, "-s", tmp_path / "out", "--seeds", "1")
    assert len(evaluated) == 2


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
    ("options", "message"),
    [
        (["--seeds=0"], "--seeds is '0'. Expected how many seeds"),
        (["--seeds=-1"], "--seeds is '-1'"),
        (["--seeds=7,42"], "--seeds is '7,42'.*use --seed-list"),
        (["--seeds="], "--seeds is ''"),
        (["--seed-list=1,x"], "--seed-list is '1,x'"),
        (["--seed-list=7,4294967296"], "--seed-list is '7,4294967296'.*from 0 to 4294967295"),
        (["--seed-list=42", "--seeds=1"], "--seeds and --seed-list exclude each other"),
    ],
)
def test_what_are_no_seeds_is_told(options, message, config_file, tmp_path):
    with pytest.raises(InputError, match=message):
        run(config_file, "-s", tmp_path / "out", *options)
    assert not (tmp_path / "out").exists()


def test_a_single_seed_can_be_named(config_file, tmp_path, evaluated):
    run(config_file, "-s", tmp_path / "out", "--seed-list", "42")
    assert [path.name for path in (tmp_path / "out").glob("seed-*")] == ["seed-42"]


def test_the_training_itself_is_that_of_allennlp(
    tiny_elmo, sample_corpora, tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setenv("ELMO_DIR", str(tiny_elmo))
    monkeypatch.setenv("DATASET_DIR", str(sample_corpora))
    config = tmp_path / "config.jsonnet"
    config.write_text(f"(import '{CONFIGS}/biosses.jsonnet') + (import '{TINY}')")
    run(config, "-s", tmp_path / "out", "--seed-list", "7,7")
    seed = read_run(tmp_path / "out" / "seed-7")
    assert (seed.seed, seed.config["pytorch_seed"]) == (7, 7)
    metrics = json.loads((tmp_path / "out" / "seed-7" / "evaluation.json").read_text())["metrics"]
    assert metrics["blue"] == pytest.approx(metrics["pearson"], nan_ok=True)
    assert "BIOSSES: Pearson's r, percent" in capfd.readouterr().out
