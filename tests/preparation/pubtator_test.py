"""PubTator files: what they hold, and what is wrong with those that were damaged."""

from pathlib import Path

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.preparation.pubtator import Document, read_pubtator

GOOD = """\
1|t|Dry "cough".
1|a|Goats | cough.
1\t4\t11\t"cough"\tDisease\tD1
1\t13\t18\tGoats\tSpecies\tS1\tgoat
1\tCID\tC1\tD1

2|t|Rest.
2|a|
"""


def read(tmp_path: Path, text: str) -> list[Document]:
    path = tmp_path / "a.txt"
    path.write_text(text)
    return list(read_pubtator(path))


def test_documents_with_their_mentions_by_type(tmp_path: Path) -> None:
    first, second = read(tmp_path, GOOD)
    assert first.text == 'Dry "cough". Goats | cough.'
    assert first.text[first.abstract_start :].startswith("Goats")
    assert {kind: [each.spans for each in found] for kind, found in first.mentions.items()} == {
        "Disease": [((4, 11),)],
        "Species": [((13, 18),)],
    }
    assert first.mentions["Species"][0].line == 4
    assert (second.id, second.line, second.text, second.mentions) == ("2", 7, "Rest. ", {})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1\t4\t11", "1\t5\t12", r"line 3: characters 5 to 12 are .*Expected the mention '\"cough"),
        ("1\t4\t11", "1\t4\tx", "line 3: the line is .* Expected id, start, end"),
        ("1\t13", "3\t13", "line 4: the id is '3'. Expected that of its document, 1"),
        ("1|a|", "3|a|", r"line 2: the line is .*Expected '1\|a\|' and the abstract"),
        ("2|t|", "2|a|", r"line 7: .*Expected '2\|t\|' and the title"),
        ("2|a|", "", r"line 7: document '2' has no abstract line"),
        ("2|", "1|", "line 7: document '1' was on line 1 already"),
        ("\tDisease\tD1", "", "line 3: .* Expected id, start, end, mention and type"),
    ],
)
def test_a_damaged_line_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, GOOD.replace(old, new))
