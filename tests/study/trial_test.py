"""A trial and the page, from end to end on the sample."""

import dataclasses
import json
from pathlib import Path

import pytest

import study.__main__ as command
import study.trial as module
from bluelmo_plugins.corpora.samples.folder import write_corpora
from study.corpora import Sizes
from study.factors import Variant
from study.page import PAGE, compare_all, make_page
from study.parity import BEGIN, END, PARITY, effects, write_effects
from study.plan import STUDIES
from study.results import RESULTS
from study.trial import Trial

HOC = dataclasses.replace(
    STUDIES["hoc"],
    sizes=Sizes(60, 20, 30),
    base=f"{STUDIES['hoc'].base} + {{ epochs:: 2, patience:: null }}",
    variants=(Variant("threshold", "tuned", thresholds_tuned=True),),
    replicates=1,
)


@pytest.fixture
def shared(tmp_path: Path, tiny_elmo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shared = tmp_path / "shared"
    (shared / "blue").mkdir(parents=True)
    write_corpora(shared / "blue")
    (shared / "elmo-pubmed-small").symlink_to(tiny_elmo)
    monkeypatch.setattr(module, "SHARED", shared)
    monkeypatch.setattr(command, "SHARED", shared)
    return shared


def test_a_study_trains_scores_resumes_and_writes_its_page(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setitem(STUDIES, "hoc", HOC)
    options = ["hoc", "--work", f"{tmp_path}/work", "--results", f"{tmp_path}/results"]
    options += ["--page", f"{tmp_path}/page.md", "--parity", f"{tmp_path}/parity.md"]
    (tmp_path / "parity.md").write_text(f"Above\n{BEGIN}\nold\n{END}\nbelow\n")
    command.main([*options, "--minutes", "0"])
    assert "to resume" in capsys.readouterr().out
    command.main(options)
    lines = (tmp_path / "results" / "hoc.jsonl").read_text().splitlines()
    base, tuned = map(json.loads, lines)
    assert base["epochs"] == tuned["epochs"] == 2
    assert 0 <= base["score"] <= 1
    assert tuned["threshold"] in [step / 20 for step in range(1, 20)]
    page = (tmp_path / "page.md").read_text()
    assert f"Base: {100 * base['score']:.1f}." in page
    assert (tmp_path / "page" / "hoc.png").stat().st_size > 1000
    parity = (tmp_path / "parity.md").read_text()
    assert parity.startswith("Above\n")
    assert parity.endswith("below\n")
    assert "| hoc |" in parity
    assert "old" not in parity
    monkeypatch.setattr(Trial, "run", None)
    command.main(options)
    assert (tmp_path / "results" / "hoc.jsonl").read_text().splitlines() == lines


def test_the_tuned_threshold_at_the_config_s_own_gives_the_score_of_evaluate(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("study.threshold.THRESHOLDS", [0.5])
    base, tuned = (
        Trial(HOC, variant, 1).run(tmp_path / "work")
        for variant in (Variant("base", ""), *HOC.variants)
    )
    assert tuned["score"] == pytest.approx(base["score"])


def test_an_unknown_study_or_missing_corpora_fail(tmp_path: Path, monkeypatch, capsys) -> None:
    with pytest.raises(SystemExit):
        command.main(["dddi"])
    assert "unknown study 'dddi'" in capsys.readouterr().err
    monkeypatch.setattr(command, "SHARED", tmp_path)
    with pytest.raises(SystemExit):
        command.main(["ddi"])
    assert "the corpora are missing" in capsys.readouterr().err


def test_the_page_is_what_the_results_give(tmp_path: Path) -> None:
    found = compare_all(RESULTS)
    hint = "run `python -m study --page-only`"
    page = make_page(found, tmp_path / PAGE.stem)
    assert page == PAGE.read_text(encoding="utf-8"), hint
    assert f"\n\n{effects(found)}\n\n{END}" in PARITY.read_text(encoding="utf-8"), hint


def test_a_parity_page_without_marks_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "parity.md"
    page.write_text("No marks.\n")
    with pytest.raises(ValueError, match="lacks the marks"):
        write_effects({}, page)
    assert page.read_text() == "No marks.\n"
