"""Misspelled keys and wrong values in what AllenNLP reads, however they come into a config."""

from typing import Any

import pytest
from allennlp.common import Params
from allennlp.training import Trainer

from bluelmo_plugins.cli.config_keys import check_experiment
from bluelmo_plugins.errors import InputError
from tests.configs.jsonnet_files import CONFIGS, FOLDERS, TASKS


def read(overrides: dict[str, Any], task: str = "ddi") -> Params:
    """A config that was changed by `--overrides`; its files need not exist."""
    return Params.from_file(CONFIGS / f"{task}.jsonnet", overrides, FOLDERS)


@pytest.mark.parametrize("task", TASKS)
def test_the_shipped_configs_are_right(task: str) -> None:
    check_experiment(read({}, task))


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("trainer.num_epoch", "num_epochs"),
        ("trainer.optimizer.lrr", "lr"),
        ("trainer.checkpointer.keep_mostrecent_by_count", "keep_most_recent_by_count"),
        ("trainer.callbacks.0.patienc", "patience"),
        ("trainer.learning_rate_scheduler.step_sizes", "step_size"),
        ("data_loader.batch_sizes", "batch_size"),
        ("data_loader.num_worker", "num_workers"),
        ("validation_data_loader.num_worker", "num_workers"),
        ("vocabulary.label", "labels"),
        ("model.thresholds", "threshold"),
        ("model.head.dropuot", "dropout"),
        ("distributed.cuda_device", "cuda_devices"),
        ("evaluation.scores", "score"),
        ("test_data_paths", "test_data_path"),
    ],
)
def test_a_misspelled_key_is_an_error_that_names_the_nearest(key: str, nearest: str) -> None:
    config = read({}, "hoc").as_dict(quiet=True)
    config["distributed"] = {"cuda_devices": [-1, -1]}
    config["trainer"]["learning_rate_scheduler"] = {"type": "step", "step_size": 1}
    *path, name = key.split(".")
    part = config
    for each in path:
        part = part[int(each) if each.isdigit() else each]
    part[name] = 1
    with pytest.raises(InputError, match=f"'{name}'.* Did you mean '{nearest}'"):
        check_experiment(Params(config))


def test_overrides_are_checked() -> None:
    with pytest.raises(InputError, match=r"key of trainer 'num_epoch'.*'num_epochs'"):
        check_experiment(read({"trainer.num_epoch": 1}))


def test_a_trainer_of_any_command_refuses_a_key_that_it_would_ignore() -> None:
    with pytest.raises(InputError, match=r"'patienc'.*'patience'"):
        Trainer.from_params(Params({"patienc": 2}), model=None, data_loader=None)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("trainer.num_epochs", 0),
        ("trainer.num_epochs", None),
        ("trainer.grad_norm", -1),
        ("trainer.cuda_device", -2),
        ("data_loader.batch_sampler.batch_size", 0),
        ("model.seq2vec_encoder.num_filters", 0),
        ("model.text_field_embedder.token_embedders.elmo.num_representations", 0),
        ("random_seed", 2**32),
        ("numpy_seed", -1),
        ("pytorch_seed", -0.5),
    ],
)
def test_a_value_that_would_fail_late_is_an_error(key: str, value: Any) -> None:
    with pytest.raises(InputError, match=rf"{key} is .* Expected a number"):
        check_experiment(read({key: value}))


def test_a_key_may_be_null_or_missing() -> None:
    config = read({"random_seed": None}).as_dict(quiet=True)
    del config["trainer"]["num_epochs"], config["trainer"]["callbacks"], config["numpy_seed"]
    check_experiment(Params(config))


def test_a_checked_config_is_unchanged() -> None:
    config = read({})
    before = config.as_dict(quiet=True)
    check_experiment(config)
    assert config.as_dict(quiet=True) == before
