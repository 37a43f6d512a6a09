"""AllenNLP's files are written whole, and another AllenNLP is left alone."""

import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from allennlp.commands import train
from allennlp.common import Params, util
from allennlp.common.util import dump_metrics
from allennlp.training import gradient_descent_trainer

from bluelmo_plugins import patches
from bluelmo_plugins.patches import PATCHES, Patch, source_sha256


@pytest.mark.parametrize("patch", PATCHES, ids=lambda each: each.place)
def test_every_patch_is_applied(patch: Patch) -> None:
    assert patch.apply()


def test_another_version_or_source_is_left_alone_and_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # So that the test's end puts it back.
    monkeypatch.setattr(util, "flatten_filename", original := util.flatten_filename)
    sha256 = source_sha256(original)
    patch = Patch("allennlp.common.util:flatten_filename", "reason", sha256, lambda _: str.upper)
    assert not replace(patch, sha256="0" * 64).apply()
    assert "flatten_filename of AllenNLP 2.10.1" in caplog.text
    assert "left as it is: reason" in caplog.text
    monkeypatch.setattr(patches, "VERSION", "2.11.0")
    assert not patch.apply()
    assert util.flatten_filename is original
    monkeypatch.setattr(patches, "VERSION", "2.10.1")
    assert patch.apply()
    assert util.flatten_filename("x") == "X"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A folder with what an archive is made of."""
    (tmp_path / "vocabulary").mkdir()
    for name in ("best.th", "config.json", "meta.json", "vocabulary/labels.txt"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_an_archive_is_written_beside_and_renamed(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert train.archive_model(str(run)) == str(run / "model.tar.gz")
    with tarfile.open(run / "model.tar.gz") as archive:
        assert "weights.th" in archive.getnames()
    whole = (run / "model.tar.gz").read_bytes()

    def fail(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tarfile.TarFile, "addfile", fail)
    with pytest.raises(KeyboardInterrupt):
        train.archive_model(str(run))
    assert (run / "model.tar.gz").read_bytes() == whole
    assert not list(run.glob("*.part"))


def test_an_archive_goes_where_it_is_asked_for(run: Path, tmp_path: Path) -> None:
    for asked in (tmp_path / "mine.tar.gz", tmp_path / "vocabulary"):
        path = train.archive_model(run, weights=str(run / "best.th"), archive_path=asked)
        assert tarfile.is_tarfile(path)


def test_configs_metrics_and_best_weights_are_whole_or_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, metrics, best = (tmp_path / name for name in ("config.json", "m.json", "best.th"))
    writers = (
        lambda value: Params({"a": value}).to_file(str(config)),
        lambda value: dump_metrics(str(metrics), {"a": value}),
        lambda value: gradient_descent_trainer.hardlink_or_copy(str(config), str(best)),
    )
    for write in writers:
        write(1)
    files = {file: file.read_text() for file in (config, metrics, best)}
    assert all(json.loads(text) == {"a": 1} for text in files.values())
    monkeypatch.setattr("os.fsync", lambda descriptor: 1 / 0)
    for write in writers:
        with pytest.raises(ZeroDivisionError):
            write(2)
    assert {file: file.read_text() for file in (config, metrics, best)} == files
    assert len(list(tmp_path.iterdir())) == 3


def test_metrics_without_a_file_are_only_logged() -> None:
    dump_metrics(None, {"a": 1}, log=True)
