"""XML of unknown origin: elements with their lines; a file that declares entities is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional
from xml.parsers import expat

from bluelmo_plugins.errors import InputError


@dataclass
class Element:
    """An element with the line of its start tag, and the text directly in it."""

    name: str
    attributes: dict[str, str]
    file: Path
    line: int
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def named(self, name: str) -> list["Element"]:
        """Returns the children of a name."""
        return [child for child in self.children if child.name == name]

    def walk(self) -> Iterator["Element"]:
        """Yields it and all elements below, in the order of the file."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)

    def get(self, attribute: str) -> str:
        """Returns the value of an attribute that must be there."""
        if attribute not in self.attributes:
            raise self.error(f"<{self.name}> has no attribute '{attribute}'")
        return self.attributes[attribute]

    def error(self, found: str, expected: Optional[str] = None) -> InputError:
        """Makes an error at this element, for the caller to raise."""
        return InputError(found, file=self.file, line=self.line, expected=expected)


def read_xml(path: Path, data: Optional[bytes] = None) -> Element:
    """
    Parses a file, or `data` in its name, and returns the root.

    Entities are refused: some expand to gigabytes, and others read files of this machine.
    """
    if data is None:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", file=path) from error
    parser = expat.ParserCreate()
    parser.buffer_text = True
    top = Element("", {}, path, 0)
    open_elements = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(name, attributes, path, parser.CurrentLineNumber)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(name: str) -> None:
        open_elements.pop()

    def text(characters: str) -> None:
        open_elements[-1].text += characters

    def entity(name: str, *rest: object) -> None:
        raise InputError(
            f"declares the XML entity '{name}'",
            file=path,
            line=parser.CurrentLineNumber,
            expected="XML without entities of its own, as the corpora have",
            hint="Do not trust this file; get the original",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the latter two: its encoding
        raise InputError(
            f"is no XML ({error})",
            file=path,
            line=parser.CurrentLineNumber,
            expected="a well-formed XML file in UTF-8",
        ) from error
    return top.children[0]
