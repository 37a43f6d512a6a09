"""The folder of a report: its files, their names and the links between them."""

import shutil

from bluelmo_plugins.report.blue_table import make_table
from bluelmo_plugins.report.runs.run import find_runs
from bluelmo_plugins.report.write import write_report

PNG = b"\x89PNG\r\n\x1a\n"


def test_table_and_pages_are_written(written):
    names = sorted(path.relative_to(written).as_posix() for path in written.rglob("*.*"))
    assert names == [
        "blue.csv",
        "blue.md",
        "blue.png",
        "runs/biosses-curves.png",
        "runs/biosses-errors.tsv",
        "runs/biosses-scores.png",
        "runs/biosses.md",
        "runs/ddi-seed-1-curves.png",
        "runs/ddi-seed-1-errors.tsv",
        "runs/ddi-seed-1.md",
        "runs/ddi-seed-2-curves.png",
        "runs/ddi-seed-2-errors.tsv",
        "runs/ddi-seed-2.md",
    ]
    for path in written.rglob("*.png"):
        assert path.read_bytes().startswith(PNG)


def test_the_table_links_to_the_pages(written):
    page = (written / "blue.md").read_text()
    assert "](runs/ddi-seed-1.md) | DDI" in page
    assert "| 1 | 30.0 | 66.7 |" in page
    assert "![The table as a picture](blue.png)" in page


def test_runs_of_one_name_get_pages_of_their_own(ddi_runs, tmp_path):
    for place in ("a", "b"):
        shutil.copytree(ddi_runs / "seed-1", tmp_path / place / "my run")
    write_report(make_table(find_runs([tmp_path / "a", tmp_path / "b"]), {}), tmp_path / "out")
    pages = sorted(path.name for path in (tmp_path / "out" / "runs").glob("*.md"))
    assert pages == ["my_run-2.md", "my_run.md"]


def test_without_a_run_the_table_is_there_and_no_page(tmp_path):
    write_report(make_table([], {}), tmp_path / "out")
    assert (tmp_path / "out" / "blue.png").read_bytes().startswith(PNG)
    assert list((tmp_path / "out" / "runs").iterdir()) == []
