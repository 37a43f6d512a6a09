"""
Memory, open files and the log do not grow with the number of epochs.

Takes minutes, so it runs on request: BLUELMO_EPOCHS=200 pytest -s tests/robustness
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.configs.jsonnet_files import CONFIGS
from tests.robustness.long_run import NOTES

EPOCHS = int(os.environ.get("BLUELMO_EPOCHS", "0"))
SETTLED = 20
"""The number of epochs after which nothing may grow."""
MEGABYTE = 2**20
BOUND = 16 * 1024
"""Bytes of the beginning and of the newest lines of the log: it is full after 20 epochs."""
CONFIG = """(import '%s/%s.jsonnet') + {
  epochs:: %d,
  patience:: null,
  callbacks:: [{ type: 'holdings' }],
  cuda_device:: -1,
  dataset_reader+: { max_instances: %d },
}"""


@pytest.mark.skipif(EPOCHS <= SETTLED, reason="takes minutes; set BLUELMO_EPOCHS=200")
@pytest.mark.parametrize(("task", "rows"), [("ddi", 1000), ("bc5cdr-chem", 60)])
def test_a_long_run_does_not_leak(
    task: str, rows: int, tiny_elmo: Path, sample_corpora: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.jsonnet"
    config.write_text(CONFIG % (CONFIGS, task, EPOCHS, rows))
    command = [sys.executable, "-m", "tests.robustness.long_run", config, tmp_path / "run", BOUND]
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "ELMO_DIR": str(tiny_elmo),
        "DATASET_DIR": str(sample_corpora),
    }
    with (tmp_path / "terminal").open("w") as terminal:
        subprocess.run(
            list(map(str, command)),
            cwd=CONFIGS.parent,
            env=environment,
            stdout=terminal,
            stderr=terminal,
            check=True,
        )
    notes = [json.loads(line) for line in (tmp_path / "run" / NOTES).read_text().splitlines()]
    assert [each["epoch"] for each in notes] == list(range(1, EPOCHS + 1))
    print(f"\n{task}:")
    for epoch in sorted({1, SETTLED, EPOCHS // 2, EPOCHS}):
        each = notes[epoch - 1]
        print(
            f"  after {epoch} epochs: {each['memory'] / MEGABYTE:.1f} MB, {each['files']} open"
            f" files, {each['log'] / 1024:.0f} KB of log"
        )
    settled, later = notes[SETTLED - 1], notes[SETTLED:]
    # The allocator does not return every page.
    assert max(each["memory"] for each in later) < settled["memory"] + 4 * MEGABYTE
    assert max(each["files"] for each in later) <= settled["files"]
    assert max(each["log"] for each in notes) < 4 * BOUND
