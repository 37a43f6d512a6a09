"""Packed weights give what the ordinary ones give, and can be had back."""

import copy
import pickle
import platform
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from allennlp.modules.elmo import batch_to_ids
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from bluelmo_plugins.modules.bilm import BiLm, ElmoFiles, packed_weights
from bluelmo_plugins.modules.bilm.packed_weights import (
    add_linear_,
    linear,
    pack_weights,
    unpack_weights,
)
from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureCacheOptions
from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm
from tests.x86 import needs_x86


@pytest.fixture
def bilm(tiny_elmo: Path) -> BiLm:
    return BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5")


@pytest.fixture
def without_knowledge() -> Iterator[None]:
    """Has it look anew, before and after, whether weights can be packed."""
    packed_weights._can_pack.cache_clear()
    yield
    packed_weights._can_pack.cache_clear()


def layer(dim: int, out_dim: int, dtype: torch.dtype = torch.float32) -> nn.Linear:
    return nn.Linear(dim, out_dim).to(dtype).requires_grad_(False)


@needs_x86
@settings(deadline=None, max_examples=60)
@given(
    num_rows=st.integers(1, 70),
    dim=st.integers(1, 70),
    out_dim=st.integers(1, 70),
    biased=st.booleans(),
)
def test_a_product_by_packed_weights_equals_the_ordinary_one(
    num_rows: int, dim: int, out_dim: int, biased: bool
) -> None:
    packed = layer(dim, out_dim)
    rows, sums = torch.randn(num_rows, dim), torch.randn(num_rows, out_dim)
    bias = packed.bias if biased else None
    expected = functional.linear(rows, packed.weight, bias)
    expected_sums = sums + functional.linear(rows, packed.weight)
    pack_weights(packed)
    assert packed.weight.is_mkldnn
    torch.testing.assert_close(linear(rows, packed.weight, bias), expected, atol=1e-5, rtol=1e-5)
    add_linear_(sums, rows, packed.weight)
    torch.testing.assert_close(sums, expected_sums, atol=1e-5, rtol=1e-5)


@needs_x86
@pytest.mark.parametrize("dim", [512, 4096])
def test_a_row_gets_the_same_bits_among_any_number_of_rows(dim: int) -> None:
    packed = layer(dim, 512)
    pack_weights(packed)
    rows = torch.randn(136, dim)
    expected = linear(rows, packed.weight)
    for number in range(16, 136, 8):
        assert torch.equal(linear(rows[-number:], packed.weight), expected[-number:])


@needs_x86
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_unpacked_weights_are_the_same_bits_as_before(dtype: torch.dtype) -> None:
    packed = layer(72, 130, dtype)
    before = packed.weight.clone()
    pack_weights(packed)
    pack_weights(packed)  # what is packed already stays
    unpack_weights(packed)
    assert torch.equal(packed.weight, before)


def test_what_is_not_multiplied_by_rows_stays() -> None:
    modules = nn.ModuleList([nn.Embedding(8, 4), nn.Conv1d(4, 8, 3), nn.LayerNorm(4)])
    pack_weights(modules.requires_grad_(False))
    assert not any(weight.is_mkldnn for weight in modules.parameters())


def test_other_processors_multiply_by_the_weights_as_they_are(
    bilm: BiLm, monkeypatch: pytest.MonkeyPatch, without_knowledge: None
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    bilm.pack()
    assert not any(weight.is_mkldnn for weight in bilm.parameters())


def test_bf16_is_packed_only_where_torch_can_multiply_it(
    monkeypatch: pytest.MonkeyPatch, without_knowledge: None
) -> None:
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    packed = layer(8, 8, torch.bfloat16)
    pack_weights(packed)
    assert not packed.weight.is_mkldnn


@needs_x86
def test_a_packed_bilm_gives_what_it_gave_and_can_be_moved_and_copied(bilm: BiLm) -> None:
    ids = batch_to_ids([["IL-2", "was", "given", "."], ["@DRUG$"]])
    expected = bilm(ids)
    bilm.pack()
    matrix = bilm.backward_stack.layers[1].get_parameter("state_weight")
    assert matrix.is_mkldnn
    torch.testing.assert_close(bilm(ids), expected, atol=1e-5, rtol=1e-5)
    for other in (
        copy.deepcopy(bilm),
        pickle.loads(pickle.dumps(bilm.pack())),
        bilm.pack().to("cpu"),
    ):
        assert not any(weight.is_mkldnn for weight in other.parameters())
        assert torch.equal(other(ids), expected)


@needs_x86
def test_a_frozen_bilm_packs_what_it_loads(tiny_elmo: Path, tmp_path: Path) -> None:
    files = ElmoFiles(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5")
    frozen = FrozenBiLm(files, FeatureCacheOptions(str(tmp_path), "single"))
    frozen(batch_to_ids([["IL-2"]]))
    (loaded,) = frozen._loaded
    assert any(weight.is_mkldnn for weight in loaded.parameters())


def test_a_bilm_that_learns_keeps_its_weights(tiny_elmo: Path) -> None:
    learning = BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5", requires_grad=True)
    learning.pack()
    assert not any(weight.is_mkldnn for weight in learning.parameters())
