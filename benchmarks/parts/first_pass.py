"""Measures the speed of the feature pass against stock."""

import time
from collections.abc import Sequence
from random import Random
from typing import Any

import torch
from torch import Tensor

from benchmarks import machine
from benchmarks.corpora import BATCH, middle, ordered_batches, read_split, spread
from benchmarks.corpus_pass import Ids, character_ids, distinct_corpus, timed_pass
from benchmarks.machine import is_installed
from benchmarks.setting import CORPORA, Setting
from benchmarks.tables import Json, Target, rate_words, samples, table
from benchmarks.work import ProductCounter, sharing

TITLE = "First pass of the biLM"

ROWS = {"ddi": 1500, "bc5cdr-chem": 1024}
"""Consecutive instances of a pass on a CPU."""

TARGETS = {
    ("ddi", "fp32"): 5.0,
    ("ddi", "bf16"): 10.0,
    ("bc5cdr-chem", "fp32"): 2.5,
    ("bc5cdr-chem", "bf16"): 5.0,
}
LEAST_SHARE = 70.0

DEVIATION_SENTENCES = 96


class StockEmbedder:
    """AllenNLP's `ElmoTokenEmbedder` as in training, with gradients of its scalar mix."""

    def __init__(self, setting: Setting) -> None:
        from allennlp.modules.token_embedders import ElmoTokenEmbedder

        self._device = setting.device
        self._embedder = ElmoTokenEmbedder(
            str(setting.elmo / "options.json"), str(setting.elmo / "weights.hdf5")
        ).to(setting.device)

    def tokens_per_second(self, sentences: Sequence[Sequence[str]]) -> float:
        """Times one batch, without its indexing."""
        import torch
        from allennlp.modules.elmo import batch_to_ids

        ids = batch_to_ids([list(sentence) for sentence in sentences]).to(self._device)
        start = time.perf_counter()
        with torch.enable_grad():
            self._embedder(ids).cpu()
        return sum(map(len, sentences)) / (time.perf_counter() - start)


def measure(setting: Setting) -> Json:
    """Measures all number formats and stock, alternating, on two corpora."""
    bilms = {name: setting.bilm(name) for name in setting.formats()}
    stock = StockEmbedder(setting) if is_installed("allennlp") else None
    if stock and setting.on_gpu:
        # The first batches of a process are slower on a GPU.
        for _ in range(3):
            stock.tokens_per_second([["warm", "up"] * 20] * BATCH)
    return {
        "deviation": _measure_deviation(setting),
        "corpora": {task: _measure(setting, task, bilms, stock) for task in CORPORA},
        "stock_missing": "" if stock else "AllenNLP is not installed on this machine",
    }


@torch.no_grad()
def _measure(
    setting: Setting, task: str, bilms: dict[str, Any], stock: StockEmbedder | None
) -> Json:
    sentences = read_split(setting, task, "train").sentences
    portion = middle(sentences, setting.more(ROWS[task], 40))
    ids = list(character_ids(portion))
    flops = _flops(list(bilms.values())[-1], ids)
    turns = setting.size(2, 1)
    random_batches = [Random(turn).sample(sentences, BATCH) for turn in range(turns)]
    batches_by_length = spread(ordered_batches(sentences, len), turns)
    rates: dict[str, list[float]] = {name: [] for name in bilms}
    passes: dict[str, list[Json]] = {name: [] for name in bilms}
    stock_rates: dict[str, list[float]] = {"random": [], "by_length": []}
    if setting.on_gpu:
        # Warm-up: a GPU loads and compiles its kernels.
        for bilm in bilms.values():
            timed_pass(bilm, ids[:BATCH], setting.work / "first-pass-store")
    for random_batch, batch_by_length in zip(random_batches, batches_by_length, strict=True):
        for name, bilm in bilms.items():
            rates[name].append(machine.product_rate(_dtype(bilm), setting.device, name))
            passes[name].append(timed_pass(bilm, ids, setting.work / "first-pass-store"))
            rates[name].append(machine.product_rate(_dtype(bilm), setting.device, name))
            if stock and name == "fp32":
                stock_rates["random"].append(stock.tokens_per_second(random_batch))
        if stock:
            stock_rates["by_length"].append(stock.tokens_per_second(batch_by_length))
    limits = {name: samples(each) for name, each in rates.items()}
    return {
        "rows": len(portion),
        "tokens": sum(map(len, portion)),
        "words": len({word for sentence in portion for word in sentence}),
        "sharing": _sharing(setting, ids),
        "sharing_of_all": _sharing(setting, list(character_ids(sentences))),
        "flops": flops,
        "ours": {name: _ours(name, passes[name], limits, flops) for name in bilms},
        "stock": {name: samples(each) for name, each in stock_rates.items() if each},
    }


def _ours(name: str, passes: list[Json], limits: Json, flops: Json) -> Json:
    # The character convolutions are in fp32 in every format of the LSTMs.
    characters = "tf32" if name == "tf32" else "fp32"
    limit = flops["lstms"] / limits[name]["median"] + (
        flops["characters"] / limits[characters]["median"]
    )
    seconds = samples([each["seconds"] for each in passes])
    writing = samples([each["writing"] for each in passes])
    return {
        "tokens_per_second": samples([each["tokens"] / each["seconds"] for each in passes]),
        "seconds": seconds,
        "writing": writing,
        "store_bytes": passes[-1]["store_bytes"],
        "product_rate": limits[name],
        "limit_seconds": limit,
        "percent_of_limit": 100 * limit / seconds["median"],
        "percent_of_limit_unwritten": 100 * limit / (seconds["median"] - writing["median"]),
    }


def _flops(bilm: Any, ids: Sequence[Ids]) -> Json:
    """Counts in a 16-bit pass, so that the LSTMs differ from the characters' fp32."""
    from bluelmo_plugins.modules.bilm import CorpusPass

    corpus, _ = distinct_corpus(ids)
    with ProductCounter() as counter:
        # Other threads are not counted.
        for _ in CorpusPass(bilm, corpus, num_workers=0).run(range(len(corpus))):
            pass
    characters = counter.flops.pop("float32")
    return {"characters": characters, "lstms": sum(counter.flops.values())}


def _sharing(setting: Setting, ids: Sequence[Ids]) -> Json:
    from bluelmo_plugins.modules.bilm.corpus_pass import SENTENCES_PER_BATCH, TOKENS_PER_BATCH

    corpus, _ = distinct_corpus(ids)
    most = (each[setting.device.type] for each in (TOKENS_PER_BATCH, SENTENCES_PER_BATCH))
    batches = corpus.batches(range(len(corpus)), *most)
    return sharing(corpus, batches, num_tokens=sum(map(len, ids)))


def _dtype(bilm: Any) -> torch.dtype:
    dtype: torch.dtype = bilm.forward_stack.layers[0].bias.dtype
    return dtype


def targets(result: Json) -> list[Target]:
    """Returns the speed-ups over stock in random order and the percentages of the GEMM peak."""
    found = []
    for (task, name), bound in TARGETS.items():
        corpus = result["corpora"][task]
        ours = corpus["ours"].get(name)
        ratio = ours and _ratio(ours, corpus, "random")
        share = ours and ours["percent_of_limit"]
        where = f"first pass of {task}, {name}"
        found.append(Target(f"{where}: against stock", ratio, bound, "times"))
        found.append(Target(f"{where}: of the GEMM peak", share, LEAST_SHARE, "%"))
    return found


def _ratio(ours: Json, corpus: Json, order: str) -> float | None:
    stock = corpus["stock"].get(order)
    return float(ours["tokens_per_second"]["median"] / stock["median"]) if stock else None


def _ratio_words(ours: Json, corpus: Json, order: str) -> str:
    ratio = _ratio(ours, corpus, order)
    return "-" if ratio is None else f"{ratio:.1f}"


def section(result: Json) -> list[str]:
    """Returns the tables of rates, sharing and deviations."""
    text = [_TEXT, table(_HEAD, _rows(result))]
    if result["stock_missing"]:
        text.append(f"Stock was not measured: {result['stock_missing']}.")
    text += [_SHARING, table(_SHARING_HEAD, _sharing_rows(result))]
    return [*text, *_deviation_section(result["deviation"])]


_TEXT = (
    "Ours processes consecutive rows of the train split and includes everything a user waits for: "
    "finding distinct words and prefixes, computing, rounding to half precision and writing to an "
    "empty cache. Stock is `ElmoTokenEmbedder` on batches of 64 rows sampled from the whole split, "
    "in random order as with AllenNLP's default data loader, or sorted by length; its indexing is "
    "not timed. The runs alternate; values are medians, with minimum and maximum in brackets. The "
    "GEMM peak (matrix-multiply peak) is the rate of one large product (1024 x 512 by 512 x 16384) "
    "in the same run, plain or with packed weights, whichever is faster; its percentage is the "
    "time that all matrix products would take at that rate, divided by the time measured. Padding "
    "rows count; character convolutions are in fp32. With matrix units (amx_bf16), bf16 products "
    "speed up far more than the rest, so the percentage is low."
)
_HEAD = (
    "corpus, format",
    "tokens/s",
    "stock, random",
    "ratio",
    "stock, by length",
    "ratio",
    "GEMM peak, GFLOP/s",
    "of the GEMM peak",
    "without writing",
)


def _rows(result: Json) -> list[list[str]]:
    rows = []
    for task, corpus in result["corpora"].items():
        stock = {
            order: rate_words(corpus["stock"][order]) if order in corpus["stock"] else "-"
            for order in ("random", "by_length")
        }
        for name, ours in corpus["ours"].items():
            rows.append(
                [
                    f"{task}, {name}",
                    rate_words(ours["tokens_per_second"]),
                    stock["random"],
                    _ratio_words(ours, corpus, "random"),
                    stock["by_length"],
                    _ratio_words(ours, corpus, "by_length"),
                    f"{ours['product_rate']['median'] / 1e9:,.0f}",
                    f"{ours['percent_of_limit']:.0f} %",
                    f"{ours['percent_of_limit_unwritten']:.0f} %",
                ]
            )
    return rows


_SHARING = (
    "What was computed. Without prefix sharing, each direction takes one LSTM step per token. "
    "Duplicate rows are computed once."
)
_SHARING_HEAD = (
    "corpus",
    "rows",
    "tokens",
    "in distinct rows",
    "distinct words",
    "tokens per LSTM step",
    "in the whole split",
    "TFLOP, LSTMs",
    "TFLOP, characters",
)


def _sharing_rows(result: Json) -> list[list[str]]:
    return [
        [
            task,
            f"{corpus['rows']:,}",
            f"{corpus['tokens']:,}",
            f"{corpus['sharing']['distinct']:,}",
            f"{corpus['words']:,}",
            f"{corpus['sharing']['factor']:.2f}",
            f"{corpus['sharing_of_all']['factor']:.2f}",
            f"{corpus['flops']['lstms'] / 1e12:.2f}",
            f"{corpus['flops']['characters'] / 1e12:.2f}",
        ]
        for task, corpus in result["corpora"].items()
    ]


def _measure_deviation(setting: Setting) -> Json:
    """Returns the deviation of each layer from fp32 for each format."""
    sentences = read_split(setting, "bc5cdr-chem", "train").sentences
    ids = list(character_ids(spread(sentences, setting.size(DEVIATION_SENTENCES, 8))))
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
    """Returns each layer of all tokens, both directions concatenated."""
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


def _deviation_section(result: Json) -> list[str]:
    """Returns the table of the deviations."""
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
