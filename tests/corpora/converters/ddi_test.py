"""DDI: the rows of each pair, with its markers and its label."""

import pytest

from bluelmo_plugins.errors import InputError
from tests.corpora.converters.relation_miniatures import ddi, ddi_xml
from tests.corpora.converters.source_files import changed

DDI_TEST = "DDICorpus/Test/Test for DDI Extraction task/MedLine/9001.xml"


def test_ddi_has_a_row_for_every_pair(prepare) -> None:
    splits, (note,) = prepare("ddi")
    assert note.startswith("1 files of the task DrugNER, ignored")
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


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        ("d7.s0", ["d7.s0.p0", "d7.s0.p1", "d7.s0.p2"]),
        ("d7.s1 d7.s2 d3.s2", ["d3.s2.p0", "d7.s2.p0"]),  # d7.s1 has no pair
        ("d7.s0.p2 d7.s0.p0", ["d7.s0.p0", "d7.s0.p2"]),
        ("d7.s0 d7.s0.p0 d7.s2", ["d7.s0.p0", "d7.s0.p1", "d7.s0.p2", "d7.s2.p0"]),
    ],
)
def test_ddi_lists_may_divide_documents_by_sentences_and_pairs(prepare, names, pairs) -> None:
    whole, _ = prepare("ddi")
    ids = "\n".join(f"DDI-DrugBank.{name}" for name in names.split())
    splits, _ = prepare("ddi", {"dev_ids.txt": ids})
    assert [row[0].removeprefix("DDI-DrugBank.") for row in splits["dev"][1:]] == pairs
    rows = [sorted(each["train"] + each["dev"]) for each in (whole, splits)]
    assert rows[0] == rows[1]
    assert splits["test"] == whole["test"]


def test_ddi_lists_that_share_pairs_are_told(prepare) -> None:
    lists = {"dev_ids.txt": "DDI-DrugBank.d7.s0", "train_ids.txt": "DDI-DrugBank.d7"}
    with pytest.raises(InputError, match=r"train and dev share DDI-DrugBank.d7.s0.p0, .*p1"):
        prepare("ddi", lists)


def test_ddi_lists_of_sentences_that_are_not_there_are_told(prepare) -> None:
    ids = "DDI-DrugBank.d7 DDI-DrugBank.d7.s9 DDI-MedLine.d50.s0"  # the last is of the test part
    with pytest.raises(InputError, match=r"lacks 2 of the ids .*d7.s9, DDI-MedLine.d50.s0"):
        prepare("ddi", {"dev_ids.txt": ids})


def test_ddi_lists_may_name_a_pair_that_is_left_out(prepare) -> None:
    path = "DDICorpus/Train/DrugBank/Drug7_ddi.xml"
    changes = changed(ddi(), path, ' type="mechanism"', "")
    splits, notes = prepare("ddi", {**changes, "dev_ids.txt": "DDI-DrugBank.d7.s3.p0 Drug3_ddi"})
    assert {row[0].split(".s")[0] for row in splits["dev"][1:]} == {"DDI-DrugBank.d3"}
    assert any(note.startswith("1 pairs that interact in no type") for note in notes)


@pytest.mark.parametrize(
    ("typed", "expected"), [(False, ["@DRUG$", "@DRUG-DRUG$"]), (True, ["@drug$", "@group-drug$"])]
)
def test_a_discontinuous_drug_is_masked_to_the_end_of_its_last_part(
    prepare, typed, expected
) -> None:
    text = "Zimo- and oxoblockers with varimol."
    drugs = [("Zimo", "group"), ("oxoblockers", "drug"), ("varimol", "drug")]
    xml = ddi_xml("DDI-MedLine.d50", [(text, drugs, {})])
    place = f"0-4;{text.index('blockers')}-{text.index(' with') - 1}"
    splits, notes = prepare("ddi", {DDI_TEST: xml.replace("0-3", place)}, typed_markers=typed)
    one, both = expected
    assert [row[1] for row in splits["test"][1:]] == [
        f"{both} with varimol.",
        f"{one.replace('drug', 'group')} with {one}.",
        f"Zimo- and {one} with {one}.",
    ]
    assert any(note.startswith("1 discontinuous drugs, masked with all between") for note in notes)


def test_ddi_counts_what_is_odd(prepare) -> None:
    text = ddi()[DDI_TEST]
    text = text.replace('text="Quixane"/>', 'text="Quixan"/>', 1)
    text = text.replace(' type="mechanism"', "", 1)
    splits, notes = prepare("ddi", {DDI_TEST: text})
    assert sorted(note.split(" (")[0] for note in notes) == [
        "1 drugs whose offsets hold another text, masked there",
        "1 files of the task DrugNER, ignored",
        "1 pairs that interact in no type, left out",
    ]
    assert len(splits["test"]) == 5


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('e2="DDI-MedLine.d50.s2.e1"', 'e2="x.e9"', "line 16: the pair's e2 is 'x.e9', which"),
        ('charOffset="0-6"', 'charOffset="0-699"', "line 4: charOffset is '0-699'. Expected a pl"),
        ('charOffset="0-6"', 'charOffset="x"', "line 4: charOffset is 'x'"),
        ('charOffset="0-6"', 'charOffset="0-6;8-699"', "line 4: charOffset is '0-6;8-699'"),
        ("d50.s0.p1", "d50.s0.p0", "line 8: another element has the id 'DDI-MedLine.d50.s0.p0'"),
        ("d50.s0.p1", "d50", "line 8: another element has the id 'DDI-MedLine.d50'"),
        ('type="int"', 'type="ints"', "unknown type of interaction 'ints'.*Did you mean 'int'"),
        ('ddi="true"', 'ddi="maybe"', "ddi is 'maybe'. Expected true or false"),
        ("d50.s0.e1", "d50.s0.e0", "line 5: the sentence has two entities"),
        (
            'id="DDI-MedLine.d50"',
            'id="DDI-DrugBank.d3"',
            "document 'DDI-DrugBank.d3' is already in ",
        ),
        ("<document", '<!DOCTYPE d [<!ENTITY a "b">]><document', "declares the XML entity 'a'"),
        ("</document>", "", "is no XML"),
    ],
)
def test_rotten_ddi_is_told(prepare, old, new, message) -> None:
    with pytest.raises(InputError, match=f"9001.xml.*{message}|{message}.*9001.xml"):
        prepare("ddi", changed(ddi(), DDI_TEST, old, new))


def test_a_part_of_ddi_that_is_missing_is_told(prepare) -> None:
    with pytest.raises(InputError, match=r"holds no test part\. Expected the XML files"):
        prepare("ddi", {DDI_TEST: None})
