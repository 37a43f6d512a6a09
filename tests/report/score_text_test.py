"""Figures as people read them."""

import math
from pathlib import Path

import pytest

from bluelmo_plugins.report.score_text import report, shown
from bluelmo_plugins.tasks import About, load_task


def test_no_score_is_none() -> None:
    metrics = {"blue": math.nan, "pearson": math.nan, "mae": 0.25}
    text = report(metrics, "biosses", "Pearson's r", load_task("biosses").about, Path("test.tsv"))
    assert text.splitlines()[-2:] == [
        "pearson none, mae 0.250",
        "biosses: Pearson's r none (the official BLUE score)",
    ]


@pytest.mark.parametrize(
    ("corpus", "metric", "file", "kind"),
    [
        ("ddi2013-type", "f1_macro", "test.tsv", "the official BLUE score"),
        ("ddi2013-type", "f1_macro", "dev.tsv", "BLUE's measure, on the dev split"),
        ("ddi2013-type", "f1_macro", "gold.tsv", "BLUE's measure"),
        ("ddi2013-type", "f1_micro", "test.tsv", "not a score of BLUE"),
        ("herbs", "f1_macro", "test.tsv", "not a score of BLUE"),
    ],
)
def test_only_a_score_of_blue_on_a_test_split_is_official(
    corpus: str, metric: str, file: str, kind: str
) -> None:
    metrics = {"f1_macro": 0.25, "f1_micro": 0.5}
    about = load_task("ddi").about if corpus == "ddi2013-type" else About(corpus)
    text = report({"blue": metrics[metric], **metrics}, "where", "F1", about, Path(file))
    assert text.endswith(f"({kind})")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("blue", 0.53249, "53.2"),
        ("f1/DDI-advise", 1.0, "100.0"),
        ("sentence_f1_micro", 0.5, "50.0"),
        ("precision_mention", 0.9999, "100.0"),
        ("accuracy_token", 0.5, "50.0"),
        ("pearson", -0.25, "-25.0"),
        ("support/f1", 12.0, "12"),
        ("gold_mentions", 5385.0, "5385"),
        ("documents_without_gold", 0.0, "0"),
        ("mae", 0.71, "0.710"),
        ("loss", math.inf, "inf"),
        ("r2", math.nan, "none"),
    ],
)
def test_figures_are_shown_by_their_kind(name: str, value: float, text: str) -> None:
    assert shown(name, value) == text
