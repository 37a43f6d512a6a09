"""The page shows what each run found, and the targets of runs on other machines beside."""

import json
from pathlib import Path

from benchmarks.page import PAGE, RESULTS, make_page
from benchmarks.tables import Json


def _growth(folder: Path, date: str, seconds: float) -> None:
    """A run whose greatest portion took so long, made of the real one."""
    run: Json = json.loads((RESULTS / "growth.json").read_text())
    run["date"] = date
    first, *_, last = run["result"]["passes"]
    first["seconds"] = first["tokens"] / 1000
    last["seconds"] = seconds * last["tokens"] / 1000
    folder.mkdir(parents=True)
    (folder / "growth.json").write_text(json.dumps(run))


def _time_target(text: str) -> str:
    """The line of the page with the target for time."""
    return next(line for line in text.splitlines() if line.startswith("| growth: time"))


def test_the_page_in_the_repository_is_made_of_the_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(RESULTS)


def test_what_another_run_found_stands_beside_the_targets(tmp_path: Path) -> None:
    _growth(tmp_path / "results", "2031-05-06", 1.0)
    _growth(tmp_path / "results" / "before", "2030-05-06", 3.0)
    text = make_page(tmp_path / "results")
    assert "| what | target | found | verdict | found on 2030-05-06 |" in text
    assert [cell.strip() for cell in _time_target(text).strip("|").split("|")][2:] == [
        "1 times",
        "met",
        "3 times",
    ]
    assert text.count("## Growth with corpus size") == 1
    assert "- Growth with corpus size: 2030-05-06, " in text


def test_a_target_that_the_other_run_did_not_measure_is_a_dash(tmp_path: Path) -> None:
    _growth(tmp_path / "results", "2031-05-06", 1.0)
    (tmp_path / "results" / "before").mkdir()
    memory = (RESULTS / "memory.json").read_text()
    (tmp_path / "results" / "before" / "memory.json").write_text(memory)
    assert _time_target(make_page(tmp_path / "results")).endswith("| - |")
