"""i2b2 2010: the rows of every two concepts of a line."""

import pytest

from bluelmo_plugins.errors import InputError
from tests.corpora.converters.relation_miniatures import CONCEPTS, i2b2
from tests.corpora.converters.source_files import changed

I2B2 = "concept_assertion_relation_training_data/beth"


def test_i2b2_has_a_row_for_every_two_concepts_of_a_line(prepare) -> None:
    splits, (note,) = prepare("i2b2")
    assert note.startswith("1 notes without annotation, left out")
    con = "note-t.note-t.con.l"
    assert splits["test"] == [
        ["index", "sentence", "label"],
        [f"{con}0.note-t.con.l1", "She had @test$ of @problem$ .", "false"],
        [f"{con}2.note-t.con.l3", "@treatment$ was given for @problem$ .", "TrAP"],
    ]
    assert (len(splits["train"]), len(splits["dev"])) == (19, 3)


def test_i2b2_relations_may_name_the_concepts_in_any_order_and_be_several(prepare) -> None:
    first, second = 'c="aspirin" 3:0 3:0', 'c="chest pain" 3:4 3:5'
    lines = f'{second}||r="TrCP"||{first}\n{first}||r="TrAP"||{second}\n'
    splits, _ = prepare("i2b2", {"reference_standard_for_test_data/rel/note-t.rel": lines})
    assert [row[2] for row in splits["test"][1:]] == ["false", "TrCP", "TrAP"]
    assert len({row[0] for row in splits["test"][2:]}) == 1


@pytest.mark.parametrize(
    ("typed", "markers"), [(False, ("problem", "treatment")), (True, ("treatment", "problem"))]
)
def test_i2b2_markers_are_in_the_order_of_the_concepts_file_unless_by_type(
    prepare, typed, markers
) -> None:
    path = "reference_standard_for_test_data/concepts/note-t.con"
    turned = "".join(reversed(CONCEPTS.splitlines(keepends=True)))
    splits, _ = prepare("i2b2", {path: turned}, typed_markers=typed)
    con = "note-t.note-t.con.l"
    sentence = "@{}$ was given for @{}$ .".format(*markers)
    assert [f"{con}0.note-t.con.l1", sentence, "TrAP"] in splits["test"]


def test_i2b2_masks_overlapping_concepts_together_and_takes_doubles_once(prepare) -> None:
    more = 'c="pain" 3:5 3:5||t="problem"\nc="pain" 3:5 3:5||t="problem"\n'
    path = "reference_standard_for_test_data/concepts/note-t.con"
    splits, notes = prepare("i2b2", {path: CONCEPTS + more})
    assert [
        "note-t.note-t.con.l3.note-t.con.l4",
        "Aspirin was given for @problem-problem$ .",
        "false",
    ] in splits["test"]
    assert len(splits["test"]) == 5
    assert any(note.startswith("1 repeated concepts") for note in notes)


def test_i2b2_divides_by_a_list(prepare) -> None:
    splits, _ = prepare("i2b2", {"dev-docids.txt": "note-h3\nnote-s1\n"})
    assert {row[0].split(".")[0] for row in splits["dev"][1:]} == {"note-h3", "note-s1"}


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "concept/note-h1.con",
            "the mass",
            "the cat",
            r"note-h1.con, line 2: 2:6 to 2:7 of note-h1",
        ),
        ("concept/note-h1.con", "2:6 2:7", "2:6 2:99", "note-h1.con, line 2: 2:6 to 2:99"),
        ("concept/note-h1.con", "2:6 2:7", "9:6 9:7", "note-h1.con, line 2: 9:6"),
        ("concept/note-h1.con", '"test"', '"tests"', "line 1: unknown type of concept 'tests'"),
        ("concept/note-h1.con", "||t", "|t", "line 1: the line is .* Expected c="),
        ("rel/note-h1.rel", '"chest pain" 3:4', '"pain" 3:5', r"line 1: the relation names 'pain'"),
        ("rel/note-h1.rel", "TrAP", "TrAPP", "line 1: unknown relation 'TrAPP'"),
        (
            "rel/note-h1.rel",
            '"chest pain" 3:4 3:5',
            '"the mass" 2:6 2:7',
            "line 1: the two concepts are on different lines",
        ),
    ],
)
def test_rotten_i2b2_is_told(prepare, name, old, new, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare("i2b2", changed(i2b2(), f"{I2B2}/{name}", old, new))


@pytest.mark.parametrize(
    ("gone", "message"),
    [
        ("rel/note-h1.rel", "note-h1.txt: has no note-h1.rel"),
        ("concept/note-h1.con", "note-h1.txt: has no note-h1.con"),
        ("txt/note-h1.txt", "note-h1.con: there is no note-h1.txt, which it annotates"),
    ],
)
def test_files_of_a_note_that_are_missing_are_told(prepare, gone, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare("i2b2", {f"{I2B2}/{gone}": None})
