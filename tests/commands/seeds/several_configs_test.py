"""`allennlp blue seeds` with more than one config."""

import json

import pytest

from bluelmo_plugins.errors import InputError
from tests.commands.seeds.trainings import TRAINER, run


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
