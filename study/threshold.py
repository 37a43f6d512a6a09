"""Tunes a threshold on one part and applies it to another."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

THRESHOLDS = [step / 20 for step in range(1, 20)]

Scored = tuple[Any, Any, list[str]]
"""Probabilities and gold, `(num_sentences, num_labels)`, and the document of each sentence."""


def score_with_tuned_threshold(run: Path, select: Path, score: Path) -> dict[str, float]:
    """Tunes the threshold of a run on `select`; returns it with the score on `score`."""
    from allennlp.models.archival import load_archive

    archive = load_archive(run / "model.tar.gz")
    labels = archive.config["model"]["labels"]

    def scored(path: Path) -> Scored:
        import torch

        instances = list(archive.validation_dataset_reader.read(path))
        outputs = archive.model.forward_on_instances(instances)
        return (
            torch.stack([torch.as_tensor(output["probs"]) for output in outputs]),
            torch.stack([instance["labels"].as_tensor({}) for instance in instances]).bool(),
            [_document(instance) for instance in instances],
        )

    on_select = scored(select)
    best = max(THRESHOLDS, key=lambda threshold: _document_f1(on_select, threshold, labels))
    return {"score": _document_f1(scored(score), best, labels), "threshold": best}


def _document(instance: Any) -> str:
    document: str = instance["metadata"].metadata["document"]
    return document


def _document_f1(scored: Scored, threshold: float, labels: Sequence[str]) -> float:
    from bluelmo_plugins.metrics.document_f1 import DocumentF1

    probabilities, gold, documents = scored
    metric = DocumentF1(list(labels))
    metric(probabilities > threshold, gold, documents)
    return float(metric.get_metric(reset=True)["blue"])
