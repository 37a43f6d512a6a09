"""On a GPU, the biLM computes the same as on a CPU."""

from pathlib import Path

import pytest
import torch
from allennlp.modules.elmo import batch_to_ids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bluelmo_plugins.modules.bilm import COMPUTE_DTYPES, BiLm, corpus_pass, lstm
from bluelmo_plugins.modules.bilm.lstm import apply_gates
from tests.gpu import needs_gpu
from tests.modules.bilm.corpus_pass_test import by_pass, corpora

pytestmark = needs_gpu

DEVIATIONS = {"fp32": 1e-5, "tf32": 0.003, "bf16": 0.02, "fp16": 0.003}
"""The maximum relative RMS error, compared with single precision on a CPU."""

SENTENCES = [["Methotrexate", "inhibits", "the", "enzyme", "."] * 9, ["IL-2"], ["the"] * 200]


@pytest.fixture(scope="module")
def bilm(tiny_elmo: Path) -> BiLm:
    return BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5")


@pytest.fixture(scope="module")
def on_gpu(tiny_elmo: Path) -> BiLm:
    return BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5").cuda()


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    batch=corpora(),
    tokens=st.sampled_from([1, 7, 100000]),
    gates=st.sampled_from([1, 2**14, 2**16]),
    num_workers=st.integers(0, 1),
)
def test_the_layers_of_any_corpus_equal_those_on_a_cpu(
    bilm: BiLm, on_gpu: BiLm, batch: list[list[str]], tokens: int, gates: int, num_workers: int
) -> None:
    expected = by_pass(bilm, batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(corpus_pass.TOKENS_PER_BATCH, "cuda", tokens)
        patch.setitem(lstm.BYTES_OF_GATES, "cuda", gates)
        found = by_pass(on_gpu, batch, num_workers)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("compute", COMPUTE_DTYPES)
def test_a_real_bilm_computes_the_same_bits_in_any_batch(
    shared_dir: Path, real_sentences: list[list[str]], compute: str
) -> None:
    files = shared_dir / "elmo-pubmed-small"
    real = BiLm(files / "options.json", files / "weights.hdf5", compute=compute).cuda()
    together = by_pass(real, real_sentences)
    portions = [real_sentences[first : first + 7] for first in range(0, 210, 7)]
    in_portions = [layers for portion in portions for layers in by_pass(real, portion)]
    assert all(map(torch.equal, in_portions, together))


@pytest.mark.parametrize("compute", COMPUTE_DTYPES)
def test_a_real_bilm_deviates_from_single_precision_within_its_format(
    shared_dir: Path, compute: str
) -> None:
    files = [shared_dir / "elmo-pubmed-small" / name for name in ("options.json", "weights.hdf5")]
    ids = batch_to_ids(SENTENCES)
    exact = BiLm(*files)(ids)
    found = BiLm(*files, compute=compute).cuda()(ids.cuda()).cpu()
    assert found.dtype == torch.float32
    for layer in range(exact.shape[2]):
        deviation = (found - exact)[:, :, layer].norm() / exact[:, :, layer].norm()
        assert deviation <= DEVIATIONS[compute]


def test_gradients_of_a_fine_tuned_bilm_are_those_of_the_cpu(tiny_elmo: Path) -> None:
    files = tiny_elmo / "options.json", tiny_elmo / "weights.hdf5"
    cpu, gpu = BiLm(*files, requires_grad=True), BiLm(*files, requires_grad=True).cuda()
    for bilm, ids in ((cpu, batch_to_ids(SENTENCES)), (gpu, batch_to_ids(SENTENCES).cuda())):
        bilm(ids).sin().sum().backward()
    for ours, theirs in zip(gpu.parameters(), cpu.parameters(), strict=True):
        assert ours.grad is not None
        torch.testing.assert_close(ours.grad.cpu(), theirs.grad, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("clip", [1.0, float("inf")])
def test_cell_states_and_outputs_follow_the_equations(dtype: torch.dtype, clip: float) -> None:
    generator = torch.Generator().manual_seed(7)
    gates = (4 * torch.randn(24, 128, generator=generator)).to(dtype)
    gates[0] = torch.linspace(-500, 500, 128)
    memory = 2 * torch.randn(24, 32, generator=generator)
    expected = apply_gates(gates.clone(), memory.clone(), clip)
    found = apply_gates(gates.cuda(), memory.cuda(), clip)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours.cpu(), theirs, atol=2e-6, rtol=torch.finfo(dtype).eps)
