"""Perfect predictions on the real corpora score what their official gold allows."""

from pathlib import Path

import pytest

from tests.scoring.conftest import load_scorer


@pytest.fixture
def blue(shared_dir: Path) -> Path:
    return shared_dir / "blue"


def test_ddi_in_any_order(blue: Path, tmp_path: Path) -> None:
    folder = blue / "ddi2013-type"
    header, *rows = (folder / "test.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    backwards = tmp_path / "backwards.tsv"
    backwards.write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    scored = load_scorer("ddi").score(folder / "test_gs.tsv", backwards)
    assert (scored.metrics["f1_macro"], scored.metrics["f1_micro"]) == (1, 1)
    # What is written for the official script is the official file, to the byte.
    assert "".join(scored.lines) == (folder / "test_gs.tsv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("task", "corpus", "found", "mentions"),
    # In five places the gold begins or ends inside a token.
    [("bc5cdr-chem", "BC5CDR-chem", 5380, 5385), ("bc5cdr-dz", "BC5CDR-disease", 4424, 4424)],
)
def test_mentions(blue: Path, task: str, corpus: str, found: int, mentions: int) -> None:
    folder = blue / corpus
    metrics = load_scorer(task).score(folder / "test_gs.jsonl", folder / "test.tsv").metrics
    counts = ("true_positives", "predicted_mentions", "gold_mentions")
    assert [metrics[name] for name in counts] == [found, mentions, mentions]
    assert metrics["blue"] == pytest.approx(2 * found / (2 * mentions))


def test_hoc_from_flags_to_names(blue: Path, tmp_path: Path) -> None:
    scorer, test = load_scorer("hoc"), blue / "hoc" / "test.tsv"
    written = tmp_path / "names.tsv"
    written.write_text("".join(scorer.score(test, test).lines), encoding="utf-8")
    metrics = scorer.score(written, test).metrics
    assert (metrics["blue"], metrics["documents"], metrics["sentence_f1_micro"]) == (1, 315, 1)


def test_similarity(blue: Path) -> None:
    test = blue / "BIOSSES" / "test.tsv"
    assert load_scorer("biosses").score(test, test).metrics["blue"] == pytest.approx(1)


def test_inference(shared_dir: Path) -> None:
    folder = shared_dir / "blue-standins" / "mednli"
    scored = load_scorer("mednli").score(folder / "test_gs.tsv", folder / "test.tsv")
    assert scored.metrics["blue"] == 1
    assert "".join(scored.lines) == (folder / "test_gs.tsv").read_text(encoding="utf-8")
