"""The tokens of a corpus, as its reader reads them."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.bare import REPOSITORY, has
from benchmarks.setting import CORPORA, Setting


@dataclass(frozen=True)
class Split:
    """
    # Parameters

    sentences : `list[list[str]]`
        The tokens of each instance, in the order of the file.
    labels : `list[str]`
        The label of each instance; empty where tokens have labels.
    """

    sentences: list[list[str]]
    labels: list[str]

    @cached_property
    def num_tokens(self) -> int:
        """Tokens of all instances."""
        return sum(map(len, self.sentences))


def read_split(setting: Setting, task: str, split: str) -> Split:
    """
    Reads a split of a corpus. What was read is kept in the work folder, which a machine without
    AllenNLP can be given.
    """
    kept = setting.work / f"{task}-{split}-{setting.corpora.name}.json"
    if has("allennlp"):
        content = read_file(setting, task, setting.corpora / CORPORA[task] / f"{split}.tsv")
        kept.write_text(json.dumps([content.sentences, content.labels]), encoding="utf-8")
        return content
    if not kept.exists():
        raise FileNotFoundError(
            f"{kept} is missing, and there is no AllenNLP to read the corpus with. Run the "
            "benchmark where there is one, and bring the file from there."
        )
    return Split(*json.loads(kept.read_text(encoding="utf-8")))


def read_params(setting: Setting, source: str) -> Any:
    """A config, from its Jsonnet text, as AllenNLP reads it; imports are those of `configs`."""
    import _jsonnet

    folders = {"ELMO_DIR": str(setting.elmo), "DATASET_DIR": str(setting.corpora)}
    path = str(REPOSITORY / "configs" / "benchmark.jsonnet")
    return json.loads(_jsonnet.evaluate_snippet(path, source, ext_vars=folders))


def read_file(setting: Setting, task: str, path: Path) -> Split:
    """Reads a file of a corpus as the config of the task says."""
    from allennlp.common import Params
    from allennlp.data import DatasetReader
    from allennlp.data.fields import LabelField, TextField

    import bluelmo_plugins  # noqa: F401  registers the readers

    config = read_params(setting, f"import '{task}.jsonnet'")
    reader = DatasetReader.from_params(Params(config["dataset_reader"]))
    sentences, labels = [], []
    for instance in reader.read(str(path)):
        tokens, label = instance["tokens"], instance.fields.get("label")
        assert isinstance(tokens, TextField)
        sentences.append([token.ensure_text() for token in tokens])
        if isinstance(label, LabelField):
            labels.append(str(label.label))
    return Split(sentences, labels)
