"""The page of a run: its scores, what it gets wrong, and what that is worth."""

import csv

from bluelmo_plugins.report.blue_table import make_table
from bluelmo_plugins.report.runs.run import find_runs
from bluelmo_plugins.report.write import write_report
from tests.report.fake_runs import write_evaluated


def test_a_page_has_scores_labels_confusion_and_errors_with_their_sentences(written):
    page = (written / "runs" / "ddi-seed-1.md").read_text()
    assert page.startswith("# DDI, seed 1\n")
    assert "| macro F1 | 30.0 | 66.7 | " in page
    assert "| DDI-int | 66.7 | 66.7 | 66.7 | 1 |" in page
    assert "| DDI-false | 0 | 1 | 0 | 0 | 0 |" in page
    assert "False positive: 1, false negative: 1. All of them" in page
    assert (
        "| D1.T1.T9 | DDI-false | DDI-effect | Row 1 \\| has @DRUG\\$ and "
        "\\<b\\>@DRUG\\$\\</b\\>. |" in page
    )
    with (written / "runs" / "ddi-seed-1-errors.tsv").open(newline="") as file:
        errors = list(csv.DictReader(file, delimiter="\t"))
    assert [(error["kind"], error["id"]) for error in errors] == [
        ("false positive", "D1.T1.T9"),
        ("false negative", "D3.T3.T9"),
    ]
    assert errors[0]["text"] == "Row 1 | has @DRUG$ and <b>@DRUG$</b>."


def test_the_page_of_a_sample_says_so_in_its_title(written):
    page = (written / "runs" / "biosses.md").read_text()
    assert page.startswith("# BIOSSES \\[sample corpus, sample ELMo\\], seed")
    assert "### Difference (3)" in page


def test_many_errors_are_cut_on_the_page_and_whole_in_the_table(tmp_path, ddi_test_file):
    sentences = "".join(f"{n}.T1.T2\tRow {n} of @DRUG$.\tDDI-false\n" for n in range(60))
    ddi_test_file.write_text("index\tsentence\tlabel\n" + sentences)
    predictions = [{"index": f"{n}.T1.T2", "label": "DDI-int"} for n in range(60)]
    write_evaluated(tmp_path / "all-wrong", "relation", ddi_test_file, predictions)
    write_report(make_table(find_runs([tmp_path / "all-wrong"]), {}), tmp_path / "out")
    page = (tmp_path / "out" / "runs" / "all-wrong.md").read_text()
    assert "### False positive (60, the first 50)" in page
    assert page.count("Row ") == 50
    table = (tmp_path / "out" / "runs" / "all-wrong-errors.tsv").read_text()
    assert table.count("Row ") == 60


def test_a_page_without_predictions_has_the_rest(ddi_runs, tmp_path):
    (ddi_runs / "seed-1" / "predictions.jsonl").unlink()
    for path in (ddi_runs / "seed-1").glob("metrics_epoch_*"):
        path.unlink()
    write_report(make_table(find_runs([ddi_runs / "seed-1"]), {}), tmp_path / "out")
    page = (tmp_path / "out" / "runs" / "ddi-seed-1.md").read_text()
    assert "not at hand to list the errors" in page
    assert "Learning curves" not in page
    assert "| DDI-int |" in page
