"""Which documents of two files of mentions are held against each other."""

import json

import pytest

from bluelmo_plugins.errors import InputError

# A disease in document 7, none in document 8.
CORPUS = "gout\t7\t0\tB\nhurts\t-\t5\tO\n\nno\t8\t0\tO\n"
NOTHING = "gout\t7\t0\tO\nhurts\t-\t5\tO\n\nno\t8\t0\tO\n"


def mentions(*places, kind="Disease"):
    return "".join(
        json.dumps(
            {
                "id": "",
                "docid": docid,
                "locations": [{"start": start, "end": end, "text": "x"}],
                "type": kind,
            }
        )
        + "\n"
        for docid, start, end in places
    )


@pytest.mark.parametrize("gold", [CORPUS, mentions(("7", 0, 4))])
@pytest.mark.parametrize(
    ("prediction", "score"),
    [
        (CORPUS, 1),
        (NOTHING, 0),
        (mentions(("7", 0, 4)), 1),
        (mentions(("7", 0, 4), ("7", 0, 4)), 1),
        (mentions(("7", 0, 4), ("7", 5, 10)), 2 / 3),
        (mentions(("7", 0, 10)), 0),
        ("", 0),
    ],
)
def test_all_layouts_are_scored(score_texts, gold, prediction, score):
    assert score_texts("bc5cdr-dz", gold, prediction).metrics["blue"] == pytest.approx(score)


def test_figures_are_counts_and_fractions_of_mentions(score_texts):
    scored = score_texts("bc5cdr-dz", CORPUS, mentions(("7", 0, 4), ("8", 0, 2)))
    assert scored.metrics == pytest.approx(
        {
            "blue": 2 / 3,
            "f1_mention": 2 / 3,
            "precision_mention": 1 / 2,
            "recall_mention": 1,
            "gold_mentions": 1,
            "predicted_mentions": 2,
            "true_positives": 1,
        }
    )


def test_an_unknown_document_is_an_error(score_texts):
    with pytest.raises(InputError, match=r"1 documents are not in the gold: 9\. Expected"):
        score_texts("bc5cdr-dz", CORPUS, mentions(("7", 0, 4), ("9", 0, 2)))
    with pytest.raises(InputError, match=r"1 documents are not in the gold: 9\. Expected"):
        score_texts("bc5cdr-dz", CORPUS, f"{CORPUS}\nno\t9\t0\tO\n")


def test_a_document_in_which_an_official_gold_has_no_mention_is_told_by_the_corpus(score_texts):
    gold, prediction = mentions(("7", 0, 4)), mentions(("7", 0, 4), ("8", 0, 2))
    with pytest.raises(InputError, match=r"not in the gold: 8\..*with --documents\.$"):
        score_texts("bc5cdr-dz", gold, prediction)
    scored = score_texts("bc5cdr-dz", gold, prediction, NOTHING)
    assert scored.metrics["blue"] == pytest.approx(2 / 3)
    assert [json.loads(line)["docid"] for line in scored.lines] == ["7", "8"]
    with pytest.raises(InputError, match=r"not in the gold: 9\."):
        score_texts("bc5cdr-dz", gold, mentions(("9", 0, 2)), NOTHING)


def test_a_corpus_file_that_lacks_documents_is_no_prediction(score_texts):
    with pytest.raises(InputError, match=r"1 documents of the gold are missing: 8\."):
        score_texts("bc5cdr-dz", CORPUS, CORPUS.split("\n\n")[0])


def test_sentences_of_files_without_offsets_are_counted(score_texts):
    gold = "gout B\nhurts O\n\nno O\n\nbad B\ngout I\n"
    scored = score_texts("bc5cdr-dz", gold, "gout B\nhurts O\n\nno B\n\nbad O\ngout B\n")
    assert scored.metrics["true_positives"] == 1
    assert scored.metrics["predicted_mentions"] == 3
    with pytest.raises(InputError, match=r"1 documents of the gold are missing: s2\."):
        score_texts("bc5cdr-dz", gold, "gout B\nhurts O\n\nno O\n")


def test_types_are_the_tasks_or_those_of_the_gold(score_texts):
    place = ("7", 0, 4)
    gold = mentions(place, kind="Disease_Disorder")
    for kind in ("Disease_Disorder", "Disease"):
        assert score_texts("bc5cdr-dz", gold, mentions(place, kind=kind)).metrics["blue"] == 1
    both = mentions(place) + mentions(("7", 5, 10), kind="Chemical")
    assert score_texts("bc5cdr-dz", CORPUS, both).metrics["blue"] == 1
    with pytest.raises(InputError, match=r"of the type Chemical\. Expected Disease\."):
        score_texts("bc5cdr-dz", CORPUS, mentions(place, kind="Chemical"))


def test_an_empty_gold_is_an_error(score_texts):
    with pytest.raises(InputError, match="the gold file holds no mention"):
        score_texts("bc5cdr-dz", "", CORPUS)
