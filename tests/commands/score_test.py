"""`allennlp blue score`: what it prints, writes and refuses."""

import argparse
import json
import os
from pathlib import Path

import pytest

from bluelmo_plugins.commands.score import Score
from bluelmo_plugins.errors import InputError

GOLD = "index\tlabel\nx1\tDDI-int\nx2\tDDI-false\nx3\tDDI-effect\nx4\tDDI-effect\n"
PREDICTION = "index\tlabel\nx4\tDDI-effect\nx3\tDDI-false\nx2\tDDI-int\nx1\tDDI-int\n"
WRITTEN = """\
id\tdocid\targ1\targ2\tlabel
x1\tx1\t-\t-\tDDI-int
x2\tx2\t-\t-\tDDI-int
x3\tx3\t-\t-\tDDI-false
x4\tx4\t-\t-\tDDI-effect
"""


def run(*arguments: object) -> None:
    parser = argparse.ArgumentParser()
    score = Score()
    score.add_arguments(parser)
    score.run(parser.parse_args([str(argument) for argument in arguments]))


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "gold.tsv", tmp_path / "ours.tsv"]
    for path, text in zip(paths, (GOLD, PREDICTION), strict=True):
        path.write_text(text)
    return paths


def test_prints_the_figures_in_percent_and_the_official_score_last(files, capsys):
    run("ddi", *files)
    table, last = capsys.readouterr().out.rstrip("\n").rsplit("\n", 1)
    assert last.startswith("ddi, ours.tsv against gold.tsv: macro F1 of ")
    # int: 1 of 2 predicted, 1 of 1 gold; effect: 1 of 1, 1 of 2; the other two: 0
    assert last.endswith(" 33.3 (BLUE's measure)")
    assert "f1_micro 66.7" in table
    rows = {line.split()[0]: line.split()[1:] for line in table.splitlines() if line.strip()}
    assert rows["DDI-int"] == ["50.0", "100.0", "66.7", "1"]
    assert rows["DDI-effect"] == ["100.0", "50.0", "66.7", "2"]


def test_writes_the_prediction_like_the_gold_and_the_figures_as_fractions(files, tmp_path):
    run("ddi", *files, "--write", tmp_path / "out.tsv", "--json", tmp_path / "out.json")
    assert (tmp_path / "out.tsv").read_bytes() == WRITTEN.encode()
    figures = json.loads((tmp_path / "out.json").read_text())
    assert figures["blue"] == figures["f1_macro"] == pytest.approx(1 / 3)
    assert figures["support/DDI-effect"] == 2


def test_rows_that_are_not_predicted_are_told(tmp_path, capsys):
    gold, prediction = tmp_path / "gold.tsv", tmp_path / "ours.tsv"
    gold.write_text(
        "id\tdocid\targ1\targ2\tlabel\n9.R0\t9\tT1\tT4\tCPR:3\n9.R1\t9\tT2\tT4\tCPR:3\n"
    )
    prediction.write_text("index\tlabel\n9.T2.T4\tCPR:3\n")
    run("chemprot", gold, prediction)
    printed = capsys.readouterr().out
    assert printed.startswith(
        "1 of the 2 rows of gold.tsv are not in ours.tsv and count as 'false'; 1 of them are "
    )
    assert "rows_not_predicted 1, positive_rows_not_predicted 1\n" in printed
    assert printed.endswith(" 66.7 (BLUE's measure)\n")


def test_no_r_is_none(tmp_path, capsys):
    gold, prediction = tmp_path / "gold.tsv", tmp_path / "ours.tsv"
    gold.write_text("index\tscore\n1\t0.5\n2\t3\n")
    prediction.write_text("index\tscore\n1\t2\n2\t2\n")
    run("biosses", gold, prediction)
    assert capsys.readouterr().out.endswith(" none (BLUE's measure)\n")


def test_a_config_of_ones_own(files, tmp_path, capsys):
    config = tmp_path / "herbs.jsonnet"
    labels = ["DDI-int", "DDI-effect", "DDI-false"]
    config.write_text(
        json.dumps(
            {
                "dataset_reader": {"type": "blue_relation", "labels": labels},
                "model": {"metric": {"type": "blue_relation_f1", "labels": labels}},
                "evaluation": {"type": "blue", "score": "micro F1 of everything"},
            }
        )
    )
    run(config, *files)
    assert capsys.readouterr().out.endswith(
        "herbs, ours.tsv against gold.tsv: micro F1 of everything 50.0 (not a score of BLUE)\n"
    )


def test_nothing_is_written_if_rows_do_not_match(files, tmp_path, capsys):
    files[1].write_text("index\tlabel\nx1\tDDI-int\nx9\tDDI-int\n")
    with pytest.raises(InputError, match=r"ours.tsv: 3 ids .* x2, x3, x4; 1 ids .* x9\."):
        run("ddi", *files, "--write", tmp_path / "out.tsv", "--json", tmp_path / "out.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gold.tsv", "ours.tsv"]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("option", ["--write", "--json"])
def test_no_input_is_overwritten(files, option):
    for path in files:
        with pytest.raises(InputError, match="would be overwritten"):
            run("ddi", *files, option, os.path.relpath(path))
    assert [path.read_text() for path in files] == [GOLD, PREDICTION]


def test_a_missing_file_is_told(files, tmp_path):
    with pytest.raises(InputError, match=r"none.tsv: cannot be read \(No such file"):
        run("ddi", files[0], tmp_path / "none.tsv")
