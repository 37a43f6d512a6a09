"""Runs of `allennlp train`, ours and stock, their stages and their extrapolation."""

import json
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean

from benchmarks.corpora import read_params
from benchmarks.corpus_pass import disk_usage
from benchmarks.process import allennlp, run
from benchmarks.setting import Setting
from benchmarks.tables import Json

_STOCK_EMBEDDER = """{
  type: 'elmo_token_embedder',
  options_file: $.options_file,
  weight_file: $.weight_file,
  dropout: $.elmo_dropout,
}"""

_EPOCH_LOG = "{ type: 'console_logger', should_log_inputs: false }"
"""AllenNLP's callback that logs each epoch before its checkpoint, as ours does."""

_STOCK = f"""{{
  feature_store:: false,
  dataset_reader+: {{ token_indexers: {{ elmo: {{ type: 'elmo_characters' }} }} }},
  model:
    local ours = super.model;
    ours
    {{ text_field_embedder: {{ token_embedders: {{ elmo: {_STOCK_EMBEDDER} }} }} }}
    {{
      [name]: ours[name] {{ type: std.strReplace(super.type, 'blue_', '') }}
      for name in ['seq2seq_encoder', 'seq2vec_encoder']
      if std.get(ours, name) != null
    }},
  trainer+: {{ callbacks: [{_EPOCH_LOG}], checkpointer: {{ keep_most_recent_by_count: 1 }} }},
}}"""

_STOCK_BATCHES = "{ data_loader: { batch_size: $.batch_size, shuffle: true } }"

_NOT_STORED = "{ feature_store:: false }"
_BF16 = "{ elmo_compute:: 'bf16', compute:: 'bf16' }"
_NO_SEQ2SEQ, _BOE = "{ seq2seq:: 'none' }", "{ seq2vec:: 'boe' }"

WAYS = {
    "ours": "{}",
    "ours bf16": _BF16,
    "ours, no cache": _NOT_STORED,
    "ours bf16, no cache": f"{_BF16} + {_NOT_STORED}",
    "stock": f"{_STOCK} + {_STOCK_BATCHES}",
    "stock, batches by length": _STOCK,
    "ours, seq2seq none": _NO_SEQ2SEQ,
    "ours bf16, seq2seq none": f"{_BF16} + {_NO_SEQ2SEQ}",
    "stock, seq2seq none": f"{_STOCK} + {_STOCK_BATCHES} + {_NO_SEQ2SEQ}",
    "ours, seq2vec boe": _BOE,
    "ours bf16, seq2vec boe": f"{_BF16} + {_BOE}",
    "stock, seq2vec boe": f"{_STOCK} + {_STOCK_BATCHES} + {_BOE}",
}
"""The variants of training as changes of a config. Stock has AllenNLP's `elmo_token_embedder` (one
scalar mix where ours has two), encoders and checkpointer, with its default batches or ours."""


@dataclass(frozen=True)
class Training:
    """A run of `allennlp train`: task, variant of `WAYS`, corpora and number of epochs."""

    setting: Setting
    task: str
    way: str
    corpora: Path
    epochs: int

    @property
    def store(self) -> Path:
        """The folder of the feature caches."""
        return self.setting.work / "stores" / self._name

    def source(self) -> str:
        """Returns the config in Jsonnet."""
        return f"""(import '{self.task}.jsonnet') + {{
          dataset_dir:: '{self.corpora.resolve()}',
          options_file:: '{self.setting.elmo.resolve()}/options.json',
          weight_file:: '{self.setting.elmo.resolve()}/weights.hdf5',
          feature_store_dir:: '{self.store.resolve()}',
          epochs:: {self.epochs},
          patience:: null,
          undersample:: false,
          cuda_device:: {0 if self.setting.device.type == "cuda" else -1},
        }} + {WAYS[self.way]}"""

    def run(self) -> Json:
        """Trains with an empty feature cache; returns times, memory and disk usage."""
        work, store = self.setting.work, self.store
        output = work / "runs" / self._name
        for folder in (store, output):
            shutil.rmtree(folder, ignore_errors=True)
        config = work / f"{self._name}.json"
        config.write_text(json.dumps(read_params(self.setting, self.source())), encoding="utf-8")
        finished = run(allennlp("train", str(config), "-s", str(output)))
        log = (output / "out.log").read_text(encoding="utf-8")
        result = {
            "way": self.way,
            "task": self.task,
            "seconds": stages(log, finished.started, finished.started + finished.seconds),
            "anonymous": finished.anonymous,
            "mapped": finished.mapped,
            "store": disk_usage(store),
            "archive": (output / "model.tar.gz").stat().st_size,
        }
        for folder in (store, output):
            shutil.rmtree(folder, ignore_errors=True)
        return result

    @property
    def _name(self) -> str:
        return re.sub(r"\W+", "-", f"{self.task} {self.way} {self.corpora.name}")


def stages(log: str, started: float, ended: float) -> Json:
    """Returns the duration of each stage of a run, from its log."""
    times: dict[str, list[float]] = {}
    for moment, message in re.findall(r"^(\S+ \S+) - [A-Z]+ - \S+ - (.*)$", log, re.MULTILINE):
        seconds = datetime.strptime(moment, "%Y-%m-%d %H:%M:%S,%f").timestamp()
        times.setdefault("any", []).append(seconds)
        for name, pattern in _MOMENTS.items():
            if re.search(pattern, message):
                times.setdefault(name, []).append(seconds)
    epoch, training, validating = times["epoch"], times["training"], times["validating"]
    validated, saved = times["validated"], times["saved"]
    return {
        "total": ended - started,
        "starting": times["any"][0] - started,
        "reading": times["read"][-1] - times["any"][0],
        "building": times["built"][-1] - times["read"][-1],
        "feature_pass": epoch[0] - times["built"][-1],
        "training": _between(training, validating),
        "validating": _between(validating, validated),
        "saving": _between(validated, saved),
        "ending": ended - saved[-1],
    }


def _between(starts: list[float], ends: list[float]) -> list[float]:
    return [end - start for start, end in zip(starts, ends, strict=True)]


_MOMENTS = {
    "read": r": read \d+ (rows|sentences)",
    "built": r"^Number of trainable parameters",
    "epoch": r"^Epoch \d+/\d+$",
    "training": r"^Training$",
    "validating": r"^Validating$",
    "validated": r"^Epoch \d+ of \d+:|Training \|  Validation",
    "saved": r"^Epoch duration",
}


EPOCHS = 20


def whole_corpus(run: Json, train: float, drawn_per_epoch: float, dev: float) -> Json:
    """Extrapolates the costs of a run to twenty epochs on a whole corpus."""
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
