"""Archives of AllenNLP's own models are opened as they are."""

from pathlib import Path

from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models import load_archive

from bluelmo_plugins.cli.safe_loading import check_config


def test_initializers_may_match_names_of_parameters() -> None:
    change = {"regexes": [["token.weight", {"type": "normal"}]]}
    config = {"model": {"initializer": change}, "dataset_reader": {}}
    check_config(config, Path("config.json"))


def test_archives_of_allennlps_own_models_are_opened(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("a###X b###Y\nb###Y\n")
    config = {
        "dataset_reader": {"type": "sequence_tagging", "word_tag_delimiter": "###"},
        "train_data_path": str(tmp_path / "train.tsv"),
        "model": {
            "type": "simple_tagger",
            "text_field_embedder": {
                "token_embedders": {"tokens": {"type": "embedding", "embedding_dim": 3}}
            },
            "encoder": {"type": "lstm", "input_size": 3, "hidden_size": 2},
        },
        "data_loader": {"batch_size": 2},
        "trainer": {"num_epochs": 1, "optimizer": "adam"},
    }
    train_model(Params(config), tmp_path / "run")
    archive = load_archive(tmp_path / "run" / "model.tar.gz")
    assert type(archive.model).__name__ == "SimpleTagger"
    for reader in ("text_classification_json", "conll2003", "sequence_tagging"):
        check_config({"dataset_reader": {"type": reader}, "model": {}}, Path("config.json"))
