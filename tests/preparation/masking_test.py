"""Markers in place of two entities."""

import pytest

from bluelmo_plugins.preparation.masking import Entity, mask

TEXT = "Zink and  varimol salts\ninteract"


def entity(text: str, kind: str) -> Entity:
    start = TEXT.index(text)
    return Entity(text, start, start + len(text), kind)


@pytest.mark.parametrize("turned", [False, True])
def test_each_entity_has_the_marker_of_its_kind(turned: bool) -> None:
    pair = [entity("Zink", "brand"), entity("varimol", "drug")]
    if turned:
        pair.reverse()
    assert mask(TEXT, *pair, str) == "@brand$ and @drug$ salts interact"


def test_names_stand_for_kinds() -> None:
    pair = entity("Zink", "brand"), entity("salts", "group")
    assert mask(TEXT, *pair, lambda kind: "DRUG") == "@DRUG$ and varimol @DRUG$ interact"


@pytest.mark.parametrize("second", ["varimol salts", "mol salts", " salts"])
def test_entities_that_overlap_or_touch_share_a_marker(second: str) -> None:
    pair = entity("varimol", "drug"), entity(second, "group")
    assert mask(TEXT, *pair, str) == "Zink and @drug-group$ interact"
    assert mask(TEXT, *pair, str, joint="BOTH") == "Zink and @BOTH$ interact"


def test_a_shared_marker_names_the_first_entity_first_wherever_it_stands() -> None:
    pair = entity("varimol salts", "group"), entity("varimol", "drug")
    assert mask(TEXT, *pair, str) == "Zink and @group-drug$ interact"
