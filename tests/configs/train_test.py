"""The shipped configs themselves, built, trained and evaluated by AllenNLP on sample corpora."""

from collections.abc import Callable
from pathlib import Path

import pytest
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.train import TrainModel, train_model
from allennlp.common import Lazy, Params

from tests.configs.jsonnet_files import CONFIGS, FAMILIES, TASKS

TINY = Path(__file__).parent / "tiny.libsonnet"
SPLITS = {"shareclefe": "Test.tsv"}

SEQ2VEC = (
    "boe",
    "pytorch-lstm",
    "pytorch-rnn",
    "pytorch-gru",
    "pytorch-agmnlstm",
    "pytorch-stkaltlstm",
    "cnn",
    "cnn_highway",
    "last",
)
SEQ2SEQ = (
    "none",
    "ff",
    "pytorch-lstm",
    "pytorch-rnn",
    "pytorch-gru",
    "cnn",
    "isa",
    "qanet",
    "ssae",
)
VARIANTS = [
    *(("ddi", f"seq2vec:: '{name}'") for name in SEQ2VEC),
    *(("bc5cdr-chem", f"seq2seq:: '{name}'") for name in SEQ2SEQ),
    *(("ddi", f"pool:: '{name}'") for name in ("max", "avg")),
    *(("mednli", f"pair_combiner:: '{name}'") for name in ("concat", "cosine", "distance", "full")),
    *((task, "preset:: 'paper'") for task in FAMILIES.values()),
    *((task, "norm:: 'layer'") for task in ("ddi", "bc5cdr-chem")),
    ("bc5cdr-chem", "crf:: false"),
    ("bc5cdr-chem", "preset:: 'paper', crf:: true"),
    ("ddi", "fchdim:: 0, init_linear:: false, last_dropout:: true, grad_norm:: null"),
    ("ddi", "requires_grad:: true, num_representations:: 1"),
    ("ddi", "requires_grad:: true, compute:: 'bf16'"),
    ("ddi", "num_workers:: 1, tokenizer:: { type: 'blue_markers' }"),
]


ReadParams = Callable[..., Params]


@pytest.fixture
def read_params(tiny_elmo: Path, sample_corpora: Path, tmp_path: Path) -> ReadParams:
    """A function from a task and further fields to what `allennlp train` reads."""

    def read(task: str, fields: str = "") -> Params:
        config = tmp_path / "config.jsonnet"
        config.write_text(
            f"(import '{CONFIGS}/{task}.jsonnet') + (import '{TINY}') + {{ {fields} }}"
        )
        folders = {"ELMO_DIR": str(tiny_elmo), "DATASET_DIR": str(sample_corpora)}
        return Params.from_file(config, ext_vars=folders)

    return read


@pytest.mark.parametrize(("task", "fields"), VARIANTS, ids=lambda each: each)
def test_a_variant_can_be_built(
    task: str, fields: str, read_params: ReadParams, tmp_path: Path
) -> None:
    parts = read_params(task, fields)
    for key in ("evaluation", "include_in_archive", "random_seed", "numpy_seed", "pytorch_seed"):
        parts.pop(key)
    loop = Lazy(TrainModel, parts).construct(serialization_dir=str(tmp_path), local_rank=0)
    assert loop.trainer.model is loop.model


@pytest.mark.parametrize("task", TASKS)
def test_the_config_trains_one_epoch_and_evaluates(
    task: str, read_params: ReadParams, sample_corpora: Path, tmp_path: Path
) -> None:
    config = read_params(task)
    corpus = config["dataset_reader"]["corpus"]
    run = tmp_path / "run"
    train_model(config, run)
    test_file = sample_corpora / corpus / SPLITS.get(task, "test.tsv")
    metrics = evaluate_from_archive(run / "model.tar.gz", str(test_file))
    assert "blue" in metrics
