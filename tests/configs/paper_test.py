"""The shipped values, and the preset `paper`, against the ten commands of the original's README."""

from typing import Any, NamedTuple

import pytest

from tests.configs.jsonnet_files import TASKS, at, evaluate, variant


class Command(NamedTuple):
    """The options of one command of elmo/README.md of ncbi-nlp/bluebert."""

    seq2vec: str = "boe"
    maxlen: int = 128
    fchdim: int = 500
    lr: float = 0.001
    pdrop: float = 0.5
    norm: str = "batch"
    lastdrop: bool = False
    initln: bool = True
    earlystop: bool = True
    epochs: int = 20
    bsize: int = 64


README = {
    **dict.fromkeys(("clnclsts", "biosses"), Command(maxlen=256, lastdrop=True)),
    **dict.fromkeys(("bc5cdr-chem", "bc5cdr-dz", "shareclefe"), Command(lastdrop=True)),
    **dict.fromkeys(("ddi", "chemprot", "i2b2"), Command()),
    "hoc": Command(epochs=50),
    "mednli": Command(lr=0.0005),
}
SIMILARITY = ("clnclsts", "biosses")
NER = ("bc5cdr-chem", "bc5cdr-dz", "shareclefe")
PAIRS = (*SIMILARITY, "mednli")
RELATIONS = ("ddi", "chemprot", "i2b2")
SENTENCES = (*RELATIONS, "hoc")
FEW_DEV_ROWS = ("biosses", "i2b2")

each_task = pytest.mark.parametrize("task", TASKS)
each_preset = pytest.mark.parametrize("preset", ["default", "paper"])


def config(task: str, preset: str) -> Any:
    return evaluate(variant(task, f"preset:: '{preset}'"))


@each_task
@each_preset
def test_options_that_worked_have_the_readmes_values(task: str, preset: str) -> None:
    command = README[task]
    evaluated = config(task, preset)
    head = evaluated["model"]["head"]
    assert head["hidden_dim"] == command.fchdim
    assert (head["init"] is not None) == command.initln
    assert evaluated["trainer"]["optimizer"]["lr"] == command.lr
    assert evaluated["trainer"]["num_epochs"] == command.epochs
    assert evaluated["data_loader"]["batch_sampler"]["batch_size"] == command.bsize


@each_task
@each_preset
def test_the_encoder(task: str, preset: str) -> None:
    evaluated = config(task, preset)
    if task in NER:
        # The script takes --seq2vec for NER and does not look at it.
        assert at(evaluated, "model/seq2vec_encoder") is None
        lstm = {"type": "blue_lstm", "hidden_size": 256} if preset == "default" else None
        assert at(evaluated, "model/seq2seq_encoder") == lstm
    elif task in RELATIONS and preset == "default":
        assert at(evaluated, "model/seq2vec_encoder") == {"type": "blue_cnn", "num_filters": 128}
    else:
        assert README[task].seq2vec == "boe"
        assert at(evaluated, "model/seq2vec_encoder") == {"type": "boe", "averaged": True}


@each_task
@each_preset
def test_the_longest_text(task: str, preset: str) -> None:
    # For single sentences the script takes --maxlen and cuts nothing.
    expected = None if task in SENTENCES else README[task].maxlen
    assert at(config(task, preset), "dataset_reader/max_tokens") == expected


@each_task
def test_the_norm(task: str) -> None:
    assert README[task].norm == "batch"
    assert at(config(task, "default"), "model/head/norm") == "batch"
    # The script's channels are the positions of a sentence in NER, features elsewhere.
    head = config(task, "paper")["model"]["head"]
    assert head["norm"] == ("batch_positions" if task in NER else "batch")
    assert head.get("max_positions") == (README[task].maxlen if task in NER else None)


def dropout(task: str, preset: str) -> float:
    """Less than the README's, where docs/study.md tells of better scores with it."""
    return README[task].pdrop if preset == "paper" or task in RELATIONS else 0.2


@each_task
@each_preset
def test_the_dropout(task: str, preset: str) -> None:
    evaluated = config(task, preset)
    expected = dropout(task, preset)
    assert evaluated["model"]["head"]["dropout"] == expected
    # The script's dropout of ELMo's output is fixed, at the same number.
    assert at(evaluated, "model/text_field_embedder/token_embedders/elmo/dropout") == expected


@each_task
@each_preset
def test_the_last_dropout(task: str, preset: str) -> None:
    # The script takes --do_lastdrop for pairs, whose code path has no such dropout.
    works = README[task].lastdrop and task not in PAIRS
    expected = dropout(task, preset) if works else 0
    assert at(config(task, preset), "model/head/last_dropout") == expected


@pytest.mark.parametrize("task", PAIRS)
def test_the_script_puts_the_two_vectors_of_a_pair_side_by_side(task: str) -> None:
    assert at(config(task, "paper"), "model/pair_combiner") == "concat"
    assert at(config(task, "default"), "model/pair_combiner") == "full"


def test_the_script_sees_no_neighbouring_sentences() -> None:
    for preset, expected in (("paper", False), ("default", True)):
        assert at(config("hoc", preset), "model/neighbours") is expected
        assert at(config("hoc", preset), "dataset_reader/neighbours") is expected


@each_task
def test_early_stopping(task: str) -> None:
    # The script takes --earlystop, never stops and evaluates the last epoch: so does the preset.
    assert README[task].earlystop
    expected = {"type": "model_selection", "patience": None, "min_delta": 0.005, "keep": "last"}
    assert config(task, "paper")["trainer"]["callbacks"][0] == expected
    if task not in FEW_DEV_ROWS:
        expected |= {"patience": 5, "keep": "best"}
    assert config(task, "default")["trainer"]["callbacks"][0] == expected


@each_task
def test_what_the_script_does_unasked(task: str) -> None:
    paper, default = config(task, "paper"), config(task, "default")
    weighted = [each["type"] for each in paper["trainer"]["callbacks"][1:]]
    assert ("class_weights" in weighted) == (task not in SIMILARITY)
    assert "class_weights" not in [each["type"] for each in default["trainer"]["callbacks"]]
    sampler = "data_loader/batch_sampler/type"
    drawn = "undersampling_bucket" if task in SENTENCES else "stable_bucket"
    assert (at(paper, sampler), at(default, sampler)) == (drawn, drawn)
    activation = "model/head/activation"
    assert at(paper, activation) == ("none" if task in SENTENCES else "sigmoid")
    assert at(default, activation) == ("sigmoid" if task in SIMILARITY else "none")


@pytest.mark.parametrize("task", SIMILARITY)
def test_the_script_divides_every_score_by_5(task: str) -> None:
    assert at(config(task, "paper"), "model/score_scale") == 5
    assert at(config(task, "default"), "model/score_scale") == (4 if task == "biosses" else 5)


@each_task
@each_preset
def test_what_no_command_says_is_as_in_the_script(task: str, preset: str) -> None:
    evaluated = config(task, preset)
    assert evaluated["trainer"]["optimizer"]["type"] == "blue_adam"
    assert evaluated["trainer"]["optimizer"]["weight_decay"] == 1e-5
    assert evaluated["trainer"]["grad_norm"] == 0.25
    assert evaluated["model"]["head"]["init"] == {"mean": 0, "std": 0.02, "bias_std": 0}
    assert evaluated["data_loader"]["batch_sampler"]["drop_last"] is False
    assert at(evaluated, "model/threshold") == (0.5 if task == "hoc" else None)
