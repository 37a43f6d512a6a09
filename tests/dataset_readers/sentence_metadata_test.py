"""What goes along with a sentence is passed on by AllenNLP, and written by it."""

import json
import pickle
from typing import Any

import torch
from allennlp.common.util import sanitize
from allennlp.nn.util import move_to_device

from bluelmo_plugins.dataset_readers.ner import SentenceMetadata


class Untouched(list[str]):
    """Words that nobody goes through."""

    def __iter__(self) -> Any:
        raise AssertionError("AllenNLP went through the words")


def test_a_batch_is_moved_without_a_look_at_its_words() -> None:
    metadata = SentenceMetadata(words=Untouched(["Aspirin", "helps"]))
    batch = move_to_device({"metadata": [metadata]}, torch.device("cpu"))
    assert batch["metadata"][0] is metadata


def test_it_is_written_as_it_is() -> None:
    content = {"document": None, "words": ["Aspirin", "helps"], "offsets": [(0, 7), (8, 13)]}
    written = json.loads(json.dumps(sanitize({"metadata": [SentenceMetadata(content)]})))
    assert written == {"metadata": [{**content, "offsets": [[0, 7], [8, 13]]}]}


def test_it_comes_from_other_processes_as_it_was() -> None:
    metadata = SentenceMetadata(words=["Aspirin"], line=3)
    assert pickle.loads(pickle.dumps(metadata)) == metadata
