"""The perplexity of a biLM."""

import math
from typing import Any

from allennlp.training.metrics import Metric

from bluelmo_plugins.distributed import gather_from_workers


@Metric.register("bilm_perplexity")
class BiLmPerplexity(Metric):
    """
    The perplexity of each direction of a biLM and of both: the exponential of the mean negative log
    likelihood of a word. The boundary after (forward) or before (backward) a sentence counts as a
    word, as in bilm-tf; a word outside of the vocabulary counts as the unknown word.

    Registered as a `Metric` with name "bilm_perplexity".
    """

    def __init__(self) -> None:
        self._sums: list[float] = [0.0, 0.0, 0, 0, 0]

    def __call__(  # type: ignore[override]
        self, nll: tuple[float, float], num_words: int, num_tokens: int, num_unknown: int
    ) -> None:
        """
        Adds a batch.

        # Parameters

        nll : `tuple[float, float]`
            The sums of the negative log likelihoods of both directions, in nats.
        num_words : `int`
            The number of predictions of one direction.
        num_tokens : `int`
            The number of tokens, without sentence boundaries.
        num_unknown : `int`
            How many of them are not in the vocabulary.
        """
        added = (*nll, num_words, num_tokens, num_unknown)
        self._sums = [total + each for total, each in zip(self._sums, added, strict=True)]

    def get_metric(self, reset: bool = False) -> dict[str, Any]:
        """
        # Returns

        `dict[str, float]`
            "perplexity", "forward_perplexity" and "backward_perplexity"; "tokens", their number;
            "oov", the share of them that is not in the vocabulary. Only counts, where no likelihood
            was added.
        """
        sums = self._sums
        if reset:
            sums = [sum(each) for each in zip(*gather_from_workers(self._sums), strict=True)]
            self.reset()
        forward, backward, num_words, num_tokens, num_unknown = sums
        metrics = {}
        if num_words:
            metrics = {
                "perplexity": _exp((forward + backward) / (2 * num_words)),
                "forward_perplexity": _exp(forward / num_words),
                "backward_perplexity": _exp(backward / num_words),
            }
        return {
            **metrics,
            "tokens": num_tokens,
            "oov": num_unknown / num_tokens if num_tokens else 0.0,
        }

    def reset(self) -> None:
        """Forgets all batches."""
        self._sums = [0.0, 0.0, 0, 0, 0]


def _exp(nats: float) -> float:
    return math.exp(nats) if nats < 700 else math.inf
