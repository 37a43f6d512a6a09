"""From a run of training on a portion to twenty epochs on the whole corpus."""

from statistics import mean

from benchmarks.samples import Json

EPOCHS = 20


def whole_corpus(run: Json, train: float, drawn_per_epoch: float, dev: float) -> Json:
    """The cost of twenty epochs on a whole corpus, from a run on a portion."""
    seconds, tokens = run["seconds"], run["tokens"]
    growth = (train + dev) / (tokens["train"] + tokens["dev"])
    epoch = (
        mean(seconds["training"]) * drawn_per_epoch / tokens["train"]
        + mean(seconds["validating"]) * dev / tokens["dev"]
        + mean(seconds["saving"])
    )
    parts = {
        "once": seconds["starting"] + seconds["building"] + seconds["ending"],
        "reading": seconds["reading"] * growth,
        "feature_pass": seconds["feature_pass"] * growth,
        "epoch": epoch,
    }
    return {
        **parts,
        "total": parts["once"] + parts["reading"] + parts["feature_pass"] + EPOCHS * epoch,
    }
