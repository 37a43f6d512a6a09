"""XML of strangers: elements with their lines; a file that declares entities is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Union
from xml.parsers import expat

from bluelmo_plugins.errors import InputError


@dataclass
class Element:
    """
    An element.

    # Parameters

    name : `str`
        Its tag.
    attributes : `dict[str, str]`
        Its attributes.
    file : `Path`
        The file that it is in.
    line : `int`
        The line of its start tag, counted from 1.
    children : `list[Element]`, optional (default = `[]`)
        The elements in it.
    text : `str`, optional (default = `""`)
        The text directly in it.
    """

    name: str
    attributes: dict[str, str]
    file: Path
    line: int
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def named(self, name: str) -> list["Element"]:
        """The elements of a name directly in it."""
        return [child for child in self.children if child.name == name]

    def walk(self) -> Iterator["Element"]:
        """It and all elements below, in the order of the file."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)

    def get(self, attribute: str) -> str:
        """
        The value of an attribute.

        # Parameters

        attribute : `str`
            Its name.

        # Raises

        `InputError`
            If the element has none of this name.
        """
        if attribute not in self.attributes:
            raise self.error(f"<{self.name}> has no attribute '{attribute}'")
        return self.attributes[attribute]

    def error(self, found: str, expected: Union[str, None] = None) -> InputError:
        """
        An error at this element.

        # Parameters

        found : `str`
            What is wrong.
        expected : `str`, optional (default = `None`)
            What should have been there.

        # Returns

        `InputError`
            For the caller to raise.
        """
        return InputError(found, file=self.file, line=self.line, expected=expected)


def read_xml(path: Path, data: Union[bytes, None] = None) -> Element:
    """
    Parses a file.

    # Parameters

    path : `Path`
        Its name.
    data : `bytes`, optional (default = `None`)
        What it holds, if that is not to be read from it.

    # Returns

    `Element`
        The root.

    # Raises

    `InputError`
        If the file cannot be read, is no well-formed XML, or declares entities: some blow up to
        gigabytes when they are put in, and others read files of this machine.
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
            todo="Do not trust this file; get the original",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InputError(
            f"is no XML ({expat.ErrorString(error.code)})",
            file=path,
            line=error.lineno,
            expected="a well-formed XML file",
        ) from error
    return top.children[0]
