"""Character spans become B, I and O as in BLUE, and what labels cannot tell is counted."""

from pathlib import Path

from bluelmo_plugins.corpora.converters.splits import Notes
from bluelmo_plugins.corpora.converters.tagging import Annotation, tag_document

FILE = Path("a.txt")


def tag(text: str, *mentions: str, discontinuous: bool = False) -> tuple[str, list[str]]:
    """The tags as a string, a space after a sentence, and the notes. `a..b` is two spans."""
    notes = Notes(FILE.parent)
    annotations = []
    for line, mention in enumerate(mentions, 1):
        parts = mention.split("..")
        spans = tuple((text.index(part), text.index(part) + len(part)) for part in parts)
        annotations.append(Annotation(spans, FILE, line))
    rows = tag_document("d1", text, annotations, notes, discontinuous=discontinuous)
    return "".join(row[3] if row else " " for row in rows).rstrip(), notes.lines()


def test_rows_are_token_document_offset_and_label_with_a_blank_one_after_a_sentence() -> None:
    text = "A goat. Bad cough"
    annotation = Annotation(((8, 17),), FILE, 1)
    rows = tag_document("d1", text, [annotation], Notes(FILE.parent))
    assert rows == [
        ["A", "d1", "0", "O"],
        ["goat", "-", "2", "O"],
        [".", "-", "6", "O"],
        [],
        ["Bad", "d1", "8", "B"],
        ["cough", "-", "12", "I"],
        [],
    ]


def test_mentions_side_by_side_are_two() -> None:
    assert tag("dry cough red eye", "dry cough", "red eye") == ("BIBI", [])


def test_a_mention_in_a_token_has_the_token_and_is_counted() -> None:
    tags, (note,) = tag("high Zn2 here", "Zn")
    assert tags == "OBO"
    assert note.startswith("1 mentions that begin or end inside a token")
    assert note.endswith("(a.txt, line 1)")


def test_a_token_that_a_mention_holds_in_part_is_not_of_it() -> None:
    tags, (note,) = tag("old Zn2 here", "old Zn")
    assert tags == "BOO"
    assert "inside a token" in note


def test_a_mention_that_only_cuts_tokens_is_left_out_and_counted() -> None:
    tags, (note,) = tag("high zinc dose", "nc d")
    assert tags == "OOO"
    assert note.startswith("1 mentions without a token")


def test_no_sentence_ends_inside_a_mention() -> None:
    tags, (note,) = tag("We saw St. Zita. Fever rose. It fell.", "Zita. Fever")
    assert tags == "OOOOBIIOO OOO"
    assert note.startswith("1 sentence ends inside a mention")


def test_the_later_of_two_mentions_has_the_token_and_the_other_is_counted() -> None:
    tags, (note,) = tag("very dry cough", "very dry cough", "dry cough")
    assert tags == "BBI"
    assert note.startswith("1 mentions that overlap")
    assert note.endswith("(a.txt, line 1)")


def test_a_repeated_mention_is_used_once() -> None:
    tags, (note,) = tag("dry cough", "dry cough", "dry cough")
    assert tags == "BI"
    assert note == "1 repeated mentions, used once (a.txt, line 2)"


def test_a_discontinuous_mention_goes_on_after_a_gap() -> None:
    tags, notes = tag("left eye and ear red", "left..ear red", discontinuous=True)
    assert (tags, notes) == ("BOOII", [])


def test_interleaved_mentions_are_counted() -> None:
    tags, (note,) = tag("left eye and ear red", "left..red", "eye..ear", discontinuous=True)
    assert tags == "BBOII"
    assert note.startswith("2 mentions that overlap")
