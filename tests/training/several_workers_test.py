"""Workers agree on the batches of an epoch, on what is drawn, on class weights and on features."""

import random
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from allennlp.data.data_loaders import SimpleDataLoader

from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.bilm import ElmoFiles
from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureCacheOptions
from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm
from bluelmo_plugins.training.class_weights import ClassWeightsCallback, weights_from_counts
from bluelmo_plugins.training.samplers import (
    StableBucketBatchSampler,
    UndersamplingBucketBatchSampler,
    shared_draw,
)
from bluelmo_plugins.vocabulary import LabelVocabulary
from tests.several_processes import run_in_processes
from tests.training.rows import instance, lines

# The third worker's share is much richer in "a".
SHARES = ["f" * 40 + "ab", "f" * 43 + "aab", "f" * 20 + "a" * 9]
ROWS = [
    [instance(100 * rank + line, label) for line, label in enumerate(share)]
    for rank, share in enumerate(SHARES)
]


def agree_on_batches(rank: int) -> None:
    rows = ROWS[rank]
    for drop_last, number in ((False, 12), (True, 7)):
        sampler = StableBucketBatchSampler(4, ["tokens"], drop_last=drop_last)
        sampler.agree_with_workers(rows)
        found = lines(rows, list(sampler.get_batch_indices(rows)))
        assert len(found) == sampler.get_num_batches(rows) == number
        seen = [line for batch in found for line in batch]
        assert len(set(seen)) == len(seen)
        if not drop_last:
            assert sorted(seen) == [100 * rank + line for line in range(len(rows))]


def draw_from_all(rank: int) -> None:
    random.seed(rank)
    rows = ROWS[rank]
    sampler = UndersamplingBucketBatchSampler(3, ["tokens"], "label")
    sampler.agree_with_workers(rows)
    batches = list(sampler.get_batch_indices(rows))
    drawn = gather_from_workers(
        Counter(rows[row]["label"].label for each in batches for row in each)
    )
    assert sum(drawn, Counter()) == Counter(a=12, b=2, f=7)
    assert [each["f"] for each in drawn] == [2, 3, 2]
    assert len(set(gather_from_workers(len(batches)))) == 1
    assert len(batches) == sampler.get_num_batches(rows)


def refuse_a_worker_without_rows(rank: int) -> None:
    sampler = StableBucketBatchSampler(4, ["tokens"])
    with pytest.raises(InputError, match="of 3 processes that train together, 1 have no batch"):
        sampler.agree_with_workers(ROWS[rank][: 5 * rank])


def weigh_all_classes(rank: int) -> None:
    model = torch.nn.Module()
    model.vocab = LabelVocabulary.from_labels(["a", "b", "f"])
    model.register_buffer("class_weights", torch.ones(3))
    trainer = SimpleNamespace(model=model, data_loader=SimpleDataLoader(ROWS[rank], 2))
    ClassWeightsCallback("").on_start(trainer)  # type: ignore[arg-type]  # all that it looks at
    assert torch.equal(model.class_weights, weights_from_counts(torch.tensor([12.0, 2.0, 103.0])))


def agree(rank: int) -> None:
    agree_on_batches(rank)
    draw_from_all(rank)
    refuse_a_worker_without_rows(rank)
    weigh_all_classes(rank)


def test_workers_agree_on_batches_draws_and_class_weights() -> None:
    run_in_processes(agree, number=3)


def fill_stores(rank: int, files: ElmoFiles, folder: Path) -> None:
    sentences = [torch.full((length, 50), 5 + length) for length in range(1, 21)]
    own = sentences[:12] if rank == 0 else sentences[8:]
    for directory, num_computed in (("one", [20]), (f"of-{rank}", [12])):
        bilm = FrozenBiLm(files, FeatureCacheOptions(str(folder / directory)))
        assert bilm.cache is not None
        written: list[bytes] = []
        write = bilm.cache.write

        def note(items: object, write=write, written=written) -> bool:  # type: ignore[no-untyped-def]
            pairs = list(items)  # type: ignore[call-overload]
            written += [key for key, _ in pairs]
            return bool(write(pairs))

        bilm.cache.write = note  # type: ignore[method-assign]
        bilm.fill(own)
        numbers = gather_from_workers(len(written))
        assert numbers[rank] >= 8
        if len(num_computed) == 1 and directory == "one":
            assert sum(numbers) == 20
        else:
            assert numbers == [12, 12]
        bilm._bilm = None  # type: ignore[assignment, method-assign]  # nothing is left to compute
        assert len(bilm._rows([each.numpy().astype("int16") for each in own])) == 12


def test_workers_fill_a_store_together_and_stores_of_their_own(
    tiny_elmo: Path, tmp_path: Path
) -> None:
    files = ElmoFiles(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5")
    run_in_processes(fill_stores, files, tmp_path)


@pytest.mark.parametrize("majorities", [[5, 5], [0, 7, 3], [10], [3, 3, 3, 1], [0, 0]])
def test_a_draw_is_shared_out_in_proportion(majorities: list[int]) -> None:
    for size in range(sum(majorities) + 1):
        draws = shared_draw(size, majorities)
        assert sum(draws) == size
        for draw, rows in zip(draws, majorities, strict=True):
            assert abs(draw - size * rows / max(sum(majorities), 1)) < 1
            assert draw <= rows
