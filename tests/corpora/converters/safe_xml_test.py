"""XML: lines are known, and entities of the file's own are refused before they are put in."""

from pathlib import Path

import pytest

from bluelmo_plugins.corpora.converters.safe_xml import read_xml
from bluelmo_plugins.errors import InputError

BOMB = """<!DOCTYPE a [<!ENTITY b "goat">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<a>&c;</a>"""
FILE_READER = '<!DOCTYPE a [<!ENTITY b SYSTEM "secret.txt">]><a>&b;</a>'
PARAMETER = "<!DOCTYPE a [<!ENTITY % b \"<!ENTITY c 'x'>\"> %b;]><a/>"


def test_elements_with_lines_attributes_and_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text('<a>\n<b c="1 &amp; 2">goat</b>\n<b/><d><b/></d></a>')
    root = read_xml(path)
    first, second = root.named("b")
    assert (first.get("c"), first.text, first.line) == ("1 & 2", "goat", 2)
    assert [each.name for each in root.walk()] == ["a", "b", "b", "d", "b"]
    with pytest.raises(InputError, match=r"a.xml, line 3: <b> has no attribute 'c'"):
        second.get("c")


@pytest.mark.parametrize("text", [BOMB, FILE_READER, PARAMETER])
def test_entities_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"a.xml, line 1: declares the XML entity 'b'"):
        read_xml(path)


def test_a_doctype_without_entities_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text('<!DOCTYPE a SYSTEM "none.dtd"><a/>')
    assert read_xml(path).name == "a"


@pytest.mark.parametrize("text", ["", "<a>\n<b></a>", "no xml"])
def test_what_is_no_xml_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"a.xml, line \d: is no XML"):
        read_xml(path)


@pytest.mark.parametrize("encoding", ["UTF--18", "hex", "shift_jis", "utf-16"])
def test_an_encoding_that_cannot_be_read_is_told(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(f'<?xml version="1.0" encoding="{encoding}"?><a/>')
    with pytest.raises(InputError, match=r"a.xml, line 1: is no XML .*encoding"):
        read_xml(path)


def test_deep_nesting_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<a>" * 20_000 + "</a>" * 20_000)
    assert sum(1 for _ in read_xml(path).walk()) == 20_000
