"""Misspelled fields and values, and the right ones beside them."""

import inspect

import pytest
from allennlp.commands.train import TrainModel
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.configs.jsonnet_files import (
    FAMILIES,
    error,
    evaluate,
    hidden_fields,
    inert_fields,
    variant,
    variants,
)


@pytest.mark.parametrize("task", FAMILIES.values(), ids=FAMILIES.keys())
def test_a_misspelled_field_is_an_error_that_names_the_nearest(task: str) -> None:
    message = error(variant(task, "lrr:: 0.1"))
    assert message.startswith("RUNTIME ERROR: unknown field 'lrr'. Did you mean 'lr'? Known: ")
    assert "'batch_size', " in message


def test_a_misspelled_visible_field_is_one_too() -> None:
    assert "unknown field 'lrr'. Did you mean 'lr'?" in error(variant("ddi", "lrr: 0.1"))


@pytest.mark.parametrize(
    ("found", "nearest"),
    [
        ("epoch", "epochs"),
        ("patiance", "patience"),
        ("sedd", "seed"),
        ("batchsize", "batch_size"),
        ("seq2vecs", "seq2vec"),
        ("trianer", "trainer"),
        ("class_weight", "class_weights"),
        ("elmo_drop", "elmo_dropout"),
    ],
)
def test_the_nearest_field(found: str, nearest: str) -> None:
    assert f"Did you mean '{nearest}'?" in error(variant("ddi", f"{found}:: 1"))


def test_nothing_is_near_a_name_of_another_kind() -> None:
    assert "unknown field 'zzzzzzzz'. Known: " in error(variant("ddi", "zzzzzzzz:: 1"))


@pytest.mark.parametrize(
    ("original", "here"),
    [("wdecay", "weight_decay"), ("clipmaxn", "grad_norm"), ("ssfunc", "pair_combiner")],
)
def test_an_option_by_its_original_name_is_told_its_name_here(original: str, here: str) -> None:
    message = error(variant("mednli", f"{original}:: 1"))
    assert f"unknown field '{original}'. It is called '{here}' here" in message


def test_the_names_that_options_have_here_exist() -> None:
    names = evaluate(
        "local closed = importstr 'lib/closed.libsonnet';"
        "local table = std.split(std.split(closed, 'local renamed = {')[1], '};')[0];"
        "[std.split(line, \"'\")[1] for line in std.split(table, '\\n') if std.length(line) > 2]"
    )
    assert len(names) > 15
    assert set(names) <= hidden_fields("ddi")


@pytest.mark.parametrize(
    "addition",
    [
        "trainer+: { num_gradient_accumulation_steps: 2 }",
        "model+: { head+: { dropout: 0.1 } }",
        "trainer: {}, model: {}",
        "dataset_reader+: { max_instances: 10 }",
    ],
)
def test_the_check_survives_changes_of_nested_parts(addition: str) -> None:
    evaluate(variant("ddi", addition))
    assert "unknown field 'lrr'" in error(variant("ddi", f"{addition}, lrr:: 1"))


def test_the_check_survives_a_variant_of_a_variant() -> None:
    assert "unknown field 'lrr'" in error(f"{variant('ddi', 'lrr:: 1')} + {{ lr:: 2 }}")
    assert "unknown field 'lrr'" in error(f"{variant('ddi', 'lr:: 2')} + {{ lrr:: 1 }}")


def test_a_variant_may_declare_a_field_of_its_own() -> None:
    fields = "declared_fields+:: ['warmup'], warmup:: 3, trainer+: { warmup: $.warmup }"
    assert evaluate(variant("ddi", fields))["trainer"]["warmup"] == 3
    assert "unknown field 'lrr'" in error(variant("ddi", fields + ", lrr:: 1"))


def test_a_new_kind_of_task_has_its_own_fields_checked() -> None:
    family = (
        "(import 'lib/closed.libsonnet')((import 'lib/text.libsonnet') {"
        " family:: 'mine', corpus:: 'c', labels:: [], official_score:: 's',"
        " depth:: 1, model+: { depth: $.depth } })"
    )
    assert evaluate(family + " + { depth:: 2 }")["model"]["depth"] == 2
    assert "Did you mean 'depth'?" in error(family + " + { dept:: 2 }")


def test_every_key_that_allennlp_reads_is_known() -> None:
    given = {"serialization_dir", "local_rank"}
    keys = set(inspect.signature(TrainModel.from_partial_objects).parameters) - given
    evaluated = variants("ddi", {key: f"{key}: null" for key in keys | {"distributed", "type"}})
    assert all(key in config for key, config in evaluated.items())


@pytest.mark.parametrize("task", FAMILIES.values(), ids=FAMILIES.keys())
def test_a_field_that_does_nothing_here_cannot_be_set(task: str) -> None:
    for field in inert_fields(task):
        value = f"if std.isBoolean(super.{field}) then !super.{field} else 'another'"
        message = error(variant(task, f"{field}:: {value}"))
        assert f"field '{field}' changes nothing here: " in message


def test_a_field_that_does_nothing_here_may_keep_its_value() -> None:
    # The original's README gives --seq2vec boe for NER, too.
    assert evaluate(variant("bc5cdr-chem", "seq2vec:: 'boe'")) == evaluate(variant("bc5cdr-chem"))


@pytest.mark.parametrize(
    ("task", "field", "found", "nearest", "known"),
    [
        ("ddi", "seq2vec", "pytorch-lstmm", "pytorch-lstm", "'boe', 'cnn', 'cnn_highway', 'last'"),
        ("ddi", "seq2vec", "lstm", "pytorch-lstm", "'boe', 'cnn'"),
        ("ddi", "pool", "maxx", "max", "'avg', 'max'"),
        ("bc5cdr-chem", "seq2seq", "qnet", "qanet", "'cnn', 'ff', 'isa', 'none'"),
        ("ddi", "preset", "papre", "paper", "'default', 'paper'"),
        ("ddi", "norm", "btch", "batch", "'batch', 'layer', 'none'"),
        ("bc5cdr-chem", "norm", "layr", "layer", "'batch', 'batch_positions', 'layer', 'none'"),
        ("ddi", "keep", "bst", "best", "'best', 'last'"),
        ("ddi", "elmo_compute", "bf61", "bf16", "'fp32', 'bf16', 'tf32', 'fp16'"),
        ("ddi", "feature_precision", "singl", "single", "'half', 'single'"),
        ("ddi", "average", "mircro", "micro", "'micro', 'macro'"),
        ("mednli", "pair_combiner", "cosin", "cosine", "'concat', 'cosine', 'distance', 'full'"),
    ],
)
def test_an_unknown_value_is_an_error_that_names_the_nearest(
    task: str, field: str, found: str, nearest: str, known: str
) -> None:
    message = error(variant(task, f"{field}:: '{found}'"))
    assert f"unknown {field} '{found}'. Did you mean '{nearest}'? Known: {known}" in message


def test_a_value_that_is_no_name_is_an_error_too() -> None:
    assert "unknown seq2vec 'null'. Known: " in error(variant("ddi", "seq2vec:: null"))


@pytest.mark.parametrize("task", FAMILIES.values(), ids=FAMILIES.keys())
def test_every_field_has_a_domain(task: str) -> None:
    domains = set(evaluate(f"std.objectFields((import '{task}.jsonnet').domains)"))
    assert domains == hidden_fields(task) - {"declared_fields", "domains"}


@pytest.mark.parametrize(
    ("task", "field", "expected"),
    [
        *(("ddi", f"{name}:: 0", "at least 1") for name in ("epochs", "batch_size", "patience")),
        *(("ddi", f"{name}:: 0", "at least 1") for name in ("maxlen", "num_representations")),
        *(("ddi", f"{name}:: -1", "at least 0") for name in ("lr", "weight_decay", "num_workers")),
        *(("ddi", f"{name}:: 1.5", "from 0 to 1") for name in ("pdrop", "elmo_dropout")),
        ("hoc", "threshold:: -0.1", "from 0 to 1"),
        ("biosses", "score_scale:: 0", "above 0"),
        ("biosses", "max_score:: '4'", "above 0"),
        ("ddi", "fchdim:: -5", "at least 0"),
        ("ddi", "fchdim:: 1.5", "whole number"),
        ("ddi", "seed:: 4294967296", "from 0 to 4294967295"),
        ("ddi", "cuda_device:: -2", "at least -1, or null"),
        ("ddi", "grad_norm:: 0", "above 0, or null"),
        ("ddi", "undersample:: 'no'", "true or false"),
        ("ddi", "labels:: ['a', 'a']", "different strings"),
        ("ddi", "label_aliases:: { a: 1 }", "object of strings"),
        ("ddi", "callbacks:: 'tensorboard'", "list of objects"),
        ("ddi", "corpus:: null", "a string"),
    ],
)
def test_a_value_out_of_its_domain_is_an_error_that_says_what_is_expected(
    task: str, field: str, expected: str
) -> None:
    message = error(variant(task, field))
    assert f"field '{field.partition('::')[0]}' is " in message
    assert expected in message.partition(". Expected ")[2]


def test_values_at_the_limits_of_their_domains_are_right() -> None:
    evaluate(variant("ddi", "pdrop:: 1, elmo_dropout:: 0, lr:: 0, fchdim:: 0, seed:: 4294967295"))
    evaluate(variant("ddi", "maxlen:: 1, patience:: null, cuda_device:: -1, grad_norm:: null"))


def test_norm_by_position_needs_a_number_of_positions() -> None:
    fields = "norm:: 'batch_positions', maxlen:: null"
    assert "norm 'batch_positions' needs a maxlen" in error(variant("bc5cdr-chem", fields))


def edit_distance(a: str, b: str) -> int:
    if not a or not b:
        return len(a) + len(b)
    return min(
        edit_distance(a[1:], b) + 1,
        edit_distance(a, b[1:]) + 1,
        edit_distance(a[1:], b[1:]) + (a[0] != b[0]),
    )


words = st.text("abc", min_size=1, max_size=5)


@settings(deadline=None, max_examples=20)
@given(words, st.lists(words, min_size=1, max_size=6, unique=True))
def test_the_nearest_name_is_the_nearest_by_edit_distance(name: str, known: list[str]) -> None:
    # A name within the other has a rule of its own.
    known = [each for each in known if each not in name and name not in each]
    nearest = evaluate(f"(import 'lib/names.libsonnet').nearest('{name}', {known})")
    distances = {each: edit_distance(name, each) for each in known}
    near = [each for each in known if distances[each] <= len(name) / 2]
    if near:
        assert distances[nearest] == min(distances.values())
    else:
        assert nearest is None


def test_long_names_do_not_exhaust_the_interpreter() -> None:
    name, known = "ab" * 30, ["ba" * 30 + "c", "c" * 60]
    assert evaluate(f"(import 'lib/names.libsonnet').nearest('{name}', {known})") == known[0]


def test_several_processes_do_not_evaluate_on_the_test_split() -> None:
    fields = "distributed: { cuda_devices: [-1, -1] }, evaluate_on_test: true"
    assert "does not go with 'distributed': use `allennlp evaluate`" in error(
        variant("ddi", fields)
    )
    assert evaluate(variant("ddi", "distributed: { cuda_devices: [-1, -1] }"))["distributed"]
