"""MedNLI: pairs with their ids and labels."""

import pytest

from bluelmo_plugins.errors import InputError
from tests.corpora.converters.sentence_miniatures import mednli


def test_mednli_has_a_row_for_every_pair(prepare) -> None:
    splits, notes = prepare("mednli")
    assert splits["dev"] == [
        ["index", "sentence1", "sentence2", "label"],
        ["dev-0", 'He said "no pain" in his toe.', "The toe is fine .", "neutral"],
        ["dev-1", 'He said "no pain" in his toe.', "The toe is fine .", "neutral"],
    ]
    assert notes == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"neutral"', '"-"', "mli_dev_v1.jsonl, line 2: unknown label '-'"),
        (
            '"pairID": "dev-1"',
            '"pairID": "dev-0"',
            "line 2: pair 'dev-0' is also on line 1 of mli_dev",
        ),
        ('"The toe is fine ."', '" \\u0001"', "line 2: a sentence is empty"),
        ('"pairID": "dev-1", ', "", "line 2.*'pairID': the object lacks the key"),
        ('"pairID": "dev-1"', '"pairID" "dev-1"', "line 2: is not JSON"),
    ],
)
def test_rotten_mednli_is_told(prepare, old, new, message) -> None:
    first, second = mednli()["mli_dev_v1.jsonl"].splitlines()
    assert old in second
    with pytest.raises(InputError, match=message):
        prepare("mednli", {"mli_dev_v1.jsonl": f"{first}\n{second.replace(old, new)}\n"})


def test_mednli_without_a_key_in_all_lines_is_told(prepare) -> None:
    text = mednli()["mli_dev_v1.jsonl"].replace("gold_label", "label")
    with pytest.raises(InputError, match=r"mli_dev_v1.jsonl, line 1.*no column 'gold_l"):
        prepare("mednli", {"mli_dev_v1.jsonl": text})
