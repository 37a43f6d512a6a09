"""Label ids are positions in the declared list, also after saving and loading."""

from pathlib import Path

from allennlp.common import Params
from allennlp.data import Vocabulary

LABELS = ["negative", "a", "b"]


def test_label_ids_are_positions_in_the_declared_list(tmp_path: Path) -> None:
    built = Vocabulary.from_params(Params({"type": "declared_labels", "labels": LABELS}))
    built.save_to_files(str(tmp_path / "vocabulary"))
    loaded = type(built).from_files(str(tmp_path / "vocabulary"))
    for vocabulary in (built, loaded):
        assert vocabulary.get_vocab_size("labels") == len(LABELS)
        assert [vocabulary.get_token_index(label, "labels") for label in LABELS] == [0, 1, 2]
