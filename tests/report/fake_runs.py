"""Run directories as training and evaluation leave them, without any of the work."""

import json
from pathlib import Path
from typing import Any

from bluelmo_plugins.report.runs.evaluation import Samples, new_evaluation, write_evaluation
from bluelmo_plugins.report.runs.run import Run, read_run
from bluelmo_plugins.scoring.comparison import compare_runs
from bluelmo_plugins.tasks import load_task

DDI_LABELS = ["DDI-advise", "DDI-effect", "DDI-int", "DDI-mechanism", "DDI-false"]
HALLMARKS = ["growing", "spreading", "hiding"]

NO_SAMPLES = Samples(False, False)

READERS: dict[str, dict[str, Any]] = {
    "relation": {
        "type": "blue_relation",
        "corpus": "ddi2013-type",
        "labels": DDI_LABELS,
        "negative_label": "DDI-false",
    },
    "inference": {
        "type": "blue_inference",
        "corpus": "mednli",
        "labels": ["contradiction", "entailment", "neutral"],
    },
    "multilabel": {"type": "blue_multilabel", "corpus": "hoc", "labels": HALLMARKS},
    "similarity": {"type": "blue_similarity", "corpus": "BIOSSES", "max_score": 4},
    "ner": {"type": "blue_ner", "corpus": "BC5CDR-chem", "entity_type": "Chemical"},
}
METRICS: dict[str, dict[str, Any]] = {
    "relation": {
        "type": "blue_relation_f1",
        "labels": DDI_LABELS,
        "negative_label": "DDI-false",
        "average": "macro",
    },
    "inference": {"type": "blue_accuracy", "labels": READERS["inference"]["labels"]},
    "multilabel": {"type": "blue_document_f1", "labels": HALLMARKS},
    "similarity": {"type": "blue_pearson"},
    "ner": {"type": "blue_mention_f1", "entity_type": "Chemical"},
}
SCORES = {
    "relation": "macro F1 of all labels but DDI-false",
    "inference": "accuracy",
    "multilabel": "example-based F1",
    "similarity": "Pearson's r",
    "ner": "strict entity-level F1",
}


TASKS = {
    "relation": "ddi",
    "inference": "mednli",
    "multilabel": "hoc",
    "similarity": "biosses",
    "ner": "bc5cdr-chem",
}


def about_of(family: str, corpus: str) -> dict[str, Any]:
    """What a config says about the task; of a corpus that BLUE does not have, its name alone."""
    task = load_task(TASKS[family])
    return task.config["evaluation"]["about"] if corpus == task.corpus else {"name": corpus}


def config_of(family: str, seed: int = 1, **reader: Any) -> dict[str, Any]:
    """A config as the shipped ones are, of the parts that matter to a report."""
    corpus = READERS[family] | reader
    folder = f"/nowhere/blue/{corpus['corpus']}"
    return {
        "dataset_reader": corpus,
        "model": {
            "type": corpus["type"],
            "metric": METRICS[family] | {k: v for k, v in reader.items() if k == "discontinuous"},
            "text_field_embedder": {
                "token_embedders": {"elmo": {"weight_file": "/nowhere/elmo/weights.hdf5"}}
            },
        },
        "train_data_path": f"{folder}/train.tsv",
        "validation_data_path": f"{folder}/dev.tsv",
        "trainer": {"num_epochs": 20, "cuda_device": None},
        "evaluation": {
            "type": "blue",
            "task": corpus["corpus"],
            "score": SCORES[family],
            "about": about_of(family, corpus["corpus"]),
        },
        **dict.fromkeys(("random_seed", "numpy_seed", "pytorch_seed"), seed),
    }


def write_training(
    directory: Path, config: dict[str, Any], dev_scores: tuple[float, ...] = (0.1, 0.3, 0.2)
) -> Run:
    """What a finished training leaves: config, metrics, archive (of nothing)."""
    directory.mkdir(parents=True)
    (directory / "config.json").write_text(json.dumps(config))
    for epoch, score in enumerate(dev_scores):
        metrics = {"training_blue": score + 0.1, "validation_blue": score}
        losses = {"training_loss": 1.0 - score, "validation_loss": 1.1 - score}
        (directory / f"metrics_epoch_{epoch}.json").write_text(json.dumps(metrics | losses))
    best = max(dev_scores)
    final = {"best_epoch": dev_scores.index(best), "best_validation_blue": best}
    (directory / "metrics.json").write_text(json.dumps(final))
    (directory / "model.tar.gz").write_bytes(f"{directory} {config}".encode())
    run = read_run(directory)
    assert run is not None
    return run


def write_predictions(directory: Path, predictions: list[dict[str, Any]]) -> Path:
    path = directory / "predictions.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in predictions))
    return path


def write_evaluated(
    directory: Path,
    family: str,
    test_file: Path,
    predictions: list[dict[str, Any]],
    seed: int = 1,
    samples: Samples = NO_SAMPLES,
    sizes: dict[str, int] | None = None,
    **reader: Any,
) -> Run:
    """A run with its evaluation; the scores are those of the predictions."""
    run = write_training(directory, config_of(family, seed, **reader))
    path = write_predictions(directory, predictions)
    compared = compare_runs(load_task(str(directory / "config.json")), test_file, [path])
    assert compared is not None
    names = {
        "relation": ("f1_macro", "f1/DDI-int", "precision/DDI-int", "recall/DDI-int"),
        "inference": ("accuracy",),
        "multilabel": ("f1_document",),
        "similarity": ("pearson",),
        "ner": ("f1_mention",),
    }[family]
    metrics = dict.fromkeys(("blue", *names), compared[0].total)
    if family == "relation":
        metrics["support/DDI-int"] = 1.0
    sizes = compared[0].sizes if sizes is None else sizes
    write_evaluation(run, new_evaluation(run, test_file, samples, sizes, metrics))
    return run


def label_sample(*directories: Path) -> None:
    """Makes runs that were evaluated on a sample of them."""
    for directory in directories:
        path = directory / "evaluation.json"
        told = json.loads(path.read_text())
        told["samples"] = {"corpus": True, "elmo": True}
        path.write_text(json.dumps(told))
