"""Workers score the very batches that one process scores, each batch once."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.data import DataLoader, DatasetReader, Vocabulary
from allennlp.data.dataset_readers.dataset_reader import DistributedInfo, WorkerInfo

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training import evaluation_loader
from tests.configs.jsonnet_files import FAMILIES, evaluate, variant

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
    """What the loaders answer to the other workers."""
    given: list[int] = []
    answer: Callable[..., None] = lambda tensor, _: given.append(int(tensor))  # noqa: E731
    monkeypatch.setattr(evaluation_loader, "all_reduce", answer)
    return given


@pytest.mark.parametrize(
    ("task", "fields"),
    [
        *((task, "batch_size:: 7") for task in FAMILIES.values()),
        ("bc5cdr-chem", "num_workers:: 2, batch_size:: 16"),
        # One batch, hence none for all workers but one.
        ("biosses", "batch_size:: 500"),
    ],
)
def test_each_batch_of_one_process_falls_to_one_worker(
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
        # As often as the trainer of the worker with most batches asks.
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


def test_batches_that_may_differ_between_workers_are_refused(sample_corpora: Path) -> None:
    shuffled = "validation_data_loader+: { batch_sampler+: { shuffle: true } }"
    config = config_of("biosses", sample_corpora, shuffled)
    assert batches(loader_of(config))
    with pytest.raises(InputError, match="shuffle: false"):
        loader_of(config, 1, 2)


def test_the_readers_own_share_stays(sample_corpora: Path, answers: list[int]) -> None:
    config = config_of("biosses", sample_corpora)
    reader = reader_of(config, 1, 2)
    params = Params(deepcopy(config["validation_data_loader"]))
    DataLoader.from_params(params, reader=reader, data_path=config["validation_data_path"])
    assert reader.get_distributed_info() == DistributedInfo(2, 1)
    assert torch.utils.data.get_worker_info() is None
