"""Lower precision is near the exact result; unsupported precision is refused."""

import platform
from pathlib import Path

import pytest
import torch
from allennlp.modules.elmo import batch_to_ids

from bluelmo_plugins.modules.bilm import COMPUTE_DTYPES, BiLm, is_emulated, why_unsupported
from bluelmo_plugins.modules.bilm.compute import X86_WITH_BF16, matmul_precision

CPU = torch.device("cpu")
CPU_INFO = Path("/proc/cpuinfo")


def test_bf16_is_within_two_percent_of_single_precision(shared_dir: Path) -> None:
    files = [shared_dir / "elmo-pubmed-small" / name for name in ("options.json", "weights.hdf5")]
    ids = batch_to_ids([["Methotrexate", "inhibits", "the", "enzyme", "."] * 9, ["IL-2"]])
    exact, rounded = (BiLm(*files, compute=compute)(ids) for compute in ("fp32", "bf16"))
    assert rounded.dtype == torch.float32
    assert torch.equal(rounded[:, :, 0], exact[:, :, 0]), (
        "the token layer is always in single precision"
    )
    assert not torch.equal(rounded, exact)
    assert (rounded - exact).norm() < 0.02 * exact.norm()


def test_the_matrices_of_the_lstms_have_the_dtype_of_the_precision(tiny_elmo: Path) -> None:
    bilm = BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5", compute="bf16")
    dtypes = {each.dim(): each.dtype for each in bilm.forward_stack.parameters()}
    assert dtypes == {2: torch.bfloat16, 1: torch.float32}, "only biases are in single precision"
    assert {each.dtype for each in bilm.character_encoder.parameters()} == {torch.float32}


@pytest.mark.parametrize(("compute", "reason"), [("tf32", "GPU"), ("fp16", "GPU"), ("fp32", "")])
def test_a_cpu_supports_neither_tf32_nor_fp16(compute: str, reason: str) -> None:
    assert reason in why_unsupported(compute, CPU)
    assert bool(why_unsupported(compute, CPU)) == bool(reason)


@pytest.mark.parametrize(
    ("processor", "emulated"),
    [
        ({"architecture": "x86_64", "avx512_bf16": False, "amx_bf16": False}, True),
        ({"architecture": "x86_64", "avx512_bf16": True, "amx_bf16": False}, False),
        ({"architecture": "x86_64", "avx512_bf16": False, "amx_bf16": True}, False),
        ({"architecture": "aarch64"}, False),
    ],
)
def test_bf16_is_emulated_on_an_x86_processor_without_its_instructions(
    processor: dict[str, object], emulated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: processor, raising=False)
    assert is_emulated("bf16", CPU) == emulated
    assert not is_emulated("fp32", CPU)
    assert not is_emulated("bf16", torch.device("cuda"))


@pytest.mark.skipif(
    not CPU_INFO.exists() or platform.machine() != "x86_64",
    reason="needs Linux on an x86 processor",
)
@pytest.mark.skipif(not hasattr(torch.cpu, "get_capabilities"), reason="needs a newer torch")
def test_torch_and_linux_agree_on_the_bf16_extensions() -> None:
    flags = set(CPU_INFO.read_text().split())
    assert is_emulated("bf16", CPU) == flags.isdisjoint(X86_WITH_BF16)


@pytest.mark.parametrize("compute", COMPUTE_DTYPES)
def test_tf32_is_allowed_only_in_tf32(compute: str) -> None:
    before = torch.backends.cuda.matmul.allow_tf32
    with matmul_precision(compute, torch.device("cuda")):
        assert torch.backends.cuda.matmul.allow_tf32 == (compute == "tf32")
    assert torch.backends.cuda.matmul.allow_tf32 == before
    with matmul_precision("tf32", CPU):
        assert torch.backends.cuda.matmul.allow_tf32 == before
