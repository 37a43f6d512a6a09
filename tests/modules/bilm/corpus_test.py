"""A pass over a corpus gives every sentence the layers that it has alone, to the last bit."""

from operator import itemgetter
from pathlib import Path

import numpy
import pytest
import torch
from allennlp.modules.elmo import _ElmoBiLm, batch_to_ids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from bluelmo_plugins.modules.bilm import BiLm, Corpus, CorpusPass, corpus, whole_layers

words = st.one_of(
    st.sampled_from(["the", "@DRUG$", "in", ".", "", "NA", "alpha-2b"]),
    st.text(max_size=3),
    st.text(alphabet="βγδж中文عé", min_size=1, max_size=20),
    st.text(min_size=48, max_size=70),
)
sentences = st.lists(words, min_size=1, max_size=8)
long_sentences = st.integers(100, 500).map(lambda length: [f"w{n % 61}" for n in range(length)])


@st.composite
def corpora(draw: st.DrawFn) -> list[list[str]]:
    """Sentences, some of them copies, beginnings, ends, or masked versions of others."""
    found = draw(st.lists(sentences, min_size=1, max_size=5))
    for base in list(found):
        place = draw(st.integers(0, len(base) - 1))
        derived = [base, base[: place + 1], base[place:], [*base[:place], "@GENE$", *base[place:]]]
        found += draw(st.lists(st.sampled_from(derived), max_size=3))
    return found + draw(st.lists(long_sentences, max_size=1))


def corpus_of(batch: list[list[str]]) -> Corpus:
    made = Corpus()
    for sentence in batch:
        made.add(batch_to_ids([sentence])[0].numpy())
    return made


def by_pass(bilm: BiLm, batch: list[list[str]]) -> list[Tensor]:
    """Each sentence's layers by a pass over all, `(num_layers, num_tokens, dim)`."""
    made = corpus_of(batch)
    found: list[Tensor] = [torch.empty(0)] * len(batch)
    corpus_pass = CorpusPass(bilm, made)
    for numbers in corpus_pass.batches(range(len(made))):
        lengths = [made.length(number) for number in numbers]
        halves = torch.stack(
            [values for _, values in sorted(corpus_pass.halves(numbers), key=itemgetter(0))], dim=1
        )
        layers = torch.stack(whole_layers(halves))
        for number, of_sentence in zip(numbers, layers.split(lengths, dim=1), strict=True):
            found[number] = of_sentence
    return found


def alone(bilm: BiLm, sentence: list[str]) -> Tensor:
    return torch.stack(whole_layers(bilm(batch_to_ids([sentence]))[0]))


@pytest.fixture(scope="module")
def bilm(tiny_elmo: Path) -> BiLm:
    return BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5")


@pytest.fixture(scope="module")
def stock(tiny_elmo: Path) -> _ElmoBiLm:
    return _ElmoBiLm(str(tiny_elmo / "options.json"), str(tiny_elmo / "weights.hdf5"))


@settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batch=corpora(), tokens=st.sampled_from([1, 7, 100000]), words_kept=st.integers(0, 40))
def test_any_corpus_gets_the_layers_of_allennlp(
    bilm: BiLm,
    stock: _ElmoBiLm,
    batch: list[list[str]],
    tokens: int,
    words_kept: int,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(corpus.TOKENS_PER_BATCH, "cpu", tokens)
        patch.setattr(corpus, "WORDS_KEPT", words_kept)
        found = by_pass(bilm, batch)
    stock._elmo_lstm.reset_states()
    expected = torch.stack(stock(batch_to_ids(batch))["activations"], dim=1)[:, :, 1:-1]
    for sentence, ours, theirs in zip(batch, found, expected, strict=True):
        torch.testing.assert_close(ours, theirs[:, : len(sentence)], atol=1e-5, rtol=1e-5)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batch=corpora())
def test_the_layers_of_a_sentence_are_the_same_bits_in_any_company(
    bilm: BiLm, batch: list[list[str]]
) -> None:
    for sentence, layers in zip(batch, by_pass(bilm, batch), strict=True):
        assert torch.equal(layers, alone(bilm, sentence))


def test_a_real_bilm_gives_the_same_bits_in_any_company(shared_dir: Path) -> None:
    files = shared_dir / "elmo-pubmed-small"
    real = BiLm(files / "options.json", files / "weights.hdf5")
    batch = [[f"gene-{number % 7}"] * (1 + number % 40) + ["binds", "."] for number in range(300)]
    for sentence, layers in zip(batch, by_pass(real, batch), strict=True):
        assert torch.equal(layers, alone(real, sentence))


def test_each_distinct_word_is_encoded_once(bilm: BiLm, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    encode_words = bilm.encode_words

    def counted(character_ids: Tensor) -> Tensor:
        encoded.append(len(character_ids))
        return encode_words(character_ids)

    monkeypatch.setattr(bilm, "encode_words", counted)
    monkeypatch.setitem(corpus.TOKENS_PER_BATCH, "cpu", 4)
    by_pass(bilm, [["a", "b", "a"], ["b", "c"], ["c", "b", "a", "d"]])
    num_boundaries, num_words = 2, 4
    assert sum(encoded) == num_boundaries + num_words


def test_batches_hold_sentences_of_like_length_within_their_bound() -> None:
    made = corpus_of([["a"] * length for length in (5, 1, 9, 5, 2, 30)])
    batches = list(made.batches(range(len(made)), tokens_per_batch=10))
    assert batches == [[1, 4, 0], [3], [2], [5]]


def test_of_a_corpus_one_may_ask_for_some_sentences_only() -> None:
    made = corpus_of([["a"], ["b", "c"], ["d"]])
    assert list(made.batches([2, 0], tokens_per_batch=10)) == [[2, 0]]
    assert made.words_of([2, 1]).tolist() == [3, 1, 2]
    assert numpy.array_equal(made.characters(), batch_to_ids([["a", "b", "c", "d"]])[0])
