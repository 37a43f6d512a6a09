"""Every sentence of a text is read once an epoch, however it is cut into shards and shared out."""

import random
from collections import Counter
from pathlib import Path
from typing import Any, Optional

import pytest
import torch
from allennlp.data import Vocabulary

from bluelmo_plugins.dataset_readers.language_model import TextReader
from bluelmo_plugins.dataset_readers.word_vocabulary import WordVocabulary
from bluelmo_plugins.formats import text_corpus
from bluelmo_plugins.training.samplers import StableBucketBatchSampler
from bluelmo_plugins.training.text_loader import TextDataLoader
from tests.several_processes import run_in_processes

NUM_SENTENCES = 60


@pytest.fixture
def text(tmp_path: Path) -> str:
    for part in range(3):
        lines = [f"word{n} ." for n in range(part * 20, part * 20 + 20)]
        (tmp_path / f"text-{part}.txt").write_text("\n".join(lines))
    return str(tmp_path / "text-*.txt")


def loader(text: str, vocab: Optional[Vocabulary] = None, **options: Any) -> TextDataLoader:
    sampler = StableBucketBatchSampler(7, ["tokens"])
    made = TextDataLoader(
        TextReader(shuffle=True), text, batch_sampler=sampler, sentences_in_memory=25, **options
    )
    made.index_with(vocab or vocabulary(text))
    return made


def vocabulary(text: str) -> Vocabulary:
    return WordVocabulary.from_sentences(TextReader().read(text))


def first_words(batches: TextDataLoader) -> list[int]:
    return [int(word) for batch in batches for word in batch["tokens"]["words"]["tokens"][:, 0]]


def test_an_epoch_has_every_sentence_once_in_another_order(text: str) -> None:
    random.seed(1)
    batches = loader(text)
    first, second = first_words(batches), first_words(batches)
    assert sorted(first) == sorted(second)
    assert len(set(first)) == NUM_SENTENCES
    assert first != second


def test_the_batches_follow_from_the_random_state(text: str) -> None:
    batches = loader(text)
    random.seed(7)
    first = first_words(batches)
    random.seed(7)
    assert first_words(batches) == first


def test_an_epoch_may_be_a_number_of_batches(text: str) -> None:
    batches = loader(text, batches_per_epoch=4)
    assert len(batches) == len(list(batches)) == len(list(batches)) == 4


def read_in_a_process(
    rank: int, text: str, folder: Path, shard_bytes: int, vocab: Vocabulary
) -> None:
    text_corpus.SHARD_BYTES = shard_bytes
    random.seed(rank)
    torch.save(first_words(loader(text, vocab)), folder / f"{rank}.th")


@pytest.mark.parametrize("shard_bytes", [50, 2**24])
@pytest.mark.parametrize("number", [2, 4])
def test_processes_share_a_text_out(
    text: str, tmp_path: Path, shard_bytes: int, number: int
) -> None:
    arguments = text, tmp_path, shard_bytes, vocabulary(text)
    run_in_processes(read_in_a_process, *arguments, number=number)
    counts: Counter[int] = Counter()
    for rank in range(number):
        words = torch.load(tmp_path / f"{rank}.th")
        assert words
        counts.update(words)
    assert len(counts) == NUM_SENTENCES
    assert set(counts.values()) == {1}
