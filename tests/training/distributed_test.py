"""
Distributed workers train on all rows and score as one process.

A real distributed training is part of the suite. For more, half a minute each, run
BLUELMO_DISTRIBUTED=1 pytest -s tests/training/distributed_test.py
"""

import json
import os
from collections import Counter
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.data import DataLoader, DatasetReader, Vocabulary
from allennlp.data.data_loaders import SimpleDataLoader
from allennlp.data.dataset_readers.dataset_reader import DistributedInfo, WorkerInfo

from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.bilm import ElmoFiles
from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureCacheOptions
from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm
from bluelmo_plugins.training.start_callbacks import ClassWeightsCallback, inverse_frequencies
from bluelmo_plugins.vocabulary import LabelVocabulary
from tests.configs.jsonnet_files import CONFIGS, FAMILIES, evaluate, variant
from tests.several_processes import run_in_processes
from tests.training.rows import instance

Batch = tuple[tuple[int, int], ...]


def config_of(task: str, corpora: Path, fields: str = "") -> dict[str, Any]:
    folders = {"ELMO_DIR": "/elmo", "DATASET_DIR": str(corpora)}
    found: dict[str, Any] = evaluate(variant(task, f"maxlen:: 7, {fields}"), folders)
    return found


def reader_of(config: dict[str, Any], rank: int = 0, world_size: int = 1) -> DatasetReader:
    reader = DatasetReader.from_params(Params(deepcopy(config["dataset_reader"])))
    if world_size > 1:
        reader._set_distributed_info(DistributedInfo(world_size, rank))
    return reader


def place(metadata: dict[str, Any]) -> tuple[int, int]:
    return metadata["line"], metadata.get("window", 0)


def loader_of(config: dict[str, Any], rank: int = 0, world_size: int = 1) -> DataLoader:
    reader = reader_of(config, rank, world_size)
    loader = DataLoader.from_params(
        Params(deepcopy(config["validation_data_loader"])),
        reader=reader,
        data_path=config["validation_data_path"],
    )
    vocab = Vocabulary()
    vocab.add_tokens_to_namespace(config["vocabulary"]["labels"], "labels")
    loader.index_with(vocab)
    return loader


def batches(loader: DataLoader) -> list[Batch]:
    return [tuple(map(place, batch["metadata"])) for batch in loader]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the loaders report to the other workers."""
    given: list[int] = []
    monkeypatch.setattr(torch.distributed, "all_reduce", lambda each: given.append(int(each)))
    return given


@pytest.mark.parametrize(
    ("task", "fields"),
    [
        *((task, "batch_size:: 7") for task in FAMILIES.values()),
        ("bc5cdr-chem", "num_workers:: 2, batch_size:: 16"),
        # There is one batch, so all other workers have none.
        ("biosses", "batch_size:: 500"),
    ],
)
def test_each_batch_of_one_process_is_scored_by_one_worker(
    task: str, fields: str, sample_corpora: Path, answers: list[int]
) -> None:
    config = config_of(task, sample_corpora, fields)
    whole = batches(loader_of(config))
    assert whole == batches(loader_of(config))
    assert answers == []
    for world_size in (2, 4):
        found: list[Batch] = []
        rounds = set()
        for rank in range(world_size):
            answers.clear()
            loader = loader_of(config, rank, world_size)
            own = batches(loader)
            assert len(own) == len(loader)
            rounds.add(len(own) + len(answers))
            assert set(answers) <= {0}
            found += own
        assert Counter(found) == Counter(whole)
        # The number of rounds is that of the worker with the most batches.
        assert rounds == {-(-len(whole) // world_size)}


@pytest.mark.parametrize("task", FAMILIES.values())
@pytest.mark.parametrize(("world_size", "num_readers"), [(2, 0), (4, 0), (2, 2), (1, 3)])
def test_each_training_row_is_read_by_one_process(
    task: str, world_size: int, num_readers: int, sample_corpora: Path
) -> None:
    config = config_of(task, sample_corpora)

    def read(reader: DatasetReader) -> list[tuple[int, int]]:
        return [place(each["metadata"].metadata) for each in reader.read(config["train_data_path"])]

    shares = []
    for rank in range(world_size):
        reader = reader_of(config, rank, world_size)
        for number in range(max(num_readers, 1)):
            if num_readers:
                reader._set_worker_info(WorkerInfo(num_readers, number))
            shares.append(read(reader))
    assert sorted(each for share in shares for each in share) == sorted(read(reader_of(config)))
    assert min(map(len, shares)) > 0


def test_a_sampler_whose_batches_differ_between_workers_is_an_error(sample_corpora: Path) -> None:
    shuffled = "validation_data_loader+: { batch_sampler+: { shuffle: true } }"
    config = config_of("biosses", sample_corpora, shuffled)
    assert batches(loader_of(config))
    with pytest.raises(InputError, match="shuffle: false"):
        loader_of(config, 1, 2)


def test_the_share_of_the_training_reader_is_unchanged(
    sample_corpora: Path, answers: list[int]
) -> None:
    config = config_of("biosses", sample_corpora)
    reader = reader_of(config, 1, 2)
    params = Params(deepcopy(config["validation_data_loader"]))
    DataLoader.from_params(params, reader=reader, data_path=config["validation_data_path"])
    assert reader.get_distributed_info() == DistributedInfo(2, 1)


def weigh_all_classes(rank: int) -> None:
    rows = [instance(line, label) for line, label in enumerate(["aab", "bff", "a"][rank])]
    model = torch.nn.Module()
    model.vocab = LabelVocabulary.from_labels(["a", "b", "f"])
    model.register_buffer("class_weights", torch.ones(3))
    trainer = SimpleNamespace(model=model, data_loader=SimpleDataLoader(rows, 2))
    ClassWeightsCallback("").on_start(trainer)  # type: ignore[arg-type]  # all that it looks at
    assert torch.equal(model.class_weights, inverse_frequencies(torch.tensor([3.0, 2.0, 2.0])))


def test_class_weights_count_the_labels_of_all_workers() -> None:
    run_in_processes(weigh_all_classes, number=3)


def fill_caches(rank: int, files: ElmoFiles, folder: Path) -> None:
    sentences = [torch.full((length, 50), 5 + length) for length in range(1, 21)]
    own = sentences[:12] if rank == 0 else sentences[8:]
    for directory in ("one", f"of-{rank}"):
        bilm = FrozenBiLm(files, FeatureCacheOptions(str(folder / directory)))
        assert bilm.cache is not None
        written: list[bytes] = []
        write = bilm.cache.write

        def record(items: object, write=write, written=written) -> bool:  # type: ignore[no-untyped-def]
            pairs = list(items)  # type: ignore[call-overload]
            written += [key for key, _ in pairs]
            return bool(write(pairs))

        bilm.cache.write = record  # type: ignore[method-assign]
        bilm.fill(own)
        numbers = gather_from_workers(len(written))
        assert numbers[rank] >= 8
        if directory == "one":
            assert sum(numbers) == 20
        else:
            assert numbers == [12, 12]
        bilm._bilm = None  # type: ignore[assignment, method-assign]  # nothing is left to compute
        assert len(bilm._read_or_compute([each.numpy().astype("int16") for each in own])) == 12


def test_workers_fill_a_common_cache_together_and_separate_caches_each(
    tiny_elmo: Path, tmp_path: Path
) -> None:
    files = ElmoFiles(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5")
    run_in_processes(fill_caches, files, tmp_path)


TINY = CONFIGS.parent / "tests" / "configs" / "tiny.libsonnet"
ALL = "dataset_reader+: { max_instances:: null }"
RUNS = [
    # The dev split is one batch, so one worker has none.
    ("biosses", 2, f"batch_size:: 64, epochs:: 2, {ALL}"),
    ("biosses", 4, f"batch_size:: 64, {ALL}"),
    ("bc5cdr-chem", 2, f"maxlen:: 8, {ALL}"),
    ("ddi", 2, f"epochs:: 2, {ALL}"),
    ("ddi", 4, f"preset:: 'paper', class_weights:: true, {ALL}"),
    ("hoc", 2, f"class_weights:: true, {ALL}"),
    ("mednli", 2, f"num_workers:: 2, {ALL}"),
]


def on_request(task: str, number: int, fields: str) -> Any:
    asked = bool(os.environ.get("BLUELMO_DISTRIBUTED"))
    mark = pytest.mark.skipif(not asked, reason="takes half a minute; set BLUELMO_DISTRIBUTED=1")
    return pytest.param(task, number, fields, marks=mark, id=f"{task}-{number}")


@pytest.mark.parametrize(
    ("task", "number", "fields"),
    [pytest.param(*RUNS[0], id="biosses-2"), *(on_request(*each) for each in RUNS[1:])],
)
def test_the_validation_metrics_are_those_of_one_process(
    task: str,
    number: int,
    fields: str,
    tiny_elmo: Path,
    sample_corpora: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    config = tmp_path / "config.jsonnet"
    distributed = f"distributed: {{ cuda_devices: {[-1] * number} }}"
    config.write_text(
        f"(import '{CONFIGS}/{task}.jsonnet') + (import '{TINY}') + {{ {distributed}, {fields} }}"
    )
    folders = {"ELMO_DIR": str(tiny_elmo), "DATASET_DIR": str(sample_corpora)}
    params = Params.from_file(config, ext_vars=folders)
    dev_file = params["validation_data_path"]
    train_model(params, tmp_path / "run")

    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    prefix = "best_validation_"
    best = {key.removeprefix(prefix): metrics[key] for key in metrics if key.startswith(prefix)}
    alone = evaluate_from_archive(tmp_path / "run" / "model.tar.gz", dev_file)
    # AllenNLP sums the losses of the workers in single precision.
    assert best.pop("loss") == pytest.approx(alone.pop("loss"), rel=1e-5)
    assert json.dumps(best, sort_keys=True) == json.dumps(alone, sort_keys=True)
    logs = [file.read_text() for file in (tmp_path / "run").glob("out_worker*.log")]
    assert len(logs) == number
    assert not any("finishing" in log and "early" in log for log in logs)
