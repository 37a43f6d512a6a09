"""Markers in place of two entities."""

import pytest

from bluelmo_plugins.corpora.converters.masking import Entity, mask

TEXT = "Zink and  varimol salts\ninteract"
NAMES = ("brand", "drug")


def entity(text: str) -> Entity:
    start = TEXT.index(text)
    return Entity(text, start, start + len(text), "")


@pytest.mark.parametrize("typed", [False, True])
def test_names_are_those_of_the_entities_in_their_order(typed: bool) -> None:
    pair = (entity("Zink"), entity("varimol"))
    assert mask(TEXT, pair, NAMES, typed) == "@brand$ and @drug$ salts interact"


def test_names_keep_their_places_as_in_blue_unless_they_are_types() -> None:
    pair = (entity("varimol"), entity("Zink"))
    assert mask(TEXT, pair, NAMES, typed=False) == "@brand$ and @drug$ salts interact"
    assert mask(TEXT, pair, NAMES, typed=True) == "@drug$ and @brand$ salts interact"


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("second", ["varimol salts", "mol salts", " salts"])
def test_entities_that_overlap_or_touch_share_a_marker(second: str, typed: bool) -> None:
    pair = (entity("varimol"), entity(second))
    assert mask(TEXT, pair, NAMES, typed) == "Zink and @brand-drug$ interact"
    assert mask(TEXT, pair[::-1], NAMES, typed) == "Zink and @brand-drug$ interact"
    assert mask(TEXT, pair, NAMES, typed, joint="BOTH") == "Zink and @BOTH$ interact"
