"""What must hold of all ten sample corpora."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.sample.corpora import CORPORA, write_corpora
from bluelmo_plugins.sample.splits import in_proportion

SPLITS = ("train", "dev", "test")
# As small as the real ones: not every awkward case has room in them.
TINY = {("BIOSSES", "dev"), ("BIOSSES", "test"), ("i2b2-2010", "dev")}
by_folder = pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.folder)


def _contents(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*.tsv")
    }


def test_files_are_named_as_in_blue(sample_corpora):
    assert {path.relative_to(sample_corpora).as_posix() for path in sample_corpora.rglob("*")} == {
        *(
            f"{folder}{file}"
            for folder in (
                *("clinicalSTS", "BIOSSES", "BC5CDR-chem", "BC5CDR-disease", "ddi2013-type"),
                *("ChemProt", "i2b2-2010", "hoc", "mednli"),
            )
            for file in ("", "/train.tsv", "/dev.tsv", "/test.tsv")
        ),
        "ShAReCLEFEHealthCorpus",
        "ShAReCLEFEHealthCorpus/Training.tsv",
        "ShAReCLEFEHealthCorpus/Development.tsv",
        "ShAReCLEFEHealthCorpus/Test.tsv",
    }


def test_same_seed_gives_same_bytes_and_another_seed_others(sample_corpora, tmp_path):
    for name in ("same", "other"):
        (tmp_path / name).mkdir()
    write_corpora(tmp_path / "same", seed=0)
    write_corpora(tmp_path / "other", seed=1)
    files = _contents(sample_corpora)
    assert _contents(tmp_path / "same") == files
    other = _contents(tmp_path / "other")
    assert all(other[name] != content for name, content in files.items())


@by_folder
def test_training_file_is_large_enough_to_learn_from(corpus, sample_rows):
    # Sentences for entities, rows for the others; BIOSSES is as small as the real one.
    least = {"BIOSSES": (64, 16, 20), "i2b2-2010": (300, 40, 100)}.get(
        corpus.folder, (300, 100, 100)
    )
    tokens = "BC5CDR" in corpus.folder or "CLEFE" in corpus.folder
    for split, count in zip(SPLITS, least, strict=True):
        rows = sample_rows(corpus.folder, split)
        found = sum(not row for row in rows) if tokens else len(rows) - 1
        assert count <= found <= 1000


@by_folder
def test_words_that_trip_readers_are_in_every_split(corpus, sample_rows):
    for split in SPLITS:
        if (corpus.folder, split) in TINY:
            continue
        text = "\n".join(cell for row in sample_rows(corpus.folder, split) for cell in row)
        assert [word for word in ('"', "NA", "null", "None", "naïve") if word not in text] == []


@by_folder
def test_fields_with_quotes_are_csv_quoted(corpus, sample_corpora):
    text = (sample_corpora / corpus.folder / corpus.files["train"]).read_text(encoding="utf-8")
    quoted = [line for line in text.splitlines() if '"' in line]
    assert quoted
    assert all('""' in line for line in quoted)


@by_folder
def test_no_index_is_in_two_splits(corpus, sample_rows):
    column = {"hoc": 2, "BC5CDR-chem": 1, "BC5CDR-disease": 1, "ShAReCLEFEHealthCorpus": 1}
    place = column.get(corpus.folder, 0)
    train, dev, test = (
        {row[place] for row in sample_rows(corpus.folder, split) if len(row) > 1}
        - {"-", "index", "id"}
        for split in SPLITS
    )
    assert not train & dev
    assert not train & test
    assert not dev & test


@settings(deadline=None, max_examples=30)
@given(
    weights=st.dictionaries(st.text(max_size=3), st.integers(1, 50), min_size=1, max_size=9),
    count=st.integers(1, 400),
    seed=st.integers(0, 9),
)
def test_labels_are_dealt_in_proportion(weights, count, seed):
    labels = in_proportion(weights, count, Random(seed))
    total = sum(weights.values())
    for label, weight in weights.items():
        assert labels.count(label) >= 1
        assert abs(labels.count(label) - count * weight / total) <= 1
