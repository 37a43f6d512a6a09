"""An archive's config and weights run nothing, import nothing and open nothing of their own."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allennlp.common import Params
from allennlp.data import DatasetReader, Tokenizer
from allennlp.models import load_archive
from allennlp.predictors import Predictor

from bluelmo_plugins.cli.safe_loading import TRUST
from tests.cli.safe_loading.conftest import Spoiler, evaluate, refusal

Change = Callable[[dict[str, Any]], Any]


def test_a_benign_archive_is_evaluated_and_predicts_as_archive_and_as_folder(
    spoiler: Spoiler, corpus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "1")
    for archive in (spoiler.with_members(), spoiler.as_folder()):
        assert "blue" in evaluate(archive, corpus)
        predictor = Predictor.from_path(str(archive))
        assert "label" in predictor.predict_json({"sentence": "Avoid @DRUG$ with @DRUG$."})


EVERYWHERE: dict[str, Callable[[Any], Change]] = {
    "tokenizer": lambda value: lambda config: config["dataset_reader"].update(tokenizer=value),
    "reader": lambda value: lambda config: config.update(dataset_reader=value),
    "validation reader": lambda value: (
        lambda config: config.update(validation_dataset_reader=value)
    ),
    "vocabulary": lambda value: lambda config: config.update(vocabulary=value),
    "model": lambda value: lambda config: config.update(model=value),
    "encoder": lambda value: lambda config: config["model"].update(seq2vec_encoder=value),
    "metric": lambda value: lambda config: config["model"].update(metric=value),
    "evaluator": lambda value: lambda config: config.update(evaluation=value),
    "serializer": lambda value: lambda config: config["evaluation"].update(batch_serializer=value),
    "sampler": lambda value: (
        lambda config: config["validation_data_loader"].update(batch_sampler=value)
    ),
    "loader": lambda value: lambda config: config.update(validation_data_loader=value),
}


@pytest.mark.parametrize("place", EVERYWHERE)
def test_no_module_is_imported_and_no_function_called_by_name(
    place: str, spoiler: Spoiler, corpus: str, evil: Path
) -> None:
    for value in ({"type": "evil_module.Evil"}, {"type": "os.system", "command": f"echo>{evil}"}):
        text = refusal(spoiler.with_config(EVERYWHERE[place](value)), corpus)
        assert "nothing is imported because an archive says so" in text
        assert f"--include-package {value['type'].partition('.')[0]}" in text
    assert not evil.exists()
    assert "evil_module" not in sys.modules


@pytest.mark.parametrize("place", ["tokenizer", "encoder", "serializer", "sampler"])
@pytest.mark.parametrize("name", ["evil_module.Evil", "evil_module.", "evil_module.no name"])
def test_a_bare_name_is_no_way_around(
    name: str, place: str, spoiler: Spoiler, corpus: str, evil: Path
) -> None:
    text = refusal(spoiler.with_config(EVERYWHERE[place](name)), corpus)
    assert "nothing is imported" in text
    assert not evil.exists()


def test_a_class_that_the_user_has_imported_may_be_named(
    spoiler: Spoiler, corpus: str, evil: Path
) -> None:
    archive = spoiler.with_config(EVERYWHERE["tokenizer"]("evil_module.Evil"))
    __import__("evil_module")
    assert load_archive(archive).dataset_reader._tokenizer.__class__.__name__ == "Evil"


def test_a_config_of_the_users_own_may_still_name_classes_by_their_path(evil: Path) -> None:
    assert type(Tokenizer.from_params(Params({"type": "evil_module.Evil"}))).__name__ == "Evil"
    assert DatasetReader.by_name("evil_module.Evil")


def elmo(**changes: Any) -> Change:
    return lambda config: config["model"]["text_field_embedder"]["token_embedders"]["elmo"].update(
        changes
    )


REFUSED: dict[str, tuple[Change, str]] = {
    "spaCy's models by name": (
        EVERYWHERE["tokenizer"]({"type": "spacy", "language": "evil_module"}),
        "tokenizer.language asks for the spaCy model 'evil_module'",
    ),
    "code from a model hub": (
        EVERYWHERE["tokenizer"](
            {
                "type": "pretrained_transformer",
                "model_name": "evil/model",
                "tokenizer_kwargs": {"trust_remote_code": True},
            }
        ),
        "trust_remote_code runs code",
    ),
    "a program": (
        EVERYWHERE["metric"]({"type": "evalb", "evalb_directory_path": "evil"}),
        "evalb_directory_path runs code",
    ),
    "another archive": (
        EVERYWHERE["model"]({"type": "from_archive", "archive_file": "/evil.tar.gz"}),
        "model.archive_file names the file '/evil.tar.gz', which is outside",
    ),
    "a file in a parent folder": (
        EVERYWHERE["vocabulary"]({"type": "from_files", "directory": "../evil"}),
        "vocabulary.directory names the file",
    ),
    "a file in the user's folder": (
        EVERYWHERE["vocabulary"]({"type": "from_files", "directory": "~/evil"}),
        "vocabulary.directory names the file",
    ),
    "a part of an archive": (
        EVERYWHERE["vocabulary"]({"type": "from_files", "directory": "/evil.tar.gz!vocabulary"}),
        "vocabulary.directory names the file",
    ),
    "weights for initial values": (
        lambda config: config["model"].update(
            initializer={
                "regexes": [[".*", {"type": "pretrained", "weights_file_path": "/evil.th"}]]
            }
        ),
        "weights_file_path names the file '/evil.th'",
    ),
    "weights from the network": (
        elmo(weight_file="https://example.org/weights.hdf5"),
        "token_embedders.elmo.weight_file asks for a file from the network",
    ),
    "options from a bucket": (elmo(options_file="s3://evil/options.json"), "options_file asks for"),
    "a part of another archive": (
        EVERYWHERE["encoder"]({"_pretrained": {"archive_file": "/evil.tar.gz"}}),
        "seq2vec_encoder._pretrained.archive_file names the file",
    ),
    "another vocabulary": (
        lambda config: config["model"].update(vocab={"type": "from_files", "directory": "/etc"}),
        "model.vocab.directory names the file '/etc'",
    ),
    "any package as a spaCy model": (
        EVERYWHERE["tokenizer"]({"type": "blue_markers", "model": "evil_module"}),
        "asks for the spaCy model 'evil_module', which is not installed",
    ),
    "no model": (lambda config: config.pop("model"), "not an archive's config ('model')"),
}


@pytest.mark.parametrize("attack", REFUSED)
def test_a_config_that_asks_for_files_is_refused_with_the_place(
    attack: str, spoiler: Spoiler, corpus: str, evil: Path
) -> None:
    change, told = REFUSED[attack]
    archive = spoiler.with_config(change)
    text = refusal(archive, corpus)
    assert told in text
    assert text.startswith(f"{archive}/config.json: ")
    assert not evil.exists()


def test_the_user_can_override_or_vouch(
    spoiler: Spoiler, corpus: str, tiny_elmo: Path, evil: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = spoiler.with_config(elmo(weight_file="https://example.org/weights.hdf5"))
    weights = "model.text_field_embedder.token_embedders.elmo.weight_file"
    assert evaluate(archive, corpus, json.dumps({weights: str(tiny_elmo / "weights.hdf5")}))
    archive = spoiler.with_config(EVERYWHERE["tokenizer"]("evil_module.Evil"))
    monkeypatch.setenv(TRUST, "1")
    assert load_archive(archive)
    assert evil.exists()


@pytest.mark.parametrize(
    "text",
    [
        '{"dataset_reader": {}, "model": {}, "stolen": importstr "/etc/passwd"}',
        '(import "/etc/passwd") + {}',
        "{dataset_reader: {}, model: {}}",
        '{"dataset_reader": {}, "model": {}, "x": std.extVar("HOME")}',
        "[" * 100_000,
        "\udcff",
        "",
    ],
    ids=["importstr", "import", "bare keys", "variables", "nested", "no UTF-8", "empty"],
)
@pytest.mark.parametrize("is_folder", [False, True])
def test_a_config_that_is_no_plain_json_is_not_evaluated(
    text: str, is_folder: bool, spoiler: Spoiler, corpus: str
) -> None:
    config = text.encode(errors="surrogateescape")
    if is_folder:
        archive = spoiler.as_folder()
        (archive / "config.json").write_bytes(config)
    else:
        archive = spoiler.with_members(config=config)
    told = refusal(archive, corpus)
    assert told.startswith(f"{archive}/config.json: this is not an archive's config")
    assert "root:" not in told


def test_a_huge_config_is_refused(spoiler: Spoiler, corpus: str) -> None:
    assert "more than 1000000 bytes" in refusal(
        spoiler.with_members(config=b" " * 2_000_000), corpus
    )


def test_features_go_to_no_new_folder_of_the_archives_choice(
    spoiler: Spoiler, corpus: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    evil = tmp_path / "of the archive"
    archive = spoiler.with_config(elmo(feature_store={"directory": str(evil)}))
    assert evaluate(archive, corpus)
    assert not evil.exists()
    assert f"your own folder for features: {evil} is missing" in caplog.text


def test_training_data_that_an_archive_names_are_not_read(spoiler: Spoiler, corpus: str) -> None:
    def change(config: dict[str, Any]) -> None:
        config["train_data_path"] = config["validation_data_path"] = "/evil"
        config["trainer"] = {"type": "evil_module.Evil"}

    assert evaluate(spoiler.with_config(change), corpus)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_or_device_as_elmo_is_refused_without_waiting(
    spoiler: Spoiler, corpus: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (str(tmp_path / "pipe"), "/dev/zero"):
        for key in ("options_file", "weight_file"):
            text = refusal(spoiler.with_config(elmo(**{key: path})), corpus)
            assert text.startswith(f"{path}: this is no file")
