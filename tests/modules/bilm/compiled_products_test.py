"""oneDNN keeps few of the products that it has compiled."""

import os
import subprocess
import sys

import pytest

from bluelmo_plugins.modules.bilm.packed_weights import MOST_KEPT, keep_few_products

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


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone says how much memory is anonymous")
def test_ever_new_shapes_take_no_more_and_more_memory() -> None:
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    finished = subprocess.run(
        [sys.executable, "-c", _PRODUCTS],
        env=inherited,
        capture_output=True,
        text=True,
        check=True,
    )
    # Where all shapes are kept, they take 400 MB on a processor with avx512_bf16.
    assert int(finished.stdout) < 150e6


def test_what_the_environment_says_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTINGS[0], "5")
    monkeypatch.delenv(SETTINGS[1], raising=False)
    keep_few_products()
    assert [os.environ[name] for name in SETTINGS] == ["5", str(MOST_KEPT)]
