"""Lower precision is near the exact result, and refused where the hardware does not have it."""

import platform
from pathlib import Path

import pytest
import torch
from allennlp.modules.elmo import batch_to_ids

from bluelmo_plugins.modules.bilm import COMPUTES, BiLm, is_slow, obstacle
from bluelmo_plugins.modules.bilm.compute import X86_WITH_BF16, products_in

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


def test_the_weights_of_the_lstms_take_the_memory_of_their_format(tiny_elmo: Path) -> None:
    bilm = BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5", compute="bf16")
    assert {each.dtype for each in bilm.forward_stack.parameters()} == {torch.bfloat16}
    assert {each.dtype for each in bilm.character_encoder.parameters()} == {torch.float32}


@pytest.mark.parametrize(("compute", "trouble"), [("tf32", "GPU"), ("fp16", "GPU"), ("fp32", "")])
def test_a_cpu_computes_in_what_it_has(compute: str, trouble: str) -> None:
    assert trouble in obstacle(compute, CPU)
    assert bool(obstacle(compute, CPU)) == bool(trouble)


@pytest.mark.parametrize(
    ("processor", "slow"),
    [
        ({"architecture": "x86_64", "avx512_bf16": False, "amx_bf16": False}, True),
        ({"architecture": "x86_64", "avx512_bf16": True, "amx_bf16": False}, False),
        ({"architecture": "x86_64", "avx512_bf16": False, "amx_bf16": True}, False),
        ({"architecture": "aarch64"}, False),
    ],
)
def test_bf16_is_slow_on_an_x86_processor_without_its_instructions(
    processor: dict[str, object], slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: processor, raising=False)
    assert is_slow("bf16", CPU) == slow
    assert not is_slow("fp32", CPU)
    assert not is_slow("bf16", torch.device("cuda"))


@pytest.mark.skipif(
    not CPU_INFO.exists() or platform.machine() != "x86_64",
    reason="needs Linux on an x86 processor",
)
@pytest.mark.skipif(not hasattr(torch.cpu, "get_capabilities"), reason="needs a newer torch")
def test_torch_says_of_this_processor_what_linux_says() -> None:
    flags = set(CPU_INFO.read_text().split())
    assert is_slow("bf16", CPU) == flags.isdisjoint(X86_WITH_BF16)


@pytest.mark.parametrize("compute", COMPUTES)
def test_tf32_is_allowed_only_where_it_was_asked_for(compute: str) -> None:
    before = torch.backends.cuda.matmul.allow_tf32
    with products_in(compute, torch.device("cuda")):
        assert torch.backends.cuda.matmul.allow_tf32 == (compute == "tf32")
    assert torch.backends.cuda.matmul.allow_tf32 == before
    with products_in("tf32", CPU):
        assert torch.backends.cuda.matmul.allow_tf32 == before
