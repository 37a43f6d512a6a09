"""What is counted is told once a kind, with the first places."""

from pathlib import Path

from bluelmo_plugins.preparation.notes import Notes

SOURCE = Path("originals/ddi")


def test_kinds_are_told_in_their_order_with_three_places() -> None:
    notes = Notes(SOURCE)
    for line in range(1, 6):
        notes.add("cats", SOURCE / "a/b.xml", line)
    notes.add("dogs", Path("elsewhere.txt"))
    assert notes.lines() == [
        "5 cats (a/b.xml, line 1; a/b.xml, line 2; a/b.xml, line 3; ...)",
        "1 dogs (elsewhere.txt)",
    ]


def test_nothing_is_no_line() -> None:
    assert Notes(SOURCE).lines() == []
