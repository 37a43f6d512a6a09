"""Sample entity corpora: four columns, true offsets, and the mentions that are hard to read."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.sample.ner import entity_documents, entity_splits
from bluelmo_plugins.sample.ner_corpora import BC5CDR, SHARE_CLEFE

FOLDERS = ("BC5CDR-chem", "BC5CDR-disease", "ShAReCLEFEHealthCorpus")
SPLITS = ("train", "dev", "test")


def _sentences(rows: list[list[str]]) -> list[list[list[str]]]:
    sentences: list[list[list[str]]] = [[]]
    for row in rows:
        if not row:
            sentences.append([])
        elif not row[0].startswith("###"):
            sentences[-1].append(row)
    assert sentences.pop() == [], "the last sentence has no empty line after it"
    return sentences


@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 10**6), corpus=st.sampled_from((BC5CDR, SHARE_CLEFE)))
def test_a_token_stands_at_its_offset_in_the_text_of_its_document(seed, corpus):
    texts = {
        document.name: document.text
        for documents in entity_documents(corpus, Random(seed)).values()
        for document in documents
    }
    rest = dict(texts)
    entity = next(iter(corpus.mentions.values()))
    for rows in entity_splits(corpus, entity, Random(seed)).values():
        for sentence in _sentences(rows):
            name = sentence[0][1]
            assert [row[1] for row in sentence[1:]] == ["-"] * (len(sentence) - 1)
            for token, _, offset, _ in sentence:
                start = int(offset)
                assert texts[name][start : start + len(token)] == token
                # Blanked out, so that no two tokens can claim the same place.
                assert rest[name][start : start + len(token)] == token
                end = start + len(token)
                rest[name] = rest[name][:start] + " " * len(token) + rest[name][end:]
    assert all(text.isspace() for text in rest.values())


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("split", SPLITS)
def test_all_tags_and_awkward_cases_are_in_every_split(folder, split, sample_rows):
    rows = sample_rows(folder, split)
    sentences = _sentences(rows)
    assert {row[3] for sentence in sentences for row in sentence} == {"B", "I", "O"}
    tokens = {row[0] for sentence in sentences for row in sentence}
    assert tokens >= {'"', "NA", "null", "None", "naïve", "µg"}
    assert any(sentence[0][3] == "I" for sentence in sentences), "no mention is torn apart"
    assert any("." in [row[0] for row in sentence[:-1]] for sentence in sentences)
    assert max(map(len, sentences)) > 128


@pytest.mark.parametrize("split", SPLITS)
def test_only_shareclefe_has_discontinuous_mentions_and_document_lines(split, sample_rows):
    for folder in FOLDERS:
        rows = sample_rows(folder, split)
        discontinuous = sum(
            second[3] == "I" and first[3] == "O"
            for sentence in _sentences(rows)
            for first, second in pairwise(sentence)
        )
        document_lines = sum(row[0].startswith("###") for row in rows if row)
        assert bool(discontinuous) == bool(document_lines) == (folder == FOLDERS[2])


def test_bc5cdr_corpora_share_their_sentences_and_not_their_tags(sample_rows):
    for split in SPLITS:
        chemicals, diseases = (sample_rows(folder, split) for folder in FOLDERS[:2])
        assert [row[:3] for row in chemicals] == [row[:3] for row in diseases]
        tags = [(c[3], d[3]) for c, d in zip(chemicals, diseases, strict=True) if c]
        assert {("B", "O"), ("O", "B"), ("O", "O")} <= set(tags)
        assert not {("B", "B"), ("I", "I"), ("B", "I"), ("I", "B")} & set(tags)


def test_a_mention_past_token_128_is_in_every_split(sample_rows):
    for split in SPLITS:
        assert any(
            row[3] == "B"
            for folder in FOLDERS
            for sentence in _sentences(sample_rows(folder, split))
            for row in sentence[128:]
        )
