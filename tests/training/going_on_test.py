"""The command that goes on with a training."""

from pathlib import Path

import pytest

from bluelmo_plugins.training.resume_hint import asks_to_recover, how_to_go_on


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The run's folder, "my runs"; the working directory is above it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my runs"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ["-s", "my runs"],
        ["-s", "my runs", "--force"],
        ["--serialization-dir=my runs", "-f"],
        ["--serialization-dir", "my runs", "--recover"],
    ],
)
@pytest.mark.usefixtures("folder")
def test_it_is_the_same_command_with_recover(arguments: list[str]) -> None:
    told = how_to_go_on(["/venv/bin/allennlp", "train", "ddi.jsonnet", *arguments])
    assert told[0] == "Interrupted; what is saved in my runs is whole."
    assert told[-1] == "  allennlp train ddi.jsonnet -s 'my runs' --recover"


@pytest.mark.usefixtures("folder")
def test_overrides_stay() -> None:
    arguments = ["train", "ddi.jsonnet", "-o", '{"trainer.num_epochs": 3}', "-s", "my runs"]
    assert how_to_go_on(["allennlp", *arguments])[-1] == (
        "  allennlp train ddi.jsonnet -o '{\"trainer.num_epochs\": 3}' -s 'my runs' --recover"
    )


def test_an_archive_is_told_of(folder: Path) -> None:
    (folder / "model.tar.gz").write_text("")
    told = how_to_go_on(["allennlp", "train", "ddi.jsonnet", "-s", "my runs"])
    assert "Its model.tar.gz is that of the best epoch so far." in told


def test_before_anything_is_saved_it_is_the_command_itself(folder: Path) -> None:
    (folder / "config.json").unlink()
    told = how_to_go_on(["allennlp", "train", "ddi.jsonnet", "-s", "my runs", "-r"])
    assert told == [
        "Interrupted; nothing is saved in my runs yet. To start afresh:",
        "  allennlp train ddi.jsonnet -s 'my runs'",
    ]


@pytest.mark.parametrize(
    "arguments",
    [[], ["allennlp"], ["allennlp", "evaluate", "-s", "my runs"], ["allennlp", "train", "-s"]],
)
@pytest.mark.usefixtures("folder")
def test_of_another_command_nothing_is_told(arguments: list[str]) -> None:
    assert how_to_go_on(arguments) == []
    assert not asks_to_recover(arguments)


def test_recovery_is_recognised() -> None:
    assert asks_to_recover(["allennlp", "train", "x", "-r", "-s", "y"])
    assert asks_to_recover(["allennlp", "train", "x", "--recover", "-s", "y"])
    assert not asks_to_recover(["allennlp", "train", "x", "-s", "y"])
