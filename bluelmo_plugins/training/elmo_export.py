"""Writes the files of an ELMo while its biLM is trained."""

import json
from pathlib import Path
from typing import Any, Optional

from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback

from bluelmo_plugins.atomic_write import atomic_folder
from bluelmo_plugins.models.language_model import ELMO_FOLDER, BiLmLanguageModel
from bluelmo_plugins.modules.bilm.weights import write_weights

_CARD = """# A biLM trained with bluelmo

- Sizes: {num_weights:,} weights without the softmax; {options}
- Text: {train_path}; {tokens:,.0f} tokens an epoch, of which {oov:.2%} are not in the vocabulary
- Vocabulary of the softmax: {num_words:,} words
- Trained for {epochs} epochs (this is the best so far), with state 0 at the begin of each sentence
- Held-out text: {dev_path}; perplexity {perplexity} (forward {forward}, backward {backward}) by
  the full distribution over the vocabulary; the boundary of a sentence counts as a word, words
  outside of the vocabulary as <UNK>
- Command: `allennlp train CONFIG -s {run}`, with the configuration in config.json there

`ELMO_DIR` names this folder. options.json and weights.hdf5 are in the format of bilm-tf.
softmax.hdf5 and vocabulary.txt are needed only to continue the training.
"""


@TrainerCallback.register("elmo_export")
class ElmoExportCallback(TrainerCallback):
    """
    Writes the folder `elmo` in the serialization directory whenever an epoch is the best so far, as
    a whole or not at all: options.json and weights.hdf5 as bilm-tf writes them, softmax.hdf5,
    vocabulary.txt (a word a line; `<S>`, `</S>` and `<UNK>` first, as bilm-tf has it), and a model
    card, README.md.

    Registered as a `TrainerCallback` with name "elmo_export".

    # Parameters

    serialization_dir : `str`
        Given by the trainer.
    """

    def __init__(self, serialization_dir: str) -> None:
        super().__init__(serialization_dir)

    def on_epoch(
        self,
        trainer: GradientDescentTrainer,
        metrics: dict[str, Any],
        epoch: int,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """Writes the files if this epoch is the best so far."""
        model = trainer.model
        if not is_primary or not trainer._metric_tracker.is_best_so_far():
            return
        assert isinstance(model, BiLmLanguageModel)
        with atomic_folder(Path(self.serialization_dir, ELMO_FOLDER)) as folder:
            model.bilm.save(folder / "options.json", folder / "weights.hdf5")
            words, rows = model.words_of_file()
            write_weights(folder / "softmax.hdf5", model.softmax.file_layers(rows))
            (folder / "vocabulary.txt").write_text("".join(f"{word}\n" for word in words), "utf-8")
            card = self._card(model, metrics, epoch, len(words), folder / "options.json")
            (folder / "README.md").write_text(card, "utf-8")

    def _card(
        self,
        model: BiLmLanguageModel,
        metrics: dict[str, Any],
        epoch: int,
        num_words: int,
        options: Path,
    ) -> str:
        config_file = Path(self.serialization_dir, "config.json")
        config = json.loads(config_file.read_text("utf-8")) if config_file.exists() else {}
        return _CARD.format(
            num_weights=sum(weight.numel() for weight in model.bilm.parameters()),
            options=json.dumps(json.loads(options.read_text("utf-8"))),
            train_path=config.get("train_data_path", "unknown"),
            dev_path=config.get("validation_data_path", "none"),
            tokens=metrics.get("training_tokens", 0),
            oov=metrics.get("training_oov", 0.0),
            num_words=num_words,
            epochs=epoch + 1,
            run=self.serialization_dir,
            **{
                key: _rounded(metrics.get(f"validation_{name}"))
                for key, name in (
                    ("perplexity", "perplexity"),
                    ("forward", "forward_perplexity"),
                    ("backward", "backward_perplexity"),
                )
            },
        )


def _rounded(value: Optional[float]) -> str:
    return "unknown" if value is None else f"{value:.2f}"
