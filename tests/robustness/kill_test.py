"""
Trainings that are killed (`kill -9`) at random moments end as an uninterrupted one.

Takes some seconds per kill, so it runs on request: BLUELMO_KILLS=50 pytest -s tests/robustness
"""

import os
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from allennlp.common import Params

from tests.configs.jsonnet_files import CONFIGS
from tests.training.small_run import outcome

KILLS = int(os.environ.get("BLUELMO_KILLS", "0"))
KILLS_OF_A_RUN = 6
CONFIG = """(import '%s/%s.jsonnet') + (import '%s/tiny.libsonnet') + {
  epochs:: 3,
  dataset_reader+: { max_instances: 60 },
  trainer+: { checkpointer+: { save_every_num_batches: 2 } },
}"""


def config_of(task: str, elmo: Path, corpora: Path, folder: Path) -> dict[str, Any]:
    tiny = CONFIGS.parent / "tests" / "configs"
    file = folder / f"{task}.jsonnet"
    file.write_text(CONFIG % (CONFIGS, task, tiny))
    folders = {"ELMO_DIR": str(elmo), "DATASET_DIR": str(corpora)}
    return dict(Params.from_file(file, ext_vars=folders).as_dict(quiet=True))


@pytest.mark.skipif(not KILLS, reason="takes minutes; set BLUELMO_KILLS=50")
def test_killed_runs_end_as_an_uninterrupted_one(
    tiny_elmo: Path, sample_corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    from tests.robustness import killed_training as trainings

    generator = random.Random(int(os.environ.get("BLUELMO_KILL_SEED", "0")))
    kills: Counter[str] = Counter()
    wholes: dict[str, Any] = {}
    num_runs = 0
    while kills.total() < KILLS:
        task = ("ddi", "bc5cdr-chem", "biosses")[num_runs % 3]
        config = config_of(task, tiny_elmo, sample_corpora, tmp_path)
        if task not in wholes:
            trainings.train_to_the_end(tmp_path / task, config)
            wholes[task] = outcome(tmp_path / task / "run")
        folder = tmp_path / f"{task}-{num_runs}"
        for _ in range(min(KILLS_OF_A_RUN, KILLS - kills.total())):
            moment = generator.choice(list(trainings.MOMENTS))
            if trainings.kill_once(folder, config, moment, generator):
                kills[moment] += 1
            assert trainings.archive_is_whole(folder), moment
        trainings.train_to_the_end(folder, config)
        assert outcome(folder / "run") == wholes[task], folder
        assert not list((folder / "run").glob("*.part"))
        shutil.rmtree(folder)
        num_runs += 1
    print(f"\n{kills.total()} kills of {num_runs} runs: {dict(kills)}")
