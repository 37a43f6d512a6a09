"""Sample relation corpora: labels, markers and indices as in the circulating files."""

import re
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.sample.relation import relation_splits
from bluelmo_plugins.sample.relation_corpora import CHEMPROT, DDI, I2B2
from bluelmo_plugins.sample.sentences import TOKEN

CORPORA = {"ddi2013-type": DDI, "ChemProt": CHEMPROT, "i2b2-2010": I2B2}
LABELS = {
    "ddi2013-type": {"DDI-false", "DDI-advise", "DDI-effect", "DDI-int", "DDI-mechanism"},
    "ChemProt": {"false", "CPR:3", "CPR:4", "CPR:5", "CPR:6", "CPR:9"},
    "i2b2-2010": {"false", "PIP", "TeCP", "TeRP", "TrAP", "TrCP", "TrIP", "TrNAP", "TrWP"},
}
INDICES = {
    "ddi2013-type": r"DDI-Sample\.d\d+\.s\d+\.p\d+",
    "ChemProt": r"\d{8}\.T\d+\.T\d+",
    "i2b2-2010": r"(sample-\d+)\.\1\.con\.l\d+\.\1\.con\.l\d+",
}
MARKER = re.compile(r"@[\w-]+\$")
SPLITS = ("train", "dev", "test")


@pytest.mark.parametrize("folder", CORPORA)
@pytest.mark.parametrize("split", SPLITS)
def test_every_label_is_there_and_the_negative_is_the_majority(folder, split, sample_rows):
    header, *rows = sample_rows(folder, split)
    assert header == ["index", "sentence", "label"]
    labels = Counter(label for _, _, label in rows)
    others = {"CPR:1", "CPR:10"} if (folder, split) == ("ChemProt", "train") else set()
    assert set(labels) == LABELS[folder] | others
    assert 0.7 < labels[CORPORA[folder].negative] / len(rows) < 0.85


@pytest.mark.parametrize("folder", CORPORA)
def test_indices_follow_the_pattern_and_only_chemprot_repeats_one(folder, sample_rows):
    for split in SPLITS:
        rows = sample_rows(folder, split)[1:]
        indices = Counter(index for index, _, _ in rows)
        assert all(re.fullmatch(INDICES[folder], index) for index in indices)
        twice = [index for index, count in indices.items() if count > 1]
        assert len(twice) == (folder == "ChemProt")
        for index in twice:
            assert len({label for other, _, label in rows if other == index}) == 2
            assert len({sentence for other, sentence, _ in rows if other == index}) == 1


def test_ddi_pairs_of_a_sentence_are_numbered_in_the_order_of_their_entities(sample_rows):
    by_sentence: dict[str, list[tuple[int, str]]] = {}
    for index, sentence, _ in sample_rows("ddi2013-type", "train")[1:]:
        stem, _, pair = index.rpartition(".p")
        by_sentence.setdefault(stem, []).append((int(pair), sentence))
    sizes = set()
    for pairs in by_sentence.values():
        assert [number for number, _ in pairs] == list(range(len(pairs)))
        sizes.add(len(pairs))
        if len(pairs) > 1:
            # In (e0, e1), (e0, e2), ... the first marker never moves back.
            starts = [MARKER.search(sentence).start() for _, sentence in pairs]
            assert starts[0] == starts[1] == min(starts)
    assert sizes >= {1, 3, 6}


def test_ddi_has_both_kinds_of_markers_in_every_split(sample_rows):
    for split in SPLITS:
        markers = Counter(
            tuple(MARKER.findall(sentence)) for _, sentence, _ in sample_rows("ddi2013-type", split)
        )
        flat = {marker for pair in markers for marker in pair}
        assert {"@DRUG$", "@drug$", "@brand$", "@group$", "@drug_n$", "@DRUG-DRUG$"} == flat
        assert markers[("@DRUG$", "@DRUG$")] > sum(markers.values()) / 2
        assert markers[("@DRUG-DRUG$",)] == 1


@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_a_row_masks_two_entities_of_kinds_that_can_be_related(seed):
    kinds = {
        "ChemProt": [{"@CHEMICAL$", "@GENE$"}],
        "i2b2-2010": [{"@treatment$", "@problem$"}, {"@test$", "@problem$"}, {"@problem$"}],
    }
    for folder, possible in kinds.items():
        for rows in relation_splits(CORPORA[folder], Random(seed)).values():
            for _, sentence, _ in rows[1:]:
                markers = MARKER.findall(sentence)
                assert markers == ["@CHEM-GENE$"] or (
                    len(markers) == 2 and set(markers) in possible
                )


@pytest.mark.parametrize("folder", CORPORA)
def test_some_markers_stand_past_token_128(folder, sample_rows):
    def position(sentence: str) -> int:
        return len(TOKEN.findall(sentence[: MARKER.search(sentence).start()]))

    for split in SPLITS if folder != "i2b2-2010" else ("train", "test"):
        assert max(position(sentence) for _, sentence, _ in sample_rows(folder, split)[1:]) > 128
