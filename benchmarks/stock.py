"""AllenNLP's own way of computing ELMo's features."""

import time
from collections.abc import Sequence

from benchmarks.setting import Setting


class StockEmbedder:
    """
    `ElmoTokenEmbedder`, called as in a training run: it tracks the gradient of its scalar mix.

    # Parameters

    setting : `Setting`
        Has the ELMo and the device.
    """

    def __init__(self, setting: Setting) -> None:
        from allennlp.modules.token_embedders import ElmoTokenEmbedder

        self._device = setting.device
        self._embedder = ElmoTokenEmbedder(
            str(setting.elmo / "options.json"), str(setting.elmo / "weights.hdf5")
        ).to(setting.device)

    def tokens_per_second(self, sentences: Sequence[Sequence[str]]) -> float:
        """Of one batch, whose character ids are there already."""
        import torch
        from allennlp.modules.elmo import batch_to_ids

        ids = batch_to_ids([list(sentence) for sentence in sentences]).to(self._device)
        start = time.perf_counter()
        with torch.enable_grad():
            self._embedder(ids).cpu()
        return sum(map(len, sentences)) / (time.perf_counter() - start)
