"""Every knob changes what AllenNLP reads, at the place where it should."""

import re
from typing import Any

import pytest

from tests.configs.jsonnet_files import (
    CONFIGS,
    FAMILIES,
    at,
    evaluate,
    hidden_fields,
    inert_fields,
    variant,
    variants,
)

ELMO = "model/text_field_embedder/token_embedders/elmo"
SAMPLER = "data_loader/batch_sampler"
SELECTION = "trainer/callbacks/0"
SEQ2VEC = "model/seq2vec_encoder"

# For each knob: another value, a place that it reaches, and what must stand there then.
OPTIONS: dict[str, tuple[str, str, Any]] = {
    "preset": ("'paper'", f"{SELECTION}/keep", "last"),
    "dataset_dir": ("'/other'", "train_data_path", "/other/CORPUS/train.tsv"),
    "corpus": ("'other'", "validation_data_path", "/blue/other/dev.tsv"),
    "options_file": ("'o.json'", f"{ELMO}/options_file", "o.json"),
    "weight_file": ("'w.hdf5'", f"{ELMO}/weight_file", "w.hdf5"),
    "tokenizer": ("{ type: 'whitespace' }", "dataset_reader/tokenizer/type", "whitespace"),
    "maxlen": ("77", "dataset_reader/max_tokens", 77),
    "num_representations": ("3", f"{ELMO}/num_representations", 3),
    "elmo_dropout": ("0.1", f"{ELMO}/dropout", 0.1),
    "requires_grad": ("true", f"{ELMO}/requires_grad", True),
    "feature_store": ("false", f"{ELMO}/feature_store", None),
    "feature_store_dir": ("'d'", f"{ELMO}/feature_store/directory", "d"),
    "archive_elmo": ("true", "include_in_archive", ["elmo"]),
    "compute": ("'bf16'", "model/compute", "bf16"),
    "elmo_compute": ("'bf16'", f"{ELMO}/compute", "bf16"),
    "feature_precision": ("'single'", f"{ELMO}/feature_store/precision", "single"),
    "feature_store_gb": ("3", f"{ELMO}/feature_store/max_gigabytes", 3),
    "seq2vec": ("'pytorch-gru'", f"{SEQ2VEC}/type", "gru"),
    "pool": ("'max'", f"{SEQ2VEC}/type", "blue_max_pool"),
    "seq2seq": ("'isa'", "model/seq2seq_encoder/type", "blue_intra_sentence_attention"),
    "pair_combiner": ("'cosine'", "model/pair_combiner", "cosine"),
    "norm": ("'layer'", "model/head/norm", "layer"),
    "pdrop": ("0.3", "model/head/dropout", 0.3),
    "fchdim": ("0", "model/head/hidden_dim", 0),
    "init_linear": ("false", "model/head/init", None),
    "init_mean": ("0.1", "model/head/init/mean", 0.1),
    "init_std": ("0.1", "model/head/init/std", 0.1),
    "init_bias_std": ("1", "model/head/init/bias_std", 1),
    "output_sigmoid": ("!super.output_sigmoid", "model/head/activation", "OTHER"),
    "last_dropout": ("!super.last_dropout", "model/head/last_dropout", "OTHER"),
    "crf": ("false", "model/crf", False),
    "threshold": ("0.3", "model/threshold", 0.3),
    "neighbours": ("!super.neighbours", "model/neighbours", "OTHER"),
    "epochs": ("3", "trainer/num_epochs", 3),
    "patience": ("7", f"{SELECTION}/patience", 7),
    "min_delta": ("0.1", f"{SELECTION}/min_delta", 0.1),
    "keep": ("if super.keep == 'best' then 'last' else 'best'", f"{SELECTION}/keep", "OTHER"),
    "batch_size": ("9", f"{SAMPLER}/batch_size", 9),
    "drop_last": ("true", f"{SAMPLER}/drop_last", True),
    "lr": ("0.3", "trainer/optimizer/lr", 0.3),
    "weight_decay": ("0.3", "trainer/optimizer/weight_decay", 0.3),
    "grad_norm": ("5", "trainer/grad_norm", 5),
    "class_weights": ("true", "trainer/callbacks/1/type", "class_weights"),
    "undersample": ("!super.undersample", f"{SAMPLER}/type", "OTHER"),
    "seed": ("3", "pytorch_seed", 3),
    "num_workers": ("2", "data_loader/num_workers", 2),
    "cuda_device": ("-1", "trainer/cuda_device", -1),
    "callbacks": ("[{ type: 'mine' }]", "trainer/callbacks/6/type", "mine"),
    "family": ("'mine'", "dataset_reader/type", "mine"),
    "text_fields": ("['premise']", f"{SAMPLER}/sorting_keys", ["premise"]),
    "official_score": ("'x'", "evaluation/score", "x"),
    "labels": ("['a', 'b']", "vocabulary/labels", ["a", "b"]),
    "negative_label": ("null", "model/metric/negative_label", None),
    "label_aliases": ("{ a: 'DDI-int' }", "dataset_reader/label_aliases", {"a": "DDI-int"}),
    "average": ("'micro'", "model/metric/average", "micro"),
    "max_score": ("9", "dataset_reader/max_score", 9),
    "score_scale": ("9", "model/score_scale", 9),
    "entity_type": ("'Gene'", "dataset_reader/entity_type", "Gene"),
    "discontinuous": ("true", "model/metric/discontinuous", True),
}
# These act only beside another choice.
COMPANIONS = {
    "label_field": ("undersample:: true, label_field:: 'x'", f"{SAMPLER}/label_field", "x"),
    "encoder_dim": ("seq2vec:: 'cnn', encoder_dim:: 9", f"{SEQ2VEC}/num_filters", 9),
}
NER_COMPANIONS = {
    "encoder_dim": ("seq2seq:: 'ff', encoder_dim:: 9", "model/seq2seq_encoder/hidden_dim", 9),
    "class_weights": (
        "crf:: false, class_weights:: true",
        "trainer/callbacks/1/type",
        "class_weights",
    ),
}
NO_OPTIONS = {"about", "declared_fields", "domains", "inert"}
each_family = pytest.mark.parametrize("task", FAMILIES.values(), ids=FAMILIES.keys())


@each_family
def test_every_knob_reaches_its_place(task: str) -> None:
    companions = COMPANIONS | (NER_COMPANIONS if task == FAMILIES["ner"] else {})
    knobs = hidden_fields(task) - inert_fields(task) - NO_OPTIONS
    assert knobs <= set(OPTIONS) | set(companions)
    changes = {
        knob: companions[knob][0] if knob in companions else f"{knob}:: {OPTIONS[knob][0]}"
        for knob in knobs
    }
    changed = variants(task, changes)
    plain = evaluate(variant(task))
    for knob in knobs:
        assert changed[knob] != plain, f"{knob} changes nothing"
        _, path, expected = companions.get(knob) or OPTIONS[knob]
        found = at(changed[knob], path)
        if expected == "OTHER":
            assert found != at(plain, path), knob
        else:
            if isinstance(expected, str):
                expected = expected.replace("CORPUS", plain["dataset_reader"]["corpus"])
            assert found == expected, knob


def test_every_option_of_this_table_is_one_of_some_task() -> None:
    known = set.union(*(hidden_fields(task) for task in FAMILIES.values()))
    assert set(OPTIONS) | set(COMPANIONS) == known - NO_OPTIONS


def test_every_knob_has_a_comment() -> None:
    lines = (CONFIGS / "lib" / "base.libsonnet").read_text().splitlines()
    for number, line in enumerate(lines):
        if re.match(r"  \w+::", line):
            # Knobs may share a comment: the block up to the blank line begins with it.
            start = number
            while lines[start - 1] not in ("", "{"):
                start -= 1
            assert lines[start].startswith("  // "), line


def test_a_value_is_said_once_for_reader_model_and_metric() -> None:
    config = evaluate(variant("bc5cdr-chem", "maxlen:: 50, norm:: 'batch_positions'"))
    assert at(config, "dataset_reader/max_tokens") == 50
    assert at(config, "model/head/max_positions") == 50
    config = evaluate(variant("bc5cdr-chem", "discontinuous:: true"))
    assert at(config, "dataset_reader/discontinuous") is True
    config = evaluate(variant("biosses", "max_score:: 9"))
    assert at(config, "model/max_score") == at(config, "model/score_scale") == 9


def test_the_validation_data_is_neither_cut_nor_drawn() -> None:
    config = evaluate(variant("ddi", "undersample:: true, drop_last:: true"))
    sampler = at(config, "validation_data_loader/batch_sampler")
    assert sampler == {
        "type": "stable_bucket",
        "batch_size": 64,
        "sorting_keys": ["tokens"],
        "shuffle": False,
    }


def test_no_gradient_clipping_is_what_allennlp_takes_for_it() -> None:
    assert evaluate(variant("ddi", "grad_norm:: null"))["trainer"]["grad_norm"] is False


def test_last_dropout_is_as_strong_as_pdrop() -> None:
    config = evaluate(variant("ddi", "last_dropout:: true, pdrop:: 0.3"))
    assert config["model"]["head"]["last_dropout"] == 0.3


def test_a_pool_takes_the_place_of_seq2vec() -> None:
    evaluated = variants(
        "ddi",
        {
            "both": "pool:: 'avg', seq2vec:: 'cnn'",
            "max": "pool:: 'max'",
        },
    )
    assert at(evaluated["both"], SEQ2VEC) == {"type": "boe", "averaged": True}
    assert at(evaluated["max"], SEQ2VEC) == {"type": "blue_max_pool"}


def test_a_crf_has_no_class_weights_in_either_preset() -> None:
    fields = "preset:: 'paper', crf:: true"
    callbacks = evaluate(variant("bc5cdr-chem", fields))["trainer"]["callbacks"]
    assert "class_weights" not in [callback["type"] for callback in callbacks]


def test_class_weights_beside_a_crf_are_an_error_that_says_what_to_set() -> None:
    with pytest.raises(RuntimeError, match=r"class_weights: a CRF .* set crf:: false, too"):
        evaluate(variant("bc5cdr-chem", "class_weights:: true"))


def test_the_official_score_of_relations_names_what_it_leaves_out() -> None:
    evaluated = variants("ddi", {"plain": "", "all": "negative_label:: null"})
    assert evaluated["plain"]["evaluation"]["score"] == "macro F1 of all labels but DDI-false"
    assert evaluated["all"]["evaluation"]["score"] == "macro F1 of all labels"


def test_a_bilm_that_learns_has_no_feature_store() -> None:
    config = evaluate(variant("ddi", "requires_grad:: true"))
    assert at(config, f"{ELMO}/feature_store") is None
    assert "feature_pass" not in [each["type"] for each in config["trainer"]["callbacks"]]
