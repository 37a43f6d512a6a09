"""Mistakes in configs and on the command line."""

import json
from pathlib import Path
from typing import Any, Optional

import pytest
import torch
from allennlp.common import FromParams, Params
from allennlp.common.params import parse_overrides
from allennlp.data import DataLoader
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from allennlp.training.optimizers import Optimizer
from torch.multiprocessing import ProcessRaisedException

from bluelmo_plugins.cli.error_messages import explain
from bluelmo_plugins.predictors.blue_predictor import BluePredictor
from bluelmo_plugins.vocabulary import LabelVocabulary
from tests.cli.error_messages.told import told

LIBRARY = """{
  elmo: std.extVar('ELMO_DIR') + '/options.json',
  other: std.extVar('OTHER'),
  pick(name):: if name == 'boe' then 1 else error 'unknown seq2vec "%s". Known: boe' % name,
  assert std.objectHasAll(self, 'lr') : "no field 'lr'",
}
"""


def told_about_config(text: str, folder: Path) -> Optional[str]:
    (folder / "lib.libsonnet").write_text(LIBRARY)
    (folder / "task.jsonnet").write_text(text)
    return told(lambda: Params.from_file("task.jsonnet"))


@pytest.mark.parametrize("name", ["ELMO_DIR", "DATASET_DIR"])
def test_an_unset_folder_is_told_with_how_to_set_it(name: str, folder: Path) -> None:
    message = told_about_config(f"{{\n  a: 1,\n  b: std.extVar('{name}'),\n}}", folder)
    assert message is not None
    assert message.startswith(
        f"task.jsonnet, line 3: the environment variable {name} is not set. Set it to the folder "
    )
    assert f"`export {name}=" in message
    assert "`allennlp blue sample " in message


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            "{ a: std.extVar('OTHER') }",
            "task.jsonnet, line 1: the environment variable OTHER is not set.",
        ),
        ("{\n  a: foo,\n}", "task.jsonnet, line 2: Unknown variable: foo."),
        ("{\n a: 1\n b: 2\n}", "task.jsonnet, line 3: expected a comma before next field."),
        (
            "local lib = import 'lib.libsonnet';\n{ a:\n lib.pick('bo') }",
            "task.jsonnet, line 3: no field 'lr'.",
        ),
        (
            "local lib = (import 'lib.libsonnet') + { lr:: 1 };\n{\n a: lib.pick('bo'),\n}",
            'task.jsonnet, line 3: unknown seq2vec "bo". Known: boe.',
        ),
        ("{\n a: error 'first\nsecond',\n}", "task.jsonnet, line 2: first\nsecond."),
        ("{\n a: std.parseInt('x'),\n}", "task.jsonnet, line 2: x is not a base 10 integer."),
        ("(import 'lib.libsonnet') + { lrr:: 1 }", "task.jsonnet: no field 'lr'."),
        (
            "(import 'lib.libsonnet') + { lr:: 1 }",
            "task.jsonnet: the environment variable ELMO_DIR is not set. Set it to",
        ),
        (
            "{ a: import 'nope.libsonnet' }",
            'task.jsonnet, line 1: couldn\'t open import "nope.libsonnet": no match locally or in '
            "the Jsonnet library paths.",
        ),
    ],
)
def test_a_mistake_in_a_config_is_told_with_its_line(
    config: str, message: str, folder: Path
) -> None:
    found = told_about_config(config, folder)
    assert found is not None
    assert found.startswith(message)
    assert "\t" not in found


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ("{a:}", '--overrides, line 1: unexpected: "}" while parsing terminal.'),
        ("{a: error 'no'}", "--overrides, line 1: no."),
        ("{b: 2, 'c.d': 3}", "--overrides: overrides dict contains unused keys: ['c.d']."),
        ("{'a.b': 2}", "--overrides: overrides for 'a.*' expected list or dict in original"),
    ],
)
def test_a_mistake_in_overrides_is_told(overrides: str, message: str, folder: Path) -> None:
    (folder / "task.jsonnet").write_text("{ a: 1 }")
    found = told(lambda: Params.from_file("task.jsonnet", overrides))
    assert found is not None
    assert found.startswith(message)
    assert told(lambda: parse_overrides("{a:}")) is not None


@pytest.mark.parametrize(
    "error",
    [
        ValueError("nan loss encountered"),
        ProcessRaisedException("-- Process 1\nValueError: nan loss encountered\n", 1, 7),
    ],
)
def test_a_loss_that_is_no_number_is_told_with_what_to_change(error: Exception) -> None:
    message = explain(error)
    assert message is not None
    assert "diverged" in message
    assert "`lr::`" in message


@pytest.mark.parametrize(
    ("base", "params", "found"),
    [
        (Optimizer, {"type": "blue_adam", "lr": -1}, "-1"),
        (Optimizer, {"type": "sgd", "lr": 1, "momentum": "x"}, "momentum"),
        (Seq2SeqEncoder, {"type": "blue_feedforward", "input_dim": 4, "hidden_dim": -5}, "-5"),
        (DataLoader, {"batch_size": None}, "batch"),
        (DataLoader, {"batch_size": 1, "num_workers": -1}, "num_workers"),
        (Seq2SeqEncoder, {"type": "qanet_encoder"}, "input_dim"),
    ],
)
def test_what_a_constructor_refuses_is_told_with_its_class(
    base: type[FromParams], params: dict[str, Any], found: str
) -> None:
    weight = torch.nn.Parameter(torch.zeros(1))
    given: dict[type[FromParams], dict[str, Any]] = {
        Optimizer: {"model_parameters": [("weight", weight)]},
        DataLoader: {"reader": None, "data_path": ""},
    }
    message = told(lambda: base.from_params(Params(params), **given.get(base, {})))
    assert message is not None
    assert found in message


def test_a_label_that_the_vocabulary_lacks_is_named() -> None:
    vocab = LabelVocabulary.from_labels(["up"])
    explanation = told(lambda: vocab.get_token_index("down", "labels"))
    assert explanation is not None
    assert "'down'" in explanation
    assert "labels::" in explanation


@pytest.mark.parametrize("kind", ["metrics", "predictions"])
def test_outputs_that_do_not_fit_the_files_are_told(kind: str) -> None:
    def evaluate_from_archive() -> None:
        evaluation_data_path_list = ["dev.tsv", "test.tsv"]
        raise AssertionError(
            f"The number of `{kind}_output_file` paths {evaluation_data_path_list}"
        )

    message = told(evaluate_from_archive)
    assert message is not None
    assert message.startswith("--output-file" if kind == "metrics" else "--predictions-output")
    assert "2 files" in message
    assert "--auto-names" in message


def test_wrong_predictor_arguments_are_told() -> None:
    def _get_predictor(predictor_args: str) -> None:
        from_archive(json.loads(predictor_args))

    def from_archive(arguments: dict[str, Any]) -> None:
        predictor_class = BluePredictor
        predictor_class(None, None, **arguments)  # type: ignore[arg-type]

    assert "--predictor-args is not JSON" in str(told(lambda: _get_predictor("{output_format: 1}")))
    message = told(lambda: _get_predictor('{"output_formt": "json"}'))
    assert message is not None
    assert "'output_formt'" in message
    assert "Did you mean 'output_format'" in message
