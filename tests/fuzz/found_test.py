"""Faults that the fuzz tests found."""

import time
from pathlib import Path

import h5py
import pytest

from bluelmo_plugins.dataset_readers.marker_tokenizer import MarkerTokenizer
from bluelmo_plugins.dataset_readers.multilabel import MultilabelReader
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.table import LABEL
from bluelmo_plugins.formats.text_file import json_objects
from bluelmo_plugins.modules.bilm import BiLm, ElmoFileError
from bluelmo_plugins.scoring.answers import read_answer_table


@pytest.mark.parametrize(
    "piece", ["-", '"', "a", "@DRUG$", "@DRUG$-", ".", "\N{GREEK SMALL LETTER MU}"]
)
def test_a_word_of_a_megabyte_is_tokenised_in_seconds_and_not_cached(piece: str) -> None:
    word = piece * (1_000_000 // len(piece)) + "x"
    tokenizer = MarkerTokenizer()
    start = time.process_time()
    tokens = tokenizer.tokenize(word)
    assert time.process_time() - start < 15
    assert not tokenizer._pieces
    assert "".join(token.ensure_text() for token in tokens) == word


@pytest.mark.parametrize("line", ["[" * 100_000, '{"a":' * 50_000, '{"a": ' + "9" * 5000 + "}"])
def test_json_that_python_cannot_parse_is_an_error_with_its_line(line: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 1: is not JSON"):
        list(json_objects(tmp_path / "x", [line]))
    (tmp_path / "dev.jsonl").write_text(line)
    with pytest.raises(InputError, match=r"dev\.jsonl, line 1: is not JSON"):
        list(RelationReader(labels=["a"]).read(tmp_path / "dev.jsonl"))


@pytest.mark.parametrize("text", ['""', '""\n""\n'])
def test_a_file_of_nothing_but_quotes_has_no_rows(text: str, tmp_path: Path) -> None:
    (tmp_path / "dev.tsv").write_text(text)
    for read in (
        lambda path: list(RelationReader(labels=["a"]).read(path)),
        lambda path: list(MultilabelReader(labels=["a"]).read(path)),
        lambda path: read_answer_table(path, LABEL),
    ):
        with pytest.raises(InputError, match=r"dev\.tsv"):
            read(tmp_path / "dev.tsv")


def test_an_error_shortens_a_header_of_megabytes(tmp_path: Path) -> None:
    (tmp_path / "dev.tsv").write_text("index\t" + "x" * 4_000_000 + "\tlabel\n1\ta\tb\n")
    with pytest.raises(InputError) as raised:
        list(RelationReader(labels=["a"]).read(tmp_path / "dev.tsv"))
    assert len(str(raised.value)) < 3000


def test_hdf5_names_that_are_not_text_are_listed(tiny_elmo: Path, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights.hdf5", "w") as file:
        file.create_group(b"\xff\xfe")
        file.create_group("CNN")
    with pytest.raises(ElmoFileError, match="is missing; the file holds"):
        BiLm(tiny_elmo / "options.json", tmp_path / "weights.hdf5")
