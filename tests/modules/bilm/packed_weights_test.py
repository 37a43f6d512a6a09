"""Packed weights compute the same products; oneDNN's kernel cache is limited."""

import copy
import os
import pickle
import platform
import subprocess
import sys
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
    ONEDNN_CACHE_CAPACITY,
    add_linear_,
    limit_onednn_cache,
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
def cleared_support_cache() -> Iterator[None]:
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
def test_a_product_with_packed_weights_equals_the_ordinary_one(
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
def test_the_bits_of_a_row_do_not_depend_on_the_number_of_rows(dim: int) -> None:
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
    pack_weights(packed)  # idempotent
    unpack_weights(packed)
    assert torch.equal(packed.weight, before)


def test_embeddings_convolutions_and_norms_are_not_packed() -> None:
    modules = nn.ModuleList([nn.Embedding(8, 4), nn.Conv1d(4, 8, 3), nn.LayerNorm(4)])
    pack_weights(modules.requires_grad_(False))
    assert not any(weight.is_mkldnn for weight in modules.parameters())


def test_weights_are_not_packed_on_other_processors(
    bilm: BiLm, monkeypatch: pytest.MonkeyPatch, cleared_support_cache: None
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    bilm.pack()
    assert not any(weight.is_mkldnn for weight in bilm.parameters())


def test_bf16_is_packed_only_where_torch_can_multiply_it(
    monkeypatch: pytest.MonkeyPatch, cleared_support_cache: None
) -> None:
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    packed = layer(8, 8, torch.bfloat16)
    pack_weights(packed)
    assert not packed.weight.is_mkldnn


@needs_x86
def test_a_packed_bilm_computes_the_same_and_can_be_moved_and_copied(bilm: BiLm) -> None:
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
def test_a_frozen_bilm_packs_its_weights(tiny_elmo: Path, tmp_path: Path) -> None:
    files = ElmoFiles(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5")
    frozen = FrozenBiLm(files, FeatureCacheOptions(str(tmp_path), "single"))
    frozen(batch_to_ids([["IL-2"]]))
    (loaded,) = frozen._loaded
    assert any(weight.is_mkldnn for weight in loaded.parameters())


def test_a_trainable_bilm_is_not_packed(tiny_elmo: Path) -> None:
    trainable = BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5", requires_grad=True)
    trainable.pack()
    assert not any(weight.is_mkldnn for weight in trainable.parameters())


SETTINGS = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")

_PRODUCTS = """
import bluelmo_plugins.modules.bilm
import torch
from tests.own_memory import anonymous_bytes

torch.set_num_threads(1)
rows, weight = torch.zeros(600, 1024).bfloat16(), torch.zeros(512, 1024).bfloat16()
torch.nn.functional.linear(rows, weight)
before = anonymous_bytes()
for number in range(1, 600):
    torch.nn.functional.linear(rows[:number], weight)
print(anonymous_bytes() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_number_of_shapes() -> None:
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    command = [sys.executable, "-c", _PRODUCTS]
    grown = subprocess.run(command, env=inherited, capture_output=True, text=True, check=True)
    # Without a limit, they take 400 MB on a processor with avx512_bf16.
    assert int(grown.stdout) < 150e6


def test_a_limit_in_the_environment_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTINGS[0], "5")
    monkeypatch.delenv(SETTINGS[1], raising=False)
    limit_onednn_cache()
    assert [os.environ[name] for name in SETTINGS] == ["5", str(ONEDNN_CACHE_CAPACITY)]
