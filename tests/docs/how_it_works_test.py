"""docs/how-it-works.md names modules that are there, and every extension point that is used."""

import re
from collections import defaultdict

import pytest

from tests.configs.docs_test import names, rows
from tests.conventions_test import PACKAGE, registrations
from tests.docs.pages import REPOSITORY, code_blocks, code_spans

PAGE = REPOSITORY / "docs" / "how-it-works.md"
PATH = re.compile(r"[a-z_]+/[\w./*-]*|\w+\.py")

(PICTURE,) = code_blocks(PAGE, "mermaid")


def extension_points() -> dict[str, list[str]]:
    """The table of what is registered where."""
    section = PAGE.read_text().split("| AllenNLP's extension point |")[1].split("\n\n")[0]
    return {base: names(row[1]) for row in rows(section) for base in names(row[0])}


def is_there(path: str) -> bool:
    """A folder or file of the package or the repository; a bare name anywhere in it."""
    if "/" not in path:
        return any(PACKAGE.rglob(path))
    return any(any(folder.glob(path.rstrip("/."))) for folder in (PACKAGE, REPOSITORY))


@pytest.mark.parametrize("text", [PICTURE, *code_spans(PAGE)], ids=lambda text: text[:20])
def test_modules_that_are_named_are_there(text: str) -> None:
    paths = PATH.findall(re.sub(r"<[^>]+>", " ", text))
    assert [path for path in paths if not is_there(path)] == []


def test_every_step_of_the_picture_is_a_row_of_the_table() -> None:
    steps = re.findall(r"<b>(.+?)</b>", PICTURE)
    assert len(steps) == 9
    assert [row[0] for row in rows(PAGE.read_text()) if len(row) == 4][1:] == steps


def test_every_arrow_of_the_picture_joins_two_boxes() -> None:
    boxes = set(re.findall(r"^ +(\w+)[\[(]", PICTURE, re.MULTILINE))
    arrows = [
        line for line in PICTURE.splitlines() if re.search(r"<?-\.?-?>", line) and '"' not in line
    ]
    joined = {box for line in arrows for box in re.findall(r"\w+", line)}
    assert joined == boxes


def test_every_extension_point_that_is_used_is_listed() -> None:
    used = {base.__name__ for base, _, _, _ in registrations() if base.__module__[:8] == "allennlp"}
    assert sorted(used - extension_points().keys()) == []


def test_every_name_that_is_listed_is_registered_there() -> None:
    registered = defaultdict(set)
    for base, name, _, _ in registrations():
        registered[base.__name__].add(name)
    wrong = {
        base: set(listed) - registered[base]
        for base, listed in extension_points().items()
        if base != "Subcommand"
    }
    assert not any(wrong.values()), wrong
