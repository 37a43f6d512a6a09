"""Tests of the base classes of the readers."""

import logging

import pytest
from allennlp.common import Params
from allennlp.data import Batch, DatasetReader, Token, Vocabulary
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.data.dataset_readers.dataset_reader import WorkerInfo
from allennlp.data.token_indexers import SingleIdTokenIndexer
from allennlp.data.tokenizers import WhitespaceTokenizer
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.dataset_readers.blue_reader import truncate_keeping_markers
from bluelmo_plugins.dataset_readers.elmo_indexer import BlueElmoCharactersIndexer
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.errors import InputError

LABELS = ["false", "binds"]
TABLE = "index\tsentence\tlabel\n" + "".join(f"p{n}\tthe {n} @GENE$\tbinds\n" for n in range(7))


def reader(**arguments) -> RelationReader:
    return RelationReader(labels=LABELS, **arguments)


def vocabulary() -> Vocabulary:
    vocab = Vocabulary()
    vocab.add_tokens_to_namespace(LABELS, "labels")
    return vocab


def indexes(instances) -> list[str]:
    return [instance["metadata"]["index"] for instance in instances]


def test_a_file_is_found_under_another_name_of_its_split(write, tmp_path):
    write(TABLE, "mine/devel.txt")
    assert len(list(reader().read(tmp_path / "mine" / "dev.tsv"))) == 7


def test_max_instances(write, caplog):
    with caplog.at_level(logging.INFO):
        assert indexes(reader(max_instances=2).read(write(TABLE))) == ["p0", "p1"]
    assert "read 2 rows (a part of the file)" in caplog.text


def test_each_worker_reads_its_share_of_the_rows(write):
    path = write(TABLE)
    shares = []
    for worker in range(3):
        share = reader()
        share._set_worker_info(WorkerInfo(3, worker))
        shares.append(indexes(share.read(path)))
    assert shares == [["p0", "p3", "p6"], ["p1", "p4"], ["p2", "p5"]]


def test_a_loader_with_workers_reads_every_row_once(write):
    loader = MultiProcessDataLoader(reader(), write(TABLE), batch_size=2, num_workers=2)
    loader.index_with(vocabulary())
    read = [each["index"] for batch in loader for each in batch["metadata"]]
    assert sorted(read) == [f"p{n}" for n in range(7)]


def test_the_log_has_one_line_per_file(write, caplog):
    with caplog.at_level(logging.INFO, logger="bluelmo_plugins"):
        list(reader().read(write(TABLE + "\n")))
    (record,) = caplog.records
    assert "train.tsv: read 7 rows; index, sentence, label, by the header" in record.message
    assert "binds 7; skipped 1 empty (line 9)" in record.message


def test_a_reader_may_read_several_files_at_once(write):
    one = reader()
    pairs = zip(one.read(write(TABLE)), one.read(write(TABLE, "dev.tsv")), strict=True)
    assert all(indexes(pair)[0] == indexes(pair)[1] for pair in pairs)


def test_indexer_and_tokenizer_have_defaults_and_can_be_chosen(write):
    path = write("1\t@GENE$-like\tbinds\n")
    (instance,) = reader().read(path)
    assert instance["tokens"].human_readable_repr() == ["@GENE$", "-", "like"]
    assert isinstance(instance["tokens"].token_indexers["elmo"], BlueElmoCharactersIndexer)
    words = {"words": SingleIdTokenIndexer()}
    (instance,) = reader(token_indexers=words, tokenizer=WhitespaceTokenizer()).read(path)
    assert instance["tokens"].human_readable_repr() == ["@GENE$-like"]
    assert instance["tokens"].token_indexers is words


def test_a_config_reaches_every_argument():
    params = {
        "type": "blue_relation",
        "labels": LABELS,
        "label_aliases": {"bind": "binds"},
        "token_indexers": {"elmo": {"type": "elmo_characters"}},
        "tokenizer": {"type": "blue_markers"},
        "corpus": "ddi2013-type",
        "max_tokens": 9,
        "max_instances": 3,
    }
    built = DatasetReader.from_params(Params(params))
    assert (built.corpus, built.max_tokens, built.max_instances) == ("ddi2013-type", 9, 3)
    assert type(built._token_indexers["elmo"]).__name__ == "ELMoTokenCharactersIndexer"


@pytest.mark.parametrize("max_tokens", [0, -1])
def test_max_tokens_must_be_positive(max_tokens):
    with pytest.raises(InputError, match="max_tokens"):
        reader(max_tokens=max_tokens)


def test_tokenised_words_are_kept_with_single_space_offsets():
    instance = reader().text_to_instance(["a b", "@GENE$-like", "."])
    tokens: list[Token] = instance["tokens"].tokens
    assert [(str(token), token.idx, token.idx_end) for token in tokens] == [
        ("a b", 0, 3),
        ("@GENE$-like", 4, 15),
        (".", 16, 17),
    ]
    assert instance["metadata"]["sentence"] == "a b @GENE$-like ."


@pytest.mark.parametrize("sentence", ["", "  ", [], ["a", ""]])
def test_an_empty_sentence_or_token_is_an_error(sentence):
    with pytest.raises(InputError, match="empty"):
        reader().text_to_instance(sentence)


def test_instances_become_a_batch(write):
    batch = Batch(list(reader().read(write(TABLE)))[:3])
    batch.index_instances(vocabulary())
    tensors = batch.as_tensor_dict()
    assert tensors["tokens"]["elmo"]["elmo_tokens"].shape == (3, 3, 50)
    assert tensors["label"].tolist() == [1, 1, 1]


def sentence(length: int, *markers: int) -> list[Token]:
    return [Token("@DRUG$" if n in markers else "w", idx=n) for n in range(length)]


def kept(length: int, limit: int, *markers: int) -> list[int]:
    return [token.idx for token in truncate_keeping_markers(sentence(length, *markers), limit)]


@pytest.mark.parametrize(
    ("length", "limit", "markers", "expected"),
    [
        (3, 3, [2], [0, 1, 2]),
        (10, 4, [], [0, 1, 2, 3]),
        (10, 4, [0, 3], [0, 1, 2, 3]),
        (20, 6, [9, 12], [8, 9, 10, 11, 12, 13]),
        (20, 6, [18, 19], [14, 15, 16, 17, 18, 19]),
        (20, 6, [1, 6], [1, 2, 3, 4, 5, 6]),
        (30, 6, [5, 25], [4, 5, 6, 24, 25, 26]),
    ],
    ids=["short", "no markers", "markers first", "around", "end", "just beyond", "far apart"],
)
def test_truncation_keeps_the_beginning_or_the_text_near_markers(length, limit, markers, expected):
    assert kept(length, limit, *markers) == expected


def test_more_markers_than_max_tokens_are_an_error():
    with pytest.raises(InputError, match=r"max_tokens is 2.*3 entity markers"):
        kept(9, 2, 3, 5, 7)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_truncation_keeps_all_markers_in_order(data):
    length = data.draw(st.integers(1, 60))
    markers = data.draw(st.sets(st.integers(0, length - 1), max_size=6))
    limit = data.draw(st.integers(max(1, len(markers)), 70))
    positions = kept(length, limit, *markers)
    assert len(positions) == min(limit, length)
    assert positions == sorted(set(positions))
    assert markers <= set(positions)
