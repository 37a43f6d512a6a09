"""Tests of the NER reader."""

import json
import logging
import pickle
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.common.util import sanitize
from allennlp.data import DatasetReader, Instance, Vocabulary
from allennlp.data.dataset_readers.dataset_reader import WorkerInfo
from allennlp.nn.util import move_to_device

from bluelmo_plugins.dataset_readers.ner import NerReader, SentenceMetadata
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.mentions import tags_to_mentions
from bluelmo_plugins.metrics.mention_f1 import MentionF1
from bluelmo_plugins.tasks import load_task

# Two documents; the second sentence is long: eleven tokens.
CORPUS = (
    "Lithium\t71\t0\tB\nheals\t-\t8\tO\n.\t-\t13\tO\n\n"
    + "".join(f"{w}\t{'72' if i == 0 else '-'}\t{3 * i}\tO\n" for i, w in enumerate("abcde,fghi"))
    + "Li\t-\t40\tB\n\n"
    "Lithium\t72\t50\tB\n-\t-\t57\tI\nion\t-\t58\tI\n"
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "train.tsv"
    path.write_text(CORPUS)
    return path


def metadata(instance: Instance) -> dict:
    return instance["metadata"].metadata


def tags(instance: Instance) -> list[str]:
    return instance["tags"].labels


def read(path: Path, **options) -> list[Instance]:
    return list(NerReader("Chemical", **options).read(path))


def test_every_sentence_is_an_instance(corpus):
    first, second, third = read(corpus)
    assert [token.text for token in first["tokens"]] == ["Lithium", "heals", "."]
    assert tags(first) == ["B", "O", "O"]
    assert metadata(first) == {
        "document": "71",
        "sentence": 0,
        "line": 1,
        "window": 0,
        "num_windows": 1,
        "first_token": 0,
        "words": ["Lithium", "heals", "."],
        "offsets": [(0, 7), (8, 13), (13, 14)],
    }
    assert len(second["tokens"]) == 11
    assert (metadata(third)["document"], metadata(third)["line"]) == ("72", 17)


def test_windows_have_all_tokens_of_a_long_sentence(corpus):
    _, whole, _ = read(corpus)
    windows = read(corpus, max_tokens=6)[1:-1]
    assert [metadata(w)["window"] for w in windows] == list(range(len(windows)))
    assert {metadata(w)["num_windows"] for w in windows} == {len(windows)} == {2}
    assert {metadata(w)["sentence"] for w in windows} == {1}
    assert [t for w in windows for t in tags(w)] == tags(whole)
    for key in ("words", "offsets"):
        assert [x for w in windows for x in metadata(w)[key]] == metadata(whole)[key]
    assert [metadata(w)["first_token"] for w in windows] == [0, len(windows[0]["tokens"])]
    assert all(len(w["tokens"]) == len(metadata(w)["words"]) <= 6 for w in windows)


def test_workers_share_whole_sentences(corpus):
    everything = read(corpus, max_tokens=3)
    sentences_of_worker = defaultdict(set)
    number = 0
    for worker in range(2):
        reader = NerReader("Chemical", max_tokens=3)
        reader._set_worker_info(WorkerInfo(num_workers=2, id=worker))
        for instance in reader.read(corpus):
            sentences_of_worker[worker].add(metadata(instance)["sentence"])
            number += 1
    assert sentences_of_worker == {0: {0, 2}, 1: {1}}
    assert number == len(everything)


def test_is_built_from_a_config_and_indexed_for_elmo(corpus):
    indexers = {"elmo": {"type": "elmo_characters"}}
    reader = DatasetReader.from_params(
        Params(
            {
                "type": "blue_ner",
                "entity_type": "Disorder",
                "discontinuous": True,
                "token_indexers": indexers,
                "corpus": "ShAReCLEFEHealthCorpus",
                "max_tokens": 128,
            }
        )
    )
    instance = next(iter(reader.read(corpus)))
    instance.index_fields(Vocabulary.empty().from_instances([instance]))
    tensors = instance.as_tensor_dict(instance.get_padding_lengths())
    assert tensors["tokens"]["elmo"]["elmo_tokens"].shape == (3, 50)
    assert tensors["tags"].shape == (3,)


def test_the_log_counts_what_was_read_and_split(corpus, caplog):
    corpus.write_text("### a comment\n" + CORPUS)
    with caplog.at_level(logging.INFO):
        read(corpus, max_tokens=6, published_counts={"mentions": [5203, 5347, 5385]})
    (summary,) = [r.message for r in caplog.records if "train.tsv" in r.message]
    assert "read 3 sentences" in summary
    assert "skipped 1 ### lines (line 1)" in summary
    assert "tokens: 17" in summary
    assert "sentences cut into windows of at most 6 tokens: 1; such windows: 2" in summary
    assert "mentions 3 (published: 5203)" in summary


def test_discontinuous_mentions_are_counted_once(tmp_path, caplog):
    path = tmp_path / "Training.tsv"
    path.write_text("left\tB\nis\tO\nwide\tI\n")
    counts = {"mentions": [4628, 1065, 5195]}
    for discontinuous, mentions in ((True, 1), (False, 2)):
        caplog.clear()
        with caplog.at_level(logging.INFO):
            read(path, discontinuous=discontinuous, published_counts=counts)
        assert f"mentions {mentions} (published: 4628)" in caplog.text


def test_without_labels_instances_have_no_tags(corpus):
    reader = NerReader("Chemical", max_tokens=6)
    reader.labels_required = False
    assert all("tags" not in instance.fields for instance in reader.read(corpus))


def test_raw_text_is_tokenised_with_its_offsets():
    instance = NerReader("Chemical").text_to_instance("Lithium  (Li) heals.")
    assert metadata(instance)["words"] == ["Lithium", "(", "Li", ")", "heals", "."]
    assert metadata(instance)["offsets"][0:3] == [(0, 7), (9, 10), (10, 12)]


@pytest.mark.parametrize("words", [[], ["a", ""], "", "  "])
def test_an_empty_sentence_or_token_is_an_error(words):
    with pytest.raises(InputError, match="empty"):
        NerReader("Chemical").text_to_instance(words)


class Untouched(list[str]):
    def __iter__(self) -> Any:
        raise AssertionError("AllenNLP iterated over the words")


def test_moving_a_batch_does_not_iterate_over_words() -> None:
    sentence = SentenceMetadata(words=Untouched(["Aspirin", "helps"]))
    batch = move_to_device({"metadata": [sentence]}, torch.device("cpu"))
    assert batch["metadata"][0] is sentence


def test_metadata_is_written_as_json() -> None:
    content = {"document": None, "words": ["Aspirin", "helps"], "offsets": [(0, 7), (8, 13)]}
    written = json.loads(json.dumps(sanitize({"metadata": [SentenceMetadata(content)]})))
    assert written == {"metadata": [{**content, "offsets": [[0, 7], [8, 13]]}]}


def test_metadata_can_be_pickled() -> None:
    sentence = SentenceMetadata(words=["Aspirin"], line=3)
    assert pickle.loads(pickle.dumps(sentence)) == sentence


COUNTS = {
    "train.tsv": (4560, 118170, 5203, 4182),
    "dev.tsv": (4579, 117453, 5347, 4244),
    "test.tsv": (4797, 124750, 5385, 4424),
}


@pytest.mark.parametrize("split", COUNTS)
@pytest.mark.parametrize(
    ("task", "corpus_name"), [("bc5cdr-chem", "BC5CDR-chem"), ("bc5cdr-dz", "BC5CDR-disease")]
)
def test_bc5cdr_has_the_counts_that_blue_published(shared_dir, caplog, task, corpus_name, split):
    path = shared_dir / "blue" / corpus_name / split
    with caplog.at_level(logging.INFO):
        counts = load_task(task).about.counts
        windows = read(path, published_counts=counts, max_tokens=64)
    sentences, tokens, chemicals, diseases = COUNTS[split]
    mentions = chemicals if corpus_name == "BC5CDR-chem" else diseases
    assert f"read {sentences} sentences" in caplog.text
    assert f"mentions {mentions} (as published)" in caplog.text
    assert sum(len(window["tokens"]) for window in windows) == tokens
    metric = MentionF1("any")
    for window in reversed(windows):
        metric([tags(window)], [tags(window)], [metadata(window)])
    assert metric.get_metric(reset=True)["true_positives"] == mentions
    cut = mentions - sum(len(tags_to_mentions(tags(window))) for window in windows)
    assert abs(cut) <= 2, "windows of 64 tokens cut next to no mention"
