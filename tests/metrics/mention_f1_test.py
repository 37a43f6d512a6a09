"""The official NER score, held against a computation over documents and character spans."""

import logging
import random
import re
import socket
from typing import NamedTuple

import pytest
import torch.multiprocessing as mp
from allennlp.common import Params
from allennlp.common.testing.distributed_test import init_process
from allennlp.training.metrics import Metric
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.metrics.mention_f1 import MentionF1


class Sentence(NamedTuple):
    document: str
    number: int
    gold: str
    predicted: str
    offsets: list[tuple[int, int]]
    cuts: list[int]


def sentences_of(rng: random.Random) -> list[Sentence]:
    """A small corpus: documents with sentences, tags anyhow, offsets that never go backwards."""
    sentences = []
    for document in range(rng.randint(1, 3)):
        character = 0
        for _ in range(rng.randint(1, 4)):
            length = rng.randint(1, 9)
            gold = "".join(rng.choices("BIO", k=length))
            predicted = "".join(t if rng.random() < 0.7 else rng.choice("BIO") for t in gold)
            offsets = []
            for _ in range(length):
                width = rng.randint(1, 5)
                offsets.append((character, character + width))
                character += width + rng.randint(0, 2)
            cuts = sorted(rng.sample(range(1, length), rng.randint(0, min(3, length - 1))))
            number = len(sentences)
            sentences.append(Sentence(str(document), number, gold, predicted, offsets, cuts))
    return sentences


def windows_of(sentence: Sentence) -> list[tuple[list[str], list[str], dict]]:
    ends = [*sentence.cuts, len(sentence.gold)]
    windows = []
    for window, (start, end) in enumerate(zip([0, *sentence.cuts], ends, strict=True)):
        metadata = {
            "document": sentence.document,
            "sentence": sentence.number,
            "line": 20 * sentence.number + 1,
            "window": window,
            "num_windows": len(ends),
            "first_token": start,
            "offsets": sentence.offsets[start:end],
        }
        tags = list(sentence.predicted[start:end]), list(sentence.gold[start:end])
        windows.append((*tags, metadata))
    return windows


def mentions_of(tags: str, sentence: Sentence, discontinuous: bool) -> set:
    """(document, character spans) of each mention, by regular expressions."""
    runs: list[list[tuple[int, int]]] = []
    for run in re.finditer("BI*|I+", tags):
        if run[0].startswith("I") and discontinuous and runs:
            runs[-1].append(run.span())
        else:
            runs.append([run.span()])
    return {
        (sentence.document, *((sentence.offsets[s][0], sentence.offsets[e - 1][1]) for s, e in run))
        for run in runs
    }


def independent_score(sentences: list[Sentence], discontinuous: bool) -> dict[str, float]:
    predicted, gold = set(), set()
    for sentence in sentences:
        predicted |= mentions_of(sentence.predicted, sentence, discontinuous)
        gold |= mentions_of(sentence.gold, sentence, discontinuous)
    precision = len(predicted & gold) / len(predicted) if predicted else 0.0
    recall = len(predicted & gold) / len(gold) if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    pairs = [pair for s in sentences for pair in zip(s.predicted, s.gold, strict=True)]
    return {
        "blue": f1,
        "f1_mention": f1,
        "precision_mention": precision,
        "recall_mention": recall,
        "accuracy_token": sum(p == g for p, g in pairs) / len(pairs),
        "gold_mentions": len(gold),
        "predicted_mentions": len(predicted),
        "true_positives": len(predicted & gold),
    }


def feed(metric: MentionF1, windows: list[tuple[list[str], list[str], dict]]) -> None:
    predicted, gold, metadata = zip(*windows, strict=True)
    metric(list(predicted), list(gold), list(metadata))


def metadata(sentence: int, window: int = 0, num_windows: int = 1) -> dict:
    place = {"document": None, "sentence": sentence, "line": sentence + 1}
    return {**place, "window": window, "num_windows": num_windows}


@settings(deadline=None, max_examples=400)
@given(st.randoms(use_true_random=False), st.booleans())
def test_equals_the_score_over_documents_and_characters_in_any_order_and_batches(
    rng, discontinuous
):
    sentences = sentences_of(rng)
    windows = [window for sentence in sentences for window in windows_of(sentence)]
    rng.shuffle(windows)
    metric = MentionF1("Chemical", discontinuous)
    while windows:
        size = rng.randint(1, 5)
        feed(metric, windows[:size])
        windows = windows[size:]
        assert 0 <= metric.get_metric()["blue"] <= 1
    expected = independent_score(sentences, discontinuous)
    running = metric.get_metric()
    assert running == pytest.approx({key: expected[key] for key in running})
    assert metric.get_metric(reset=True) == pytest.approx(expected)


def test_is_built_from_a_config():
    params = Params({"type": "blue_mention_f1", "entity_type": "Disease", "discontinuous": True})
    metric = Metric.from_params(params)
    assert isinstance(metric, MentionF1)
    assert metric.supports_distributed


def test_a_mention_counts_only_if_it_is_right_in_every_span():
    gold, predicted = [list("BOIO")], [list("BOOO")]
    metric = MentionF1("Disorder", discontinuous=True)
    metric(predicted, gold, [metadata(0)])
    assert metric.get_metric(reset=True)["true_positives"] == 0
    metric(gold, gold, [metadata(0)])
    scores = metric.get_metric(reset=True)
    assert (scores["true_positives"], scores["gold_mentions"]) == (1, 1)


def test_a_mention_across_two_windows_is_one():
    metric = MentionF1("Chemical")
    metric([["I", "O"]], [["I", "O"]], [metadata(0, 1, 2)])
    assert metric.get_metric()["blue"] == 0, "an incomplete sentence does not count yet"
    metric([["O", "B"]], [["O", "B"]], [metadata(0, 0, 2)])
    scores = metric.get_metric(reset=True)
    assert (scores["true_positives"], scores["gold_mentions"], scores["blue"]) == (1, 1, 1.0)


def test_equal_sentences_in_different_places_are_two_sentences():
    metric = MentionF1("Chemical")
    metric([["B"], ["O"]], [["B"], ["B"]], [metadata(0), metadata(1)])
    scores = metric.get_metric(reset=True)
    assert (scores["true_positives"], scores["gold_mentions"]) == (1, 2)


@pytest.mark.parametrize(
    ("predicted", "gold", "expected"),
    [
        pytest.param("OO", "OO", (0, 0, 0, 1), id="neither gold nor prediction"),
        pytest.param("OO", "BO", (0, 0, 0, 0.5), id="no prediction"),
        pytest.param("BO", "OO", (0, 0, 0, 0.5), id="no gold"),
        pytest.param("BI", "BI", (1, 1, 1, 1), id="all right"),
        pytest.param("BB", "BO", (0.5, 1, 2 / 3, 0.5), id="one too many"),
    ],
)
def test_where_there_is_nothing_to_divide_by_the_score_is_zero(predicted, gold, expected):
    metric = MentionF1("Chemical")
    metric([list(predicted)], [list(gold)], [metadata(0)])
    scores = metric.get_metric(reset=True)
    keys = ("precision_mention", "recall_mention", "f1_mention", "accuracy_token")
    assert tuple(scores[key] for key in keys) == pytest.approx(expected)


def test_without_any_sentence_the_score_is_zero():
    assert MentionF1("Chemical").get_metric(reset=True)["blue"] == 0


def test_a_sentence_that_lacks_a_window_is_scored_by_the_others_with_a_warning(caplog):
    metric = MentionF1("Chemical")
    windows = [["O", "B"], ["I", "O"]]
    metric(windows, windows, [metadata(4, 0, 3), metadata(4, 2, 3)])
    with caplog.at_level(logging.WARNING):
        scores = metric.get_metric(reset=True)
    assert (scores["true_positives"], scores["gold_mentions"]) == (2, 2)
    assert "Chemical mentions: 1 sentences lacked a window" in caplog.text
    assert metric.get_metric(reset=True)["gold_mentions"] == 0


def test_reset_forgets_incomplete_sentences():
    metric = MentionF1("Chemical")
    metric([["B"]], [["B"]], [metadata(0, 0, 2)])
    metric.reset()
    metric([["B"]], [["B"]], [metadata(0, 0, 2)])
    metric([["B"]], [["B"]], [metadata(0, 1, 2)])
    assert metric.get_metric(reset=True)["gold_mentions"] == 2


def test_tags_of_another_length_are_an_error():
    with pytest.raises(ValueError, match=r"1 tags .* for the 2 tokens of sentence 5 \(line 6\)"):
        MentionF1("Chemical")([["B"]], [["B", "O"]], [metadata(5)])


def half_of_the_corpus(rank: int, world_size: int, device: int, sentences: list[Sentence]) -> None:
    metric = MentionF1("Chemical")
    for sentence in sentences[rank::world_size]:
        feed(metric, windows_of(sentence))
    expected = independent_score(sentences, discontinuous=False)
    assert metric.get_metric(reset=True) == pytest.approx(expected)


def test_workers_of_a_distributed_run_all_get_the_score_of_the_whole_corpus():
    sentences = sentences_of(random.Random(7))
    assert len(sentences) > 2
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = (2, [-1, -1], half_of_the_corpus, (sentences,), {}, "127.0.0.1", port)
    mp.start_processes(init_process, arguments, nprocs=2, start_method="fork")
