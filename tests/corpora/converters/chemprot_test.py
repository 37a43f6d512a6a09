"""ChemProt: the rows of each chemical and gene of a sentence."""

import pytest

from bluelmo_plugins.errors import InputError
from tests.corpora.converters.relation_miniatures import chemprot
from tests.corpora.converters.source_files import changed

CHEMPROT = "chemprot_development/chemprot_development"


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
        ["881.T7.T6", "In mice (n = 9) @CHEMICAL$ was activated by @GENE$.", "CPR:3"],
    ]


def test_chemprot_masks_by_type_if_asked_to(prepare) -> None:
    blue, _ = prepare("chemprot")
    typed, _ = prepare("chemprot", typed_markers=True)
    last = typed["dev"].pop()
    assert last == ["881.T7.T6", "In mice (n = 9) @GENE$ was activated by @CHEMICAL$.", "CPR:3"]
    assert typed["dev"] == blue["dev"][:-1]


def test_chemprot_counts_white_space_as_its_offsets_do(prepare) -> None:
    abstracts, entities = (f"{CHEMPROT}_{table}.tsv" for table in ("abstracts", "entities"))
    files = chemprot()
    changes = {abstracts: files[abstracts].replace("\tVarimol", "\t Varimol", 1)}
    rows = [row.split("\t") for row in files[entities].splitlines()]
    for row in rows[2:]:
        row[3:5] = [str(int(place) + 1) for place in row[3:5]]
    plain, _ = prepare("chemprot")
    splits, notes = prepare("chemprot", {**changes, entities: "\n".join(map("\t".join, rows))})
    assert splits == plain
    assert len(notes) == 1


def test_chemprot_prefers_the_test_part_with_annotations(prepare) -> None:
    plain, _ = prepare("chemprot")
    splits, _ = prepare("chemprot", {"chemprot_test/chemprot_test_abstracts.tsv": "9\ta\tb\n"})
    assert splits == plain


def test_chemprot_has_no_sentence_end_inside_an_entity(prepare) -> None:
    name = f"{CHEMPROT}_abstracts.tsv"
    changes = {
        name: chemprot()[name].replace("Varimol", "Var. Mol"),
        f"{CHEMPROT}_entities.tsv": "881\tT1\tCHEMICAL\t28\t36\tVar. Mol\n"
        "881\tT2\tGENE-Y\t44\t49\tZUGA1\n",
        f"{CHEMPROT}_gold_standard.tsv": "881\tCPR:4\tArg1:T1\tArg2:T2\n",
    }
    splits, notes = prepare("chemprot", changes)
    sentence = "@CHEMICAL$ blocks @GENE$ but not BIMP2."
    assert splits["dev"][1:] == [["881.T1.T2", sentence, "CPR:4"]]
    assert any(note.startswith("1 sentence ends inside an entity, taken back") for note in notes)


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
        (
            "gold_standard",
            "\tArg2:T4",
            "",
            "line 1: the row has 3 tab-separated fields. Expected 4",
        ),
        ("entities", "881", "999", "line 1: document '999' has no abstract"),
        ("entities", "\tT2\t", "\tT1\t", "line 2: document '881' has an entity 'T1' already"),
        ("entities", "GENE-Y", "GENES", "unknown type of entity 'GENES'"),
        ("entities", "\t10\t", "\tx\t", "line 1: the offset is 'x'"),
        ("entities", "\t17\t", "\t1700\t", "line 1: the entity is at 10 to 1700"),
        (
            "abstracts",
            "881",
            "880",
            "line 1: document '880' is already in .*training_abstracts.tsv",
        ),
    ],
)
def test_rotten_chemprot_is_told(prepare, table, old, new, message) -> None:
    changes = changed(chemprot(), f"{CHEMPROT}_{table}.tsv", old, new)
    with pytest.raises(InputError, match=f"{table}.tsv, {message}|{table}.tsv.*{message}"):
        prepare("chemprot", changes)
