"""Figures as people read them."""

import math

import pytest

from bluelmo_plugins.evaluation.figures import report, shown


def test_no_score_is_none() -> None:
    text = report({"blue": math.nan, "pearson": math.nan, "mae": 0.25}, "biosses", "Pearson's r")
    assert text.splitlines()[-2:] == [
        "pearson none, mae 0.250",
        "biosses: Pearson's r none (the official BLUE score)",
    ]


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
