"""What all readers of tables share."""

import logging

import pytest
from allennlp.common import Params
from allennlp.data import Batch, DatasetReader, Token, Vocabulary
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.data.dataset_readers.dataset_reader import WorkerInfo
from allennlp.data.token_indexers import SingleIdTokenIndexer
from allennlp.data.tokenizers import WhitespaceTokenizer

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


def test_the_circulating_name_of_a_split_is_read(write, tmp_path):
    write(TABLE, "mine/devel.txt")
    assert len(list(reader().read(tmp_path / "mine" / "dev.tsv"))) == 7


def test_max_instances(write, caplog):
    with caplog.at_level(logging.INFO):
        assert indexes(reader(max_instances=2).read(write(TABLE))) == ["p0", "p1"]
    assert "read 2 rows (a part of the file)" in caplog.text


def test_workers_share_out_the_rows(write):
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


def test_the_log_has_one_line_a_file(write, caplog):
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


def test_words_are_taken_as_they_are_with_offsets_between_single_spaces():
    instance = reader().text_to_instance(["a b", "@GENE$-like", "."])
    tokens: list[Token] = instance["tokens"].tokens
    assert [(str(token), token.idx, token.idx_end) for token in tokens] == [
        ("a b", 0, 3),
        ("@GENE$-like", 4, 15),
        (".", 16, 17),
    ]
    assert instance["metadata"]["sentence"] == "a b @GENE$-like ."


@pytest.mark.parametrize("sentence", ["", "  ", [], ["a", ""]])
def test_nothing_to_tokenise_is_an_error(sentence):
    with pytest.raises(InputError, match="empty"):
        reader().text_to_instance(sentence)


def test_instances_become_a_batch(write):
    batch = Batch(list(reader().read(write(TABLE)))[:3])
    batch.index_instances(vocabulary())
    tensors = batch.as_tensor_dict()
    assert tensors["tokens"]["elmo"]["elmo_tokens"].shape == (3, 3, 50)
    assert tensors["label"].tolist() == [1, 1, 1]
