"""What an epoch costs with stored features and without, and where its time goes."""

import shutil
from contextlib import ExitStack
from typing import Any

from benchmarks.portions import contiguous, write_portion
from benchmarks.samples import Json
from benchmarks.sentences import read_file, read_params
from benchmarks.setting import CORPORA, Setting
from benchmarks.stage_clock import StageClock
from benchmarks.tables import Target, table
from benchmarks.training import Training

TITLE = "An epoch, and where its time goes"

EPOCHS = 4
ROWS = {"ddi": 256, "bc5cdr-chem": 384}

REST, CHECKPOINT = "the rest: the trainer's loop, its callbacks and progress bar", "checkpoint"
OUTERMOST = (REST, CHECKPOINT)


def measure(setting: Setting) -> Json:
    """Both ways on portions of two corpora, in this process."""
    return {task: _measure(setting, task) for task in CORPORA}


def _measure(setting: Setting, task: str) -> Json:
    rows = setting.size(ROWS[task], 32)
    corpora = write_portion(setting, task, f"epoch {task}", contiguous(rows), contiguous(16))
    files = [corpora / CORPORA[task] / f"{split}.tsv" for split in ("train", "dev")]
    tokens = sum(read_file(setting, task, file).num_tokens for file in files)
    found = {
        way: _stages(Training(setting, task, way, corpora, epochs))
        for way, epochs in (
            ("ours", setting.size(EPOCHS, 1)),
            ("ours bf16, nothing stored", 1),
            ("ours, nothing stored", 1),
        )
    }
    return {"tokens": tokens, "ways": found}


def _stages(training: Training) -> Json:
    """Seconds of an epoch by its stages."""
    from allennlp.commands.train import train_model
    from allennlp.common import Params

    import bluelmo_plugins  # noqa: F401  registers what the config names

    folder = training.setting.work / "epoch-run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(training.store, ignore_errors=True)
    clock = StageClock()
    with ExitStack() as watched:
        for owner, attribute, stage in _watched():
            watched.enter_context(clock.watch(owner, attribute, stage, stage in OUTERMOST))
        train_model(Params(read_params(training.setting, training.source())), folder)
    for each in (folder, training.store):
        shutil.rmtree(each, ignore_errors=True)
    return {stage: seconds / training.epochs for stage, seconds in clock.seconds.items()}


def _watched() -> list[tuple[Any, str, str]]:
    """The functions of an epoch, and what the time in them is spent on."""
    import torch
    from allennlp.data import Batch
    from allennlp.training import Checkpointer, GradientDescentTrainer

    from bluelmo_plugins.models.ner import NerModel
    from bluelmo_plugins.models.relation import RelationModel
    from bluelmo_plugins.modules import frozen_bilm
    from bluelmo_plugins.modules.dropout import Dropout
    from bluelmo_plugins.modules.feature_store import FeatureStore
    from bluelmo_plugins.modules.scalar_mixes import ScalarMixes
    from bluelmo_plugins.training.stable_bucket_sampler import StableBucketBatchSampler

    computing = "the biLM, or what stands for it"
    forward = "encoder, head and metric forward"
    optimizer = "clipping and optimizer"
    return [
        (GradientDescentTrainer, "_train_epoch", REST),
        (GradientDescentTrainer, "_validation_loss", REST),
        (Checkpointer, "maybe_save_checkpoint", CHECKPOINT),
        (StableBucketBatchSampler, "get_batch_indices", "drawing and sorting batches"),
        (Batch, "as_tensor_dict", "padding a batch"),
        (FeatureStore, "read", "reading the store, with its checksums"),
        (frozen_bilm, "_compact", "keys of the sentences"),
        (frozen_bilm, "_key", "keys of the sentences"),
        (frozen_bilm.FrozenBiLm, "forward", computing),
        (ScalarMixes, "forward", "mixing the layers"),
        (Dropout, "forward", "dropout"),
        (RelationModel, "forward", forward),
        (NerModel, "forward", forward),
        (torch.Tensor, "backward", "backward"),
        (GradientDescentTrainer, "rescale_gradients", optimizer),
        (torch.optim.Adam, "step", optimizer),
    ]


def targets(result: Json) -> list[Target]:
    """None: the parts of an epoch have no targets."""
    return []


def section(result: Json) -> list[str]:
    """A table of both ways, and one of the stages with stored features."""
    ways = [
        [
            task,
            f"{corpus['tokens']:,}",
            *(f"{sum(stages.values()):.2f}" for stages in corpus["ways"].values()),
            f"{_total(corpus, 'ours, nothing stored') / _total(corpus, 'ours'):.0f}",
        ]
        for task, corpus in result.items()
    ]
    stored = {task: corpus["ways"]["ours"] for task, corpus in result.items()}
    stages = sorted(
        {stage for each in stored.values() for stage in each},
        key=lambda stage: -sum(each.get(stage, 0.0) for each in stored.values()),
    )
    rows = [
        [stage, *(_share(each, stage, result[task]["tokens"]) for task, each in stored.items())]
        for stage in stages
    ]
    return [
        _TEXT,
        table(("corpus", "tokens", *_WAYS_HEAD, "ratio in fp32"), ways),
        _STAGES,
        table(("stage", *stored), rows),
    ]


def _total(corpus: Json, way: str) -> float:
    return float(sum(corpus["ways"][way].values()))


def _share(stages: Json, stage: str, tokens: int) -> str:
    seconds = stages.get(stage, 0.0)
    return f"{100 * seconds / sum(stages.values()):.0f} % ({1e6 * seconds / tokens:.1f})"


_TEXT = (
    "Neighbouring rows, training and dev split, checkpoint included; seconds of an epoch, where "
    "the features are stored already and where they are computed in every batch."
)
_WAYS_HEAD = ("stored", "computed, bf16", "computed, fp32")
_STAGES = (
    "An epoch with stored features: the share of each stage without those within it, and in "
    "brackets microseconds a token."
)
