"""Runs of several tasks, evaluated, as a report finds them."""

from pathlib import Path

import pytest

from bluelmo_plugins.report.blue_table import make_table
from bluelmo_plugins.report.runs.run import find_runs
from bluelmo_plugins.report.write import write_report
from tests.report.fake_runs import label_sample, write_evaluated

DDI_ROWS = [
    # Document, gold, and the answers of two seeds.
    ("D1", "DDI-int", ("DDI-int", "DDI-int")),
    ("D1", "DDI-false", ("DDI-effect", "DDI-false")),
    ("D2", "DDI-effect", ("DDI-effect", "DDI-effect")),
    ("D3", "DDI-mechanism", ("DDI-false", "DDI-mechanism")),
    ("D4", "DDI-advise", ("DDI-advise", "DDI-int")),
]


@pytest.fixture
def ddi_test_file(tmp_path: Path) -> Path:
    folder = tmp_path / "blue" / "ddi2013-type"
    folder.mkdir(parents=True)
    rows = [
        f"{document}.T{row}.T9\tRow {row} | has @DRUG$ and <b>@DRUG$</b>.\t{gold}"
        for row, (document, gold, _) in enumerate(DDI_ROWS)
    ]
    path = folder / "test.tsv"
    path.write_text("\n".join(["index\tsentence\tlabel", *rows]) + "\n")
    return path


@pytest.fixture
def ddi_runs(tmp_path: Path, ddi_test_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of two seeds; their test split passes for BLUE's."""
    monkeypatch.delenv("DATASET_DIR", raising=False)
    monkeypatch.delenv("ELMO_DIR", raising=False)
    for seed in (1, 2):
        predictions = [
            {"index": f"{document}.T{row}.T9", "label": answers[seed - 1]}
            for row, (document, _, answers) in enumerate(DDI_ROWS)
        ]
        write_evaluated(
            tmp_path / "ddi" / f"seed-{seed}",
            "relation",
            ddi_test_file,
            predictions,
            seed,
            sizes={"positives": 979, "negatives": 4782},
        )
    return tmp_path / "ddi"


@pytest.fixture
def biosses_run(tmp_path: Path) -> Path:
    """A run that predicts a constant, on three invented pairs."""
    folder = tmp_path / "blue" / "BIOSSES"
    folder.mkdir(parents=True)
    rows = [f"{row}\tFirst {row} .\tSecond {row} .\t{row}.5" for row in range(3)]
    (folder / "test.tsv").write_text(
        "\n".join(["index\tsentence1\tsentence2\tscore", *rows]) + "\n"
    )
    predictions = [{"index": str(row), "score": 2.0} for row in range(3)]
    write_evaluated(tmp_path / "biosses", "similarity", folder / "test.tsv", predictions)
    return tmp_path / "biosses"


@pytest.fixture
def written(ddi_runs: Path, biosses_run: Path, tmp_path: Path) -> Path:
    """The folder of a report about two seeds of DDI and a sample of BIOSSES."""
    label_sample(biosses_run)
    write_report(make_table(find_runs([ddi_runs, biosses_run]), {}), tmp_path / "out" / "report")
    return tmp_path / "out" / "report"
