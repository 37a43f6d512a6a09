"""The sample of the Hallmarks of Cancer corpus."""

import re
from collections import defaultdict

import pytest

PATTERN = re.compile(",".join(rf"{label}_[01]" for label in range(10)))


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_rows_are_as_in_the_release(split, sample_rows):
    header, *rows = sample_rows("hoc", split)
    assert header == ["labels", "sentence", "index"]
    documents: dict[str, set[int]] = defaultdict(set)
    places = defaultdict(list)
    unlabelled = 0
    for labels, _, index in rows:
        assert PATTERN.fullmatch(labels)
        document, place = re.fullmatch(r"(\d{8})_s(\d+)", index).groups()
        hallmarks = {number for number in range(10) if f"{number}_1" in labels}
        documents[document] |= hallmarks
        places[document].append(int(place))
        unlabelled += not hallmarks
    assert len(documents) >= 25
    assert all(documents.values()), "a document without a label"
    assert set.union(*documents.values()) == set(range(10))
    assert 0.5 < unlabelled / len(rows) < 0.9
    assert all(numbers == list(range(len(numbers))) for numbers in places.values())


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_some_sentences_have_two_labels_and_some_are_one_missing_value_word(split, sample_rows):
    rows = sample_rows("hoc", split)[1:]
    assert max(labels.count("_1") for labels, _, _ in rows) == 2
    assert {sentence for _, sentence, _ in rows} & {"None", "NA", "null"}
