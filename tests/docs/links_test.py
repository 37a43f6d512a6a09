"""The pages lead to one another, name what is there, and say each thing once."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, README, REPOSITORY, anchors, code_spans, links, sentences

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
FOLDERS = (
    "benchmarks",
    "bluelmo_plugins",
    "configs",
    "docs",
    "requirements",
    "study",
    "tests",
    ".ci",
)
LONG = 60
"""From so many letters on, a sentence stands on one page only."""


def local_targets(page: Path) -> list[tuple[Path, str]]:
    """The files that a page links to, each with the place in it."""
    local = (link.partition("#") for link in links(page) if "://" not in link)
    return [((page.parent / file).resolve() if file else page, anchor) for file, _, anchor in local]


@each_page
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = [
        f"{target.name}#{anchor}"
        for target, anchor in local_targets(page)
        if not target.exists() or (anchor and anchor not in anchors(target))
    ]
    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, new = {README}, [README]
    while new:
        found = {target for page in new for target, _ in local_targets(page)}
        new = [page for page in found if page in PAGES and page not in reached]
        reached.update(new)
    assert sorted(set(PAGES) - reached) == []


def test_the_readme_lists_every_page() -> None:
    listed = {target for target, _ in local_targets(README)}
    assert [page.name for page in PAGES if page != README and page not in listed] == []


@each_page
def test_files_and_folders_that_are_named_are_there(page: Path) -> None:
    missing = []
    for span in code_spans(page):
        path = re.fullmatch(rf"((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./*-]*)(?:::\w+)?", span)
        # configs/TASK.jsonnet stands for many, and configs/my-ddi.jsonnet is the reader's own.
        if (
            path
            and not re.search(r"\b[A-Z]{4,}\b|/my-", span)
            and not any(REPOSITORY.glob(path[1]))
        ):
            missing.append(span)
    assert missing == []


@pytest.mark.parametrize(("one", "other"), [*combinations(PAGES, 2)], ids=lambda page: page.name)
def test_no_page_repeats_another(one: Path, other: Path) -> None:
    shared = {each for each in sentences(one) & sentences(other) if len(each) >= LONG}
    assert shared == set()
