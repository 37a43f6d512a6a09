"""The table as text, Markdown and CSV: the same figures, and every label in each."""

import csv
import io
import json

import pytest

from bluelmo_plugins.report.blue_table import make_table
from bluelmo_plugins.report.formats import as_csv, as_markdown, as_text
from bluelmo_plugins.report.markdown import escaped, markdown_table
from bluelmo_plugins.report.runs.run import find_runs


@pytest.fixture
def table(ddi_runs, biosses_run):
    """DDI with a sample ELMo, and BIOSSES without a score."""
    for seed in (1, 2):
        path = ddi_runs / f"seed-{seed}" / "evaluation.json"
        told = json.loads(path.read_text())
        told["samples"]["elmo"] = True
        if seed == 2:
            told["metrics"] |= {"blue": 0.5, "f1_macro": 0.5}
        path.write_text(json.dumps(told))
    return make_table(find_runs([ddi_runs, biosses_run]), {})


def test_text_has_percentages_with_one_decimal(table):
    lines = as_text(table).splitlines()
    (ddi,) = [place for place, line in enumerate(lines) if line.startswith("DDI ")]
    # 2/3 and 1/2: their mean and, with n - 1, deviation.
    assert lines[ddi].split()[:5] == ["DDI", "macro", "F1", "58.3", "11.8"]
    assert lines[ddi].split()[-4:] == ["2", "62.0", "78.8", "79.4"]
    assert lines[ddi + 1] == "  [sample ELMo]"


def test_an_empty_row_has_the_published_scores_only(table):
    (line,) = [line for line in as_text(table).splitlines() if line.startswith("HoC")]
    assert line.split() == ["HoC", "F1", "over", "documents", "80.0", "82.9", "83.1"]


def test_no_r_is_none(table):
    lines = [line for line in as_text(table).splitlines() if line.startswith("BIOSSES")]
    assert lines[-1].split() == ["BIOSSES", "Pearson's", "r", "none", "1"]


def test_text_is_no_wider_than_it_must_be(table):
    assert max(map(len, as_text(table).splitlines())) <= 105


def test_markdown_has_the_same_cells_and_the_labels_in_bold(table):
    rows = [line[2:-2].split(" | ") for line in as_markdown(table).splitlines()]
    (ddi,) = [row for row in rows if row[0].startswith("DDI")]
    assert ddi[:4] == ["DDI **\\[sample ELMo\\]**", "macro F1", "58.3", "11.8"]
    assert ddi[5:] == ["2", "62.0", "78.8", "79.4"]
    assert len({len(row) for row in rows if len(row) > 1}) == 1


def test_csv_can_be_computed_with(table):
    rows = {row["task"]: row for row in csv.DictReader(io.StringIO(as_csv(table)))}
    ddi = rows["DDI"]
    assert float(ddi["test_mean"]) == pytest.approx(58.333)
    assert float(ddi["test_sd"]) == pytest.approx(11.785)
    assert float(ddi["test_low"]) < float(ddi["test_high"])
    assert (ddi["labels"], ddi["runs"], ddi["dev_mean"]) == ("sample ELMo", "2", "30.000")
    assert ddi["elmo"] == "62.0"
    hoc = rows["HoC"]
    assert (hoc["test_mean"], hoc["test_low"], hoc["runs"]) == ("", "", "0")


def test_every_note_is_in_text_and_markdown(table):
    text = " ".join(as_text(table).split())
    markdown = as_markdown(table)
    for note in table.notes:
        assert note in text
        assert f"- {escaped(note)}" in markdown


def test_markdown_shows_text_as_it_is():
    assert escaped("a | b\n@DRUG$ <b> *x* [y] `z` #1 \\") == (
        "a \\| b @DRUG\\$ \\<b\\> \\*x\\* \\[y\\] \\`z\\` \\#1 \\\\"
    )


def test_markdown_tables_put_numbers_to_the_right():
    assert markdown_table(["a", "b", "n"], [["x", "y", "1"]], num_texts=2) == (
        "| a | b | n |\n| --- | --- | ---: |\n| x | y | 1 |"
    )
