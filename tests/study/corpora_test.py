"""How documents are dealt into portions."""

from pathlib import Path

import pytest

from study.corpora import CORPORA, Sizes, deal

SIZES = Sizes(train=6, select=2, score=3)


@pytest.fixture
def ddi(tmp_path: Path) -> Path:
    """Two splits of 5 documents of 2 rows each."""
    folder = tmp_path / "ddi"
    folder.mkdir()
    for split in ("train", "dev"):
        rows = [
            f"DDI-{split}.d{document}.s0.p{pair}\tText {pair} .\tDDI-false\n"
            for document in range(5)
            for pair in range(2)
        ]
        (folder / f"{split}.tsv").write_text("index\tsentence\tlabel\n" + "".join(rows))
    return folder


def dealt(source: Path, target: Path, replicate: int, name: str = "ddi") -> dict[str, list[str]]:
    deal(CORPORA[name], source, target, SIZES, replicate)
    return {file.stem: file.read_text().splitlines() for file in sorted(target.iterdir())}


def test_no_document_is_parted_or_in_two_portions(ddi: Path, tmp_path: Path) -> None:
    for replicate in range(5):
        portions = dealt(ddi, tmp_path / "dealt", replicate)
        assert sorted(portions) == ["dev", "test", "train"]
        documents = []
        for rows in portions.values():
            assert rows[0] == "index\tsentence\tlabel"
            ids = [row.split("\t")[0].partition(".s0")[0] for row in rows[1:]]
            assert len(ids) == 2 * len(set(ids))
            documents += sorted(set(ids))
        assert len(documents) == len(set(documents))
        # Whole documents until there are enough rows.
        assert {name: len(rows) - 1 for name, rows in portions.items()} == {
            "train": 6,
            "dev": 2,
            "test": 4,
        }


def test_a_replicate_is_always_dealt_the_same_and_another_one_otherwise(
    ddi: Path, tmp_path: Path
) -> None:
    first, again, other = (dealt(ddi, tmp_path / "dealt", replicate) for replicate in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_test_split_is_not_looked_at(ddi: Path, tmp_path: Path) -> None:
    (ddi / "test.tsv").write_text("index\tsentence\tlabel\nDDI-secret.d0.s0.p0\tNo .\tDDI-false\n")
    portions = dealt(ddi, tmp_path / "dealt", 1)
    assert not any("secret" in row for rows in portions.values() for row in rows)


def test_sentences_of_token_files_stay_whole(tmp_path: Path) -> None:
    source = tmp_path / "chem"
    source.mkdir()
    for split in ("train", "dev"):
        blocks = [
            f"Zinc\t{split}{document}\t0\tB\nhelps\t-\t5\tO\n\n"
            for document in range(6)
            for _ in range(2)
        ]
        (source / f"{split}.tsv").write_text("".join(blocks))
    dealt(source, tmp_path / "dealt", 1, "bc5cdr-chem")
    text = (tmp_path / "dealt" / "train.tsv").read_text()
    blocks = text.split("\n\n")
    assert blocks[-1] == ""
    assert len(blocks) - 1 == SIZES.train
    assert all(block.endswith("helps\t-\t5\tO") for block in blocks[:-1])


@pytest.mark.parametrize(
    ("name", "row", "document"),
    [
        ("bc5cdr-chem", "Zinc\t77\t0\tB\nhelps\t-\t5\tO", "77"),
        ("ddi", "DDI-DrugBank.d3.s10.p2\tText .\tDDI-int", "DDI-DrugBank.d3"),
        ("hoc", "0_0,1_1\tText .\t77_s3", "77"),
        ("biosses", "4\tOne .\tTwo .\t3.2", "4"),
    ],
)
def test_the_document_of_a_row_is_that_of_its_corpus(name: str, row: str, document: str) -> None:
    assert CORPORA[name].document_of(row) == document
