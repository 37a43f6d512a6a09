"""DDI, ChemProt and i2b2: the rows of each pair, with its markers and its labels."""

import pytest

from bluelmo_plugins.errors import InputError
from tests.preparation.relation_miniatures import CONCEPTS, chemprot, ddi, i2b2

DDI_TEST = "DDICorpus/Test/Test for DDI Extraction task/MedLine/9001.xml"
CHEMPROT = "chemprot_development/chemprot_development"
I2B2 = "concept_assertion_relation_training_data/beth"


def test_ddi_has_a_row_for_every_pair(prepare) -> None:
    splits, (note,) = prepare("ddi")
    assert note.startswith("1 files of the task DrugNER, passed over")
    assert splits["test"] == [
        ["index", "sentence", "label"],
        [
            "DDI-MedLine.d50.s0.p0",
            "@DRUG$ & @DRUG$™ should not be taken with herbal teas.",
            "DDI-false",
        ],
        [
            "DDI-MedLine.d50.s0.p1",
            "@DRUG$ & Ostrapin™ should not be taken with @DRUG$.",
            "DDI-advise",
        ],
        [
            "DDI-MedLine.d50.s0.p2",
            "Varimol & @DRUG$™ should not be taken with @DRUG$.",
            "DDI-effect",
        ],
        ["DDI-MedLine.d50.s2.p0", "@DRUG$ may interact with @DRUG$.", "DDI-int"],
        ["DDI-MedLine.d50.s3.p0", "@DRUG$ slows the clearance of @DRUG$.", "DDI-mechanism"],
    ]
    documents = [{row[0].split(".s")[0] for row in splits[each][1:]} for each in ("train", "dev")]
    assert [len(each) for each in documents] == [9, 1]
    assert not documents[0] & documents[1]


def test_ddi_masks_by_type_if_asked_to(prepare) -> None:
    splits, _ = prepare("ddi", typed_markers=True)
    assert [row[1] for row in splits["test"][1:3]] == [
        "@drug$ & @brand$™ should not be taken with herbal teas.",
        "@drug$ & Ostrapin™ should not be taken with @group$.",
    ]


@pytest.mark.parametrize("name", ["DDI-DrugBank.d7", "Drug7_ddi.xml"])
def test_ddi_lists_name_documents_or_files(prepare, name) -> None:
    splits, _ = prepare("ddi", {"dev_ids.txt": name})
    assert {row[0].split(".s")[0] for row in splits["dev"][1:]} == {"DDI-DrugBank.d7"}


def changed(files: dict[str, str], name: str, old: str, new: str) -> dict[str, str]:
    assert old in files[name]
    return {name: files[name].replace(old, new, 1)}


def test_ddi_counts_what_is_odd(prepare) -> None:
    text = ddi()[DDI_TEST]
    text = text.replace('charOffset="0-6"', 'charOffset="0-2;4-6"', 1)
    text = text.replace('text="Quixane"/>', 'text="Quixan"/>', 1)
    text = text.replace(' type="mechanism"', "", 1)
    splits, notes = prepare("ddi", {DDI_TEST: text})
    assert sorted(note.split(" (")[0] for note in notes) == [
        "1 discontinuous drugs, masked in their first part",
        "1 drugs whose offsets hold another text, masked there",
        "1 files of the task DrugNER, passed over",
        "1 pairs that interact in no type, left out",
    ]
    assert splits["test"][1][1].startswith("@DRUG$imol & @DRUG$")
    assert len(splits["test"]) == 5


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('e2="DDI-MedLine.d50.s2.e1"', 'e2="x.e9"', "line 16: the pair's e2 is 'x.e9', which"),
        ('charOffset="0-6"', 'charOffset="0-699"', "line 4: charOffset is '0-699'. Expected a pl"),
        ('charOffset="0-6"', 'charOffset="x"', "line 4: charOffset is 'x'"),
        ('type="int"', 'type="ints"', "unknown type of interaction 'ints'.*Did you mean 'int'"),
        ('ddi="true"', 'ddi="maybe"', "ddi is 'maybe'. Expected true or false"),
        ("d50.s0.e1", "d50.s0.e0", "line 5: the sentence has two entities"),
        (
            'id="DDI-MedLine.d50"',
            'id="DDI-DrugBank.d3"',
            "document 'DDI-DrugBank.d3' is in ",
        ),
        ("<document", '<!DOCTYPE d [<!ENTITY a "b">]><document', "declares the XML entity 'a'"),
        ("</document>", "", "is no XML"),
    ],
)
def test_rotten_ddi_is_told(prepare, old, new, message) -> None:
    with pytest.raises(InputError, match=f"9001.xml.*{message}|{message}.*9001.xml"):
        prepare("ddi", changed(ddi(), DDI_TEST, old, new))


def test_a_part_of_ddi_that_is_missing_is_told(prepare) -> None:
    with pytest.raises(InputError, match="holds no XML file below Test"):
        prepare("ddi", {DDI_TEST: None})


def test_chemprot_has_a_row_for_each_chemical_and_gene_of_a_sentence(prepare) -> None:
    splits, (*notes,) = prepare("chemprot")
    assert [note.split(" (")[0] for note in notes] == [
        "3 relations between two sentences, left out"
    ]
    second = "@CHEMICAL$ blocks ZUGA1 but not @GENE$."
    first = "@CHEMICAL$ blocks @GENE$ but not BIMP2."
    assert splits["dev"] == [
        ["index", "sentence", "label"],
        ["881.T1.T2", "Effect of @CHEMICAL$ on @GENE$.", "false"],
        ["881.T3.T5", second, "false"],
        ["881.T3.T4", first, "CPR:4"],
        ["881.T3.T4", first, "CPR:6"],
        ["881.T7.T6", "In mice (n = 9) @GENE$ was activated by @CHEMICAL$.", "CPR:3"],
    ]


def test_chemprot_counts_offsets_that_hold_another_text(prepare) -> None:
    name = f"{CHEMPROT}_entities.tsv"
    _, notes = prepare("chemprot", changed(chemprot(), name, "\tBIMP2\n", "\tBIMP3\n"))
    assert any(note.startswith("1 entities whose offsets hold another text") for note in notes)


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("gold_standard", "Arg1:T3", "Arg1:T33", "line 1: the relation names 'T33', which is not"),
        ("gold_standard", "Arg1:T3", "Arg1:T4", "line 1: .* 'T4', which is a GENE-Y. Expected"),
        ("gold_standard", "CPR:4", "CPR:44", "unknown class 'CPR:44'"),
        ("gold_standard", "881", "999", "line 1: .*an entity of document '999'"),
        ("gold_standard", "\tArg2:T4", "", "line 1: 3 fields parted by tabs. Expected 4"),
        ("entities", "881", "999", "line 1: document '999' has no abstract"),
        ("entities", "\tT2\t", "\tT1\t", "line 2: document '881' has an entity 'T1' already"),
        ("entities", "GENE-Y", "GENES", "unknown type of entity 'GENES'"),
        ("entities", "\t10\t", "\tx\t", "line 1, column 'offset': 'x' is no offset"),
        ("entities", "\t17\t", "\t1700\t", "line 1: the entity is at 10 to 1700"),
        (
            "abstracts",
            "881",
            "880",
            "line 1: document '880' is in .*training_abstracts.tsv already",
        ),
    ],
)
def test_rotten_chemprot_is_told(prepare, table, old, new, message) -> None:
    changes = changed(chemprot(), f"{CHEMPROT}_{table}.tsv", old, new)
    with pytest.raises(InputError, match=f"{table}.tsv, {message}|{table}.tsv.*{message}"):
        prepare("chemprot", changes)


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
    assert any(note.startswith("1 concepts told twice") for note in notes)


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
            "line 1: the two concepts stand on different lines",
        ),
    ],
)
def test_rotten_i2b2_is_told(prepare, name, old, new, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare("i2b2", changed(i2b2(), f"{I2B2}/{name}", old, new))


@pytest.mark.parametrize(
    ("gone", "message"),
    [
        ("rel/note-h1.rel", "note-h1.txt: there is no note-h1.rel of it"),
        ("concept/note-h1.con", "note-h1.txt: there is no note-h1.con of it"),
        ("txt/note-h1.txt", "note-h1.con: there is no note-h1.txt, which it annotates"),
    ],
)
def test_files_of_a_note_that_are_missing_are_told(prepare, gone, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare("i2b2", {f"{I2B2}/{gone}": None})
