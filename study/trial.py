"""Runs one training of the study."""

import json
import os
import shutil
import time
from contextlib import redirect_stdout
from dataclasses import astuple, dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.machine import REPOSITORY
from benchmarks.tables import Json
from study.corpora import CORPORA, deal
from study.factors import Variant
from study.plan import Study

SHARED = REPOSITORY.parent / "shared"


@dataclass(frozen=True)
class Trial:
    """One training: study, variant and replicate (seed and split)."""

    study: Study
    variant: Variant
    replicate: int

    @property
    def key(self) -> Json:
        """Identifies the result; other fields or sizes give another key."""
        study, variant = self.study, self.variant
        parts = (study.corpus, astuple(study.sizes), study.base, astuple(variant))
        return {
            "study": study.name,
            "variant": variant.name,
            "replicate": self.replicate,
            "plan": sha256(repr(parts).encode()).hexdigest()[:12],
        }

    def config(self, work: Path) -> Any:
        """Returns the config; `work` holds temporary files and the feature cache."""
        import _jsonnet

        elmo = elmo_folder(self.variant.elmo, work)
        # Not in the bases, because a changed base would change the key of every trial.
        variant = f"""(import '{self.study.corpus}.jsonnet') + {{
          dataset_dir:: '{self._portions(work).resolve()}',
          options_file:: '{elmo.resolve()}/options.json',
          weight_file:: '{elmo.resolve()}/weights.hdf5',
          feature_store_dir:: '{(work / "features").resolve()}',
          cuda_device:: -1,
          seed:: {self.replicate},
          encoder_dim:: 768,
        }} + {self.study.base} + {self.variant.fields}"""
        path = str(REPOSITORY / "configs" / "study.jsonnet")
        return json.loads(_jsonnet.evaluate_snippet(path, variant))

    def run(self, work: Path) -> Json:
        """Trains and evaluates the best epoch."""
        from allennlp.commands.evaluate import evaluate_from_archive
        from allennlp.commands.train import train_model
        from allennlp.common import Params

        from study.threshold import score_with_tuned_threshold

        start = time.time()
        corpus = CORPORA[self.study.corpus]
        source = SHARED / ("blue-standins" if corpus.is_surrogate else "blue") / corpus.folder
        target = self._portions(work) / corpus.folder
        deal(corpus, source, target, self.study.sizes, self.replicate)
        run = work / f"run-{os.getpid()}"
        shutil.rmtree(run, ignore_errors=True)
        # Hides the terminal output of each training.
        with redirect_stdout(StringIO()):
            train_model(Params(self.config(work)), run)
            test_file = json.dumps(str(target / "test.tsv"))
            evaluated = evaluate_from_archive(run / "model.tar.gz", test_file)
        metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
        found: Json = {
            "score": evaluated["blue"],
            "epochs": metrics["epoch"] + 1,
            "kept": metrics["best_epoch"],
        }
        if self.variant.thresholds_tuned:
            found |= score_with_tuned_threshold(run, target / "dev.tsv", target / "test.tsv")
        if found["score"] != found["score"]:
            found["score"] = None
        shutil.rmtree(run)
        return {**found, "seconds": round(time.time() - start, 1)}

    def _portions(self, work: Path) -> Path:
        return work / "portions" / self.study.name.replace(" ", "-") / str(self.replicate)


def elmo_folder(elmo: str, work: Path) -> Path:
    """Returns the folder of the trained ELMo or of one with random weights."""
    trained = SHARED / "elmo-pubmed-small"
    if elmo == "trained":
        return trained
    folder = work / "elmo-random"
    if not (folder / "complete").exists():
        from bluelmo_plugins.corpora.samples.elmo import ElmoSize, write_elmo

        options = json.loads((trained / "options.json").read_text(encoding="utf-8"))
        characters, lstm = options["char_cnn"], options["lstm"]
        size = ElmoSize(
            char_dim=characters["embedding"]["dim"],
            filters=tuple(map(tuple, characters["filters"])),
            highways=characters["n_highway"],
            cells=lstm["dim"],
            projection_dim=lstm["projection_dim"],
            layers=lstm["n_layers"],
        )
        folder.mkdir(parents=True, exist_ok=True)
        write_elmo(folder, size, seed=13)
        (folder / "complete").touch()
    return folder
