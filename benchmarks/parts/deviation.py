"""How far the faster formats are from single precision, on real sentences."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from benchmarks.characters import Ids, ids_of
from benchmarks.corpus_pass import distinct_corpus
from benchmarks.portions import spread
from benchmarks.samples import Json
from benchmarks.sentences import read_split
from benchmarks.setting import Setting
from benchmarks.tables import table

SENTENCES = 96


def measure(setting: Setting) -> Json:
    """The relative root mean square and the greatest deviation of each layer."""
    sentences = read_split(setting, "bc5cdr-chem", "train").sentences
    ids = list(ids_of(spread(sentences, setting.size(SENTENCES, 8))))
    folders = {setting.elmo_words: setting.elmo}
    if setting.trained_elmo:
        folders["a small ELMo trained on PubMed"] = setting.trained_elmo
    result: Json = {"sentences": len(ids), "elmos": {}}
    for words, folder in folders.items():
        exact, *others = (_layers(setting.bilm(name, folder), ids) for name in setting.formats())
        names = setting.formats()[1:]
        found = {"fp32, cached in half precision": [each.half().float() for each in exact]}
        found |= {name: layers for name, layers in zip(names, others, strict=True)}
        result["elmos"][words] = {
            name: [_deviation(*pair) for pair in zip(layers, exact, strict=True)]
            for name, layers in found.items()
        }
    return result


@torch.no_grad()
def _layers(bilm: Any, sentences: Sequence[Ids]) -> list[Tensor]:
    """Each layer of all tokens, forwards and backwards side by side."""
    from bluelmo_plugins.modules.bilm import CorpusPass, bidirectional_layers

    corpus, _ = distinct_corpus(sentences)
    batches = []
    for _, found in CorpusPass(bilm, corpus).run(range(len(corpus))):
        batches.append(bidirectional_layers(found))
    return [torch.cat(layers) for layers in zip(*batches, strict=True)]


def _deviation(layer: Tensor, exact: Tensor) -> Json:
    difference = layer - exact
    return {
        "relative_rms": float(difference.norm() / exact.norm()),
        "greatest": float(difference.abs().max()),
        "rms_of_layer": float(exact.square().mean().sqrt()),
    }


def section(result: Json) -> list[str]:
    """A table of the layers."""
    rows = [
        [
            f"{elmo}, {name}",
            str(layer),
            f"{each['relative_rms']:.1e}",
            f"{each['greatest']:.1e}",
            f"{each['rms_of_layer']:.2f}",
        ]
        for elmo, formats in result["elmos"].items()
        for name, layers in formats.items()
        for layer, each in enumerate(layers)
    ]
    text = (
        f"Deviation of each format from fp32, on {result['sentences']} sentences of BC5CDR; layer "
        "0 is the token layer. Relative: root mean square of the deviation divided by that of the "
        "layer."
    )
    head = ("ELMo, format", "layer", "relative", "maximum", "root mean square of the layer")
    return [text, table(head, rows)]
