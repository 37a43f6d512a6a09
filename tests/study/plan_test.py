"""The plan of the study: each variant is a config that differs from the base."""

import itertools
import json
from pathlib import Path

import pytest

import study.trial as module
from study.factors import BASE
from study.plan import STUDIES, Study
from study.trial import Trial


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "SHARED", tmp_path)
    (tmp_path / "elmo-random").mkdir()
    (tmp_path / "elmo-random" / "complete").touch()
    return tmp_path


@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
def test_each_variant_is_a_config_of_its_own(study: Study, files: Path) -> None:
    tuned = {variant.name for variant in study.variants if variant.thresholds_tuned}
    configs = {
        variant.name: json.dumps(Trial(study, variant, 1).config(files), sort_keys=True)
        for variant in (BASE, *study.variants)
    }
    assert len(configs) == 1 + len(study.variants)
    for one, other in itertools.combinations(set(configs) - tuned, 2):
        assert configs[one] != configs[other], f"{one} is {other}"


def test_a_replicate_is_a_seed(files: Path) -> None:
    seeds = {Trial(STUDIES["ddi"], BASE, each).config(files)["random_seed"] for each in (1, 2)}
    assert seeds == {1, 2}
