"""The biLM that is trained: its likelihoods, its softmaxes, its metrics."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.data import Batch, Token, Vocabulary
from allennlp.data.fields import TextField
from allennlp.data.instance import Instance
from allennlp.modules.elmo import _ElmoBiLm, batch_to_ids

from bluelmo_plugins.dataset_readers.language_model import TextReader
from bluelmo_plugins.dataset_readers.word_vocabulary import WordVocabulary
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.metrics.perplexity import BiLmPerplexity
from bluelmo_plugins.models.language_model import BiLmLanguageModel
from bluelmo_plugins.modules.bilm.weights import write_weights
from tests.several_processes import run_in_processes

SENTENCES = [
    ["Aspirin", "reduces", "fever", "."],
    ["Fever", "."],
    ["Aspirin", "reduces", "pain", "and", "fever", "."],
    ["Unknown"],
]
OPTIONS: dict[str, Any] = {
    "lstm": {
        "use_skip_connections": True,
        "projection_dim": 8,
        "cell_clip": 3,
        "proj_clip": 3,
        "dim": 32,
        "n_layers": 2,
    },
    "char_cnn": {
        "activation": "relu",
        "filters": [[1, 8], [2, 8], [3, 16]],
        "n_highway": 1,
        "embedding": {"dim": 4},
        "max_characters_per_token": 50,
    },
}


def instances(sentences: list[list[str]]) -> list[Instance]:
    reader = TextReader()
    made = [reader.text_to_instance([Token(word) for word in sentence]) for sentence in sentences]
    for instance in made:
        reader.apply_token_indexers(instance)
    return made


def vocabulary() -> Vocabulary:
    return WordVocabulary.from_sentences(instances(SENTENCES[:3]))


def language_model(**options: Any) -> BiLmLanguageModel:
    torch.manual_seed(0)
    model = BiLmLanguageModel(vocabulary(), BiLmPerplexity(), OPTIONS, **options)
    # Weights as drawn give nearly the same likelihood to all words.
    for weight in model.softmax.parameters():
        torch.nn.init.normal_(weight)
    return model


def batch(sentences: list[list[str]], vocab: Vocabulary) -> dict[str, Any]:
    made = Batch(instances(sentences))
    made.index_instances(vocab)
    return made.as_tensor_dict()


def plain_nll(model: BiLmLanguageModel, folder: Path, direction: int) -> float:
    """By AllenNLP's own biLM on the written files, sentence by sentence."""
    model.bilm.save(folder / "options.json", folder / "weights.hdf5")
    stock = _ElmoBiLm(str(folder / "options.json"), str(folder / "weights.hdf5"))
    weight, bias = model.softmax.sampled.softmax_w, model.softmax.sampled.softmax_b
    nll = 0.0
    for sentence in SENTENCES:
        stock._elmo_lstm.reset_states()
        states = stock(batch_to_ids([sentence]))["activations"][-1][0].split(8, dim=-1)[direction]
        words = ["<S>", *sentence, "</S>"]
        states, words = (states[1:], words[:-1]) if direction else (states[:-1], words[1:])
        for state, word in zip(states, words, strict=True):
            likelihoods = (weight @ state + bias).log_softmax(dim=0)
            nll -= likelihoods[model.vocab.get_token_index(word, "words") - 1].item()
    return nll


@pytest.mark.parametrize("softmax", ["full", "sampled"])
def test_perplexity_equals_a_plain_computation(tmp_path: Path, softmax: str) -> None:
    model = language_model(softmax=softmax, num_samples=2).eval()
    with torch.no_grad():
        for part in (SENTENCES[:1], SENTENCES[1:]):
            model(**batch(part, model.vocab))
    metrics = model.get_metrics(reset=True)
    forward, backward = (plain_nll(model, tmp_path, direction) for direction in (0, 1))
    number = sum(len(sentence) + 1 for sentence in SENTENCES)
    assert metrics == pytest.approx(
        {
            "forward_perplexity": math.exp(forward / number),
            "backward_perplexity": math.exp(backward / number),
            "perplexity": math.exp((forward + backward) / (2 * number)),
            "tokens": 13,
            "oov": 1 / 13,
        },
        rel=1e-5,
    )
    assert forward != pytest.approx(backward, rel=1e-3)
    assert model.get_metrics()["tokens"] == 0


def test_the_loss_is_the_mean_of_both_directions(tmp_path: Path) -> None:
    model = language_model().eval()
    loss = model(**batch(SENTENCES, model.vocab))["loss"].item()
    forward, backward = (plain_nll(model, tmp_path, direction) for direction in (0, 1))
    assert loss == pytest.approx((forward + backward) / (2 * 17), rel=1e-5)


def test_the_adaptive_softmax_is_a_distribution_over_the_vocabulary() -> None:
    model = language_model(softmax="adaptive", cutoffs=[2, 4])
    number = model.vocab.get_vocab_size("words") - 1
    losses = [model.softmax(torch.ones(1, 8), torch.tensor([word])) for word in range(number)]
    assert sum(math.exp(-loss.item()) for loss in losses) == pytest.approx(1)


def test_training_reports_no_perplexity() -> None:
    model = language_model(softmax="sampled", num_samples=2).train()
    model(**batch(SENTENCES, model.vocab))
    assert model.get_metrics() == {"tokens": 13, "oov": 1 / 13}


def test_more_samples_than_words_are_an_error() -> None:
    with pytest.raises(InputError, match="num_samples is 100"):
        language_model(softmax="sampled", num_samples=100)


def test_a_loss_that_is_not_finite_is_an_error() -> None:
    model = language_model()
    torch.nn.init.constant_(model.softmax.sampled.softmax_b, float("nan"))
    with pytest.raises(InputError, match="loss of a batch is nan"):
        model(**batch(SENTENCES, model.vocab))


def test_dropout_is_in_force_in_training_alone() -> None:
    model = language_model(dropout=0.5)
    inputs = batch(SENTENCES, model.vocab)
    assert model(**inputs)["loss"] != model(**inputs)["loss"]
    model.eval()
    assert model(**inputs)["loss"] == model(**inputs)["loss"]


def test_the_softmax_beside_the_files_is_read(tmp_path: Path) -> None:
    model = language_model().eval()
    files = {"options_file": tmp_path / "options.json", "weight_file": tmp_path / "weights.hdf5"}
    model.bilm.save(*files.values())
    words, rows = model.words_of_file()
    assert words[:3] == ["<S>", "</S>", "<UNK>"]
    write_weights(tmp_path / "softmax.hdf5", model.softmax.file_layers(rows))
    (tmp_path / "vocabulary.txt").write_text("".join(f"{word}\n" for word in words))
    named = {name: str(path) for name, path in files.items()}
    again = BiLmLanguageModel(model.vocab, BiLmPerplexity(), **named).eval()
    inputs = batch(SENTENCES, model.vocab)
    assert again(**inputs)["loss"] == model(**inputs)["loss"]


def gradients_in_a_process(rank: int, path: Path) -> None:
    model = language_model(dropout=0.0).train()
    # Of unequal sizes, as shares of a batch are.
    share = SENTENCES[:1] if rank == 0 else SENTENCES[1:]
    model(**batch(share, model.vocab))["loss"].backward()
    for weight in model.parameters():
        torch.distributed.all_reduce(weight.grad)
    if rank == 0:
        torch.save([weight.grad / 2 for weight in model.parameters()], path)


def test_two_processes_have_the_gradients_of_one_with_the_whole_batch(tmp_path: Path) -> None:
    run_in_processes(gradients_in_a_process, tmp_path / "gradients.th")
    model = language_model(dropout=0.0).train()
    model(**batch(SENTENCES, model.vocab))["loss"].backward()
    found = torch.load(tmp_path / "gradients.th")
    for weight, gradient in zip(model.parameters(), found, strict=True):
        torch.testing.assert_close(weight.grad, gradient, atol=1e-6, rtol=1e-4)


def test_text_fields_hold_characters_and_words() -> None:
    (instance,) = instances([["Aspirin", "."]])
    field = instance["tokens"]
    assert isinstance(field, TextField)
    assert set(field.token_indexers) == {"elmo", "words"}
