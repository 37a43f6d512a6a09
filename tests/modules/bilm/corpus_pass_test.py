"""A pass over a corpus computes the same bits for a sentence as for the sentence alone."""

import multiprocessing
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Optional

import numpy
import pytest
import torch
from allennlp.modules.elmo import _ElmoBiLm, batch_to_ids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from bluelmo_plugins.modules.bilm import (
    BiLm,
    Corpus,
    CorpusPass,
    bidirectional_layers,
    corpus_pass,
    lstm,
)
from bluelmo_plugins.modules.bilm.corpus_pass import keep_freed_memory, release_freed_memory
from bluelmo_plugins.modules.bilm.prefix_tree import MIN_ROWS
from tests.own_memory import anonymous_bytes

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
    corpus = Corpus()
    for sentence in batch:
        corpus.add(batch_to_ids([sentence])[0].numpy())
    return corpus


def by_pass(
    bilm: BiLm,
    batch: list[list[str]],
    num_workers: Optional[int] = None,
    dtype: torch.dtype = torch.float32,
) -> list[Tensor]:
    """Each sentence's layers by a pass over all, `(num_layers, num_tokens, dim)`."""
    corpus = corpus_of(batch)
    found: list[Tensor] = [torch.empty(0)] * len(batch)
    for indices, slices in CorpusPass(bilm, corpus, dtype, num_workers).run(range(len(corpus))):
        lengths = [corpus.length(index) for index in indices]
        layers = torch.stack(bidirectional_layers(slices))
        for index, of_sentence in zip(indices, layers.split(lengths, dim=1), strict=True):
            found[index] = of_sentence
    return found


@pytest.fixture(scope="module", params=["plain", "packed"])
def bilm(tiny_elmo: Path, request: pytest.FixtureRequest) -> BiLm:
    loaded = BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5")
    return loaded.pack() if request.param == "packed" else loaded


@pytest.fixture(scope="module")
def stock(tiny_elmo: Path) -> _ElmoBiLm:
    return _ElmoBiLm(str(tiny_elmo / "options.json"), str(tiny_elmo / "weights.hdf5"))


@settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    batch=corpora(),
    tokens=st.sampled_from([1, 7, 100000]),
    most_sentences=st.sampled_from([1, 2, 512]),
    cached_words=st.integers(0, 40),
    gates=st.sampled_from([1, 2**14, 2**23]),
    num_workers=st.integers(0, 3),
)
def test_the_layers_of_any_corpus_equal_allennlp(
    bilm: BiLm,
    stock: _ElmoBiLm,
    batch: list[list[str]],
    tokens: int,
    most_sentences: int,
    cached_words: int,
    gates: int,
    num_workers: int,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(corpus_pass.TOKENS_PER_BATCH, "cpu", tokens)
        patch.setitem(lstm.BYTES_OF_GATES, "cpu", gates)
        patch.setitem(corpus_pass.SENTENCES_PER_BATCH, "cpu", most_sentences)
        patch.setattr(corpus_pass, "MIN_TOKENS_PER_BATCH", 1)
        patch.setattr(corpus_pass, "CACHED_WORDS", cached_words)
        found = by_pass(bilm, batch, num_workers)
    stock._elmo_lstm.reset_states()
    expected = torch.stack(stock(batch_to_ids(batch))["activations"], dim=1)[:, :, 1:-1]
    for sentence, ours, theirs in zip(batch, found, expected, strict=True):
        torch.testing.assert_close(ours, theirs[:, : len(sentence)], atol=1e-5, rtol=1e-5)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batch=corpora(), num_workers=st.integers(1, 3))
def test_the_layers_of_a_sentence_are_the_same_bits_in_any_corpus(
    bilm: BiLm, batch: list[list[str]], num_workers: int
) -> None:
    for sentence, layers in zip(batch, by_pass(bilm, batch, num_workers), strict=True):
        (alone,) = by_pass(bilm, [sentence])
        assert torch.equal(layers, alone)


@pytest.mark.parametrize("num_workers", [0, 2])
def test_layers_in_half_precision_are_those_in_single_precision_rounded_once(
    bilm: BiLm, num_workers: int
) -> None:
    batch = [["the", "@DRUG$", "in", "."], ["the", "@DRUG$"], ["alpha-2b"]]
    single = by_pass(bilm, batch, num_workers)
    half = by_pass(bilm, batch, num_workers, torch.float16)
    assert all(map(torch.equal, half, [layers.half() for layers in single]))


@pytest.mark.parametrize("num_threads", [1, 2, 3, 6])
@pytest.mark.parametrize("compute", ["fp32", "bf16"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_real_bilm_computes_the_same_bits_in_any_batch_on_any_number_of_threads(
    shared_dir: Path,
    real_sentences: list[list[str]],
    num_threads: int,
    compute: str,
    packed: bool,
) -> None:
    files = shared_dir / "elmo-pubmed-small"
    real = BiLm(files / "options.json", files / "weights.hdf5", compute=compute)
    if packed:
        real.pack()
    expected = by_pass(real, real_sentences, num_workers=1)
    with threads(num_threads):
        together = by_pass(real, real_sentences)
        portions = [real_sentences[first : first + 7] for first in range(0, 210, 7)]
        in_portions = [layers for portion in portions for layers in by_pass(real, portion)]
    for found in (together, in_portions):
        if compute == "bf16" and has_matrix_units():
            # bf16 itself deviates from single precision by twice as much.
            assert deviation(found, expected) < 1e-3
        else:
            assert all(map(torch.equal, found, expected))


def test_levels_computed_in_parts_are_the_same_bits(
    bilm: BiLm, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [[f"w{first}", "in", f"w{first}"] for first in range(70)]
    whole = by_pass(bilm, batch, num_workers=0)
    monkeypatch.setitem(lstm.BYTES_OF_GATES, "cpu", 1)
    multiply = lstm.add_linear_
    sizes = []

    def note(sums: Tensor, rows: Tensor, weight: Tensor) -> None:
        sizes.append(len(rows))
        multiply(sums, rows, weight)

    monkeypatch.setattr(lstm, "add_linear_", note)
    assert all(map(torch.equal, by_pass(bilm, batch, num_workers=0), whole))
    assert max(sizes) == MIN_ROWS


def has_matrix_units() -> bool:
    """Whether sums of bf16 products depend on the number of rows (see docs/own-elmo.md)."""
    if "ONEDNN_MAX_CPU_ISA" in os.environ or not hasattr(torch.cpu, "get_capabilities"):
        return False
    return bool(torch.cpu.get_capabilities().get("amx_bf16"))


def deviation(found: list[Tensor], expected: list[Tensor]) -> float:
    """The relative root mean square error."""
    values = torch.cat([layers.flatten() for layers in expected])
    differences = torch.cat([layers.flatten() for layers in found]) - values
    return float(differences.norm() / values.norm())


@contextmanager
def threads(number: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def test_closing_the_pass_early_cancels_the_rest(
    bilm: BiLm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(corpus_pass.TOKENS_PER_BATCH, "cpu", 1)
    monkeypatch.setattr(corpus_pass, "MIN_TOKENS_PER_BATCH", 1)
    computed: list[int] = []
    outputs = bilm.lstm_outputs

    def counted(direction: int, *inputs: Any) -> list[Tensor]:
        computed.append(direction)
        return outputs(direction, *inputs)

    monkeypatch.setattr(bilm, "lstm_outputs", counted)
    corpus = corpus_of([[f"w{number}"] for number in range(50)])
    running = CorpusPass(bilm, corpus, num_workers=2).run(range(50))
    next(running)
    running.close()
    assert 0 < len(computed) <= 4


def test_each_distinct_word_is_encoded_once(bilm: BiLm, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    encode = bilm.character_encoder.forward

    def counted(character_ids: Tensor) -> Tensor:
        encoded.append(len(character_ids))
        return encode(character_ids)

    monkeypatch.setattr(bilm.character_encoder, "forward", counted)
    monkeypatch.setitem(corpus_pass.TOKENS_PER_BATCH, "cpu", 4)
    monkeypatch.setattr(corpus_pass, "MIN_TOKENS_PER_BATCH", 1)
    by_pass(bilm, [["a", "b", "a"], ["b", "c"], ["c", "b", "a", "d"]])
    num_boundaries, num_words = 2, 4
    assert sum(encoded) == num_boundaries + num_words


def test_batches_hold_sentences_of_similar_length_up_to_a_number_of_tokens() -> None:
    corpus = corpus_of([["a"] * length for length in (5, 1, 9, 5, 2, 30)])
    batches = list(corpus.batches(range(len(corpus)), tokens_per_batch=10, sentences_per_batch=3))
    assert batches == [[1, 4, 0], [3], [2], [5]]


def test_batches_have_a_maximum_number_of_sentences() -> None:
    corpus = corpus_of([["a"], ["b"], ["c"], ["d", "e"], ["f"]])
    batches = list(corpus.batches(range(len(corpus)), tokens_per_batch=10, sentences_per_batch=2))
    assert batches == [[0, 1], [2, 4], [3]]


def test_some_sentences_of_a_corpus_may_be_selected() -> None:
    corpus = corpus_of([["a"], ["b", "c"], ["d"]])
    assert list(corpus.batches([2, 0], tokens_per_batch=10, sentences_per_batch=10)) == [[2, 0]]
    assert corpus.word_ids([2, 1]).tolist() == [3, 1, 2]
    assert numpy.array_equal(corpus.character_ids(), batch_to_ids([["a", "b", "c", "d"]])[0])


@pytest.mark.skipif(sys.platform != "linux", reason="needs glibc and /proc")
def test_fragmented_freed_memory_is_released() -> None:
    # Smaller than the objects that glibc maps separately.
    blocks = [bytearray(b"x" * 65536) for _ in range(1600)]
    kept = blocks[1::2]
    del blocks
    before = anonymous_bytes()
    release_freed_memory()
    assert anonymous_bytes() < before - 20e6
    assert len(kept) == 800


@pytest.mark.skipif(sys.platform != "linux", reason="needs glibc and /proc")
def test_kept_memory_causes_no_page_faults_and_can_be_released() -> None:
    # In another process, since the setting is permanent.
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_measure, args=(theirs,))
    process.start()
    theirs.close()
    faults, faults_after, released = ours.recv()
    process.join()
    assert faults > 100
    assert faults_after < faults / 20
    assert released > 60e6


def _measure(connection: Connection) -> None:
    torch.set_num_threads(1)
    faults = _faults()
    keep_freed_memory()
    _faults()
    faults_after = _faults()
    kept = anonymous_bytes()
    release_freed_memory()
    connection.send((faults, faults_after, kept - anonymous_bytes()))


def _faults() -> int:
    """Returns the page faults of ten large tensors."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        torch.ones(2**24)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
