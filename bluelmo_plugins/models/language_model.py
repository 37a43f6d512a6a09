"""The bidirectional language model whose training makes an ELMo."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional, Union

import torch
from allennlp.common.util import is_distributed
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules.sampled_softmax_loss import SampledSoftmaxLoss
from allennlp.training.metrics import Metric
from torch import Tensor, nn
from torch.distributed import all_reduce
from torch.nn import functional

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.modules.bilm import BiLm, BiLmOptions, ElmoFileError, ElmoFiles, check_files
from bluelmo_plugins.modules.bilm.weights import WeightFile
from bluelmo_plugins.modules.mixed_precision import MixedPrecision
from bluelmo_plugins.vocabulary import BOUNDARIES, WORDS_NAMESPACE

logger = logging.getLogger(__name__)

SOFTMAXES = ("full", "sampled", "adaptive")
ELMO_FOLDER = "elmo"
"""The folder of the trained ELMo in a serialization directory."""

LOGITS_AT_ONCE = 2**24
"""How many logits an evaluation holds at a time: 64 MB."""


class WordSoftmax(nn.Module):
    """
    The negative log likelihood of words by the full softmax, or in training by AllenNLP's sampled
    one (https://arxiv.org/abs/1412.2007).

    # Parameters

    num_words : `int`
        The size of the vocabulary, whose words are sorted by falling frequency.
    dim : `int`
        Width of the states.
    num_samples : `Optional[int]`, optional (default = `None`)
        The number of sampled words; `None`: training has the full softmax, too.
    """

    def __init__(self, num_words: int, dim: int, num_samples: Optional[int] = None) -> None:
        super().__init__()
        if num_samples is not None and num_samples >= num_words:
            raise InputError(
                f"num_samples is {num_samples}, and the vocabulary has {num_words} words",
                hint="Set softmax:: to 'full', or a smaller num_samples::",
            )
        self._is_sampled = num_samples is not None
        # With AllenNLP's names of the weights: softmax_w, (num_words, dim), and softmax_b.
        self.sampled: Any = SampledSoftmaxLoss(num_words, dim, num_samples or 1)

    def forward(self, states: Tensor, targets: Tensor) -> Tensor:
        """
        # Parameters

        states : `Tensor`
            Shape `(num_words, dim)`.
        targets : `Tensor`
            Shape `(num_words,)`.

        # Returns

        `Tensor`
            The sum of the negative log likelihoods, a scalar.
        """
        if self.training and self._is_sampled:
            loss: Tensor = self.sampled(states, targets)
            return loss
        weight, bias = self.sampled.softmax_w, self.sampled.softmax_b
        rows = max(1, LOGITS_AT_ONCE // len(bias))
        losses = [
            functional.cross_entropy(
                functional.linear(block, weight, bias).float(), words, reduction="sum"
            )
            for block, words in zip(states.split(rows), targets.split(rows), strict=True)
        ]
        return torch.stack(losses).sum()

    def file_layers(self, rows: Tensor) -> Iterator[tuple[str, Tensor]]:
        """The layers of softmax.hdf5, with the given order of words."""
        yield "softmax/W", self.sampled.softmax_w[rows]
        yield "softmax/b", self.sampled.softmax_b[rows]

    @torch.no_grad()
    def load(self, file: WeightFile, rows: Tensor) -> None:
        """Copies what `file_layers` gave."""
        self.sampled.softmax_w[rows] = file.read("softmax/W", self.sampled.softmax_w.shape)
        self.sampled.softmax_b[rows] = file.read("softmax/b", self.sampled.softmax_b.shape)


class AdaptiveSoftmax(nn.Module):
    """
    The negative log likelihood of words by torch's adaptive softmax
    (https://arxiv.org/abs/1609.04309).

    # Parameters

    num_words : `int`
        The size of the vocabulary, whose words are sorted by falling frequency.
    dim : `int`
        Width of the states.
    cutoffs : `list[int]`
        Where the clusters of words end.
    """

    def __init__(self, num_words: int, dim: int, cutoffs: list[int]) -> None:
        super().__init__()
        self.adaptive = nn.AdaptiveLogSoftmaxWithLoss(dim, num_words, cutoffs)

    def forward(self, states: Tensor, targets: Tensor) -> Tensor:
        """As `WordSoftmax.forward`."""
        likelihoods: Tensor = self.adaptive(states, targets).output
        return -likelihoods.sum()

    def file_layers(self, rows: Tensor) -> Iterator[tuple[str, Tensor]]:
        """The layers of softmax.hdf5; the order of words is part of an adaptive softmax."""
        for name, layer in self.adaptive.named_parameters():
            yield f"adaptive/{name.replace('.', '/')}", layer

    @torch.no_grad()
    def load(self, file: WeightFile, rows: Tensor) -> None:
        """Copies what `file_layers` gave."""
        for name, layer in self.adaptive.named_parameters():
            layer.copy_(file.read(f"adaptive/{name.replace('.', '/')}", tuple(layer.shape)))


@Model.register("bilm")
class BiLmLanguageModel(Model):
    """
    ELMo's bidirectional language model (https://arxiv.org/abs/1802.05365, section 3): a forward and
    a backward LSTM over the vectors of a character encoder predict the next and the previous word,
    by one softmax. Every sentence begins with a zero state, as in the features of an ELMo here;
    bilm-tf carries states from one batch into the next.

    Registered as a `Model` with name "bilm".

    # Parameters

    vocab : `Vocabulary`
        Holds the words in the namespace "words".
    metric : `Metric`
        "bilm_perplexity".
    options : `Optional[dict[str, Any]]`, optional (default = `None`)
        What options.json says, for weights that are drawn.
    options_file, weight_file : `Optional[str]`, optional (default = `None`)
        The files of the biLM to begin with. Its softmax is read where vocabulary.txt beside them
        has the same words.
    softmax : `str`, optional (default = `"full"`)
        "full", "sampled" or "adaptive". Evaluation always has the full or adaptive distribution.
    num_samples : `int`, optional (default = `8192`)
        The number of words that the sampled softmax draws.
    cutoffs : `Optional[list[int]]`, optional (default = `None`)
        Where the frequent words of the adaptive softmax end, as in torch; by default a tenth and
        four tenths of the vocabulary.
    dropout : `float`, optional (default = `0.1`)
        Dropout of what each LSTM layer and the softmax read.
    compute : `str`, optional (default = `"fp32"`)
        Precision of the matrix products: "fp32", or "bf16" for mixed precision.
    serialization_dir : `Optional[str]`, optional (default = `None`)
        Given by AllenNLP: where the run, or the opened archive, is.
    **kwargs : `Any`
        Those of `Model`.

    Raises `InputError` where a file cannot be used, or where the loss is not finite.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        metric: Metric,
        options: Optional[dict[str, Any]] = None,
        options_file: Optional[str] = None,
        weight_file: Optional[str] = None,
        softmax: str = "full",
        num_samples: int = 8192,
        cutoffs: Optional[list[int]] = None,
        dropout: float = 0.1,
        compute: str = "fp32",
        serialization_dir: Optional[str] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab, serialization_dir=serialization_dir, **kwargs)
        if softmax not in SOFTMAXES:
            raise unknown_name("softmax", softmax, SOFTMAXES)
        archived = Path(serialization_dir or "", ELMO_FOLDER, "options.json")
        try:
            if weight_file is None or options_file is None:
                self.bilm = BiLm(BiLmOptions.from_content(options), None, requires_grad=True)
            elif not Path(weight_file).exists() and archived.exists():
                # An opened archive holds all weights.
                self.bilm = BiLm(archived, None, requires_grad=True)
            else:
                check_files(ElmoFiles(options_file, weight_file))
                self.bilm = BiLm(options_file, weight_file, requires_grad=True)
        except ElmoFileError as error:
            raise InputError(error.found, file=error.file, hint=error.hint) from error
        # Padding is no word, so ids are those of the vocabulary less one.
        num_words, dim = vocab.get_vocab_size(WORDS_NAMESPACE) - 1, self.bilm.options.projection_dim
        self.softmax: Union[WordSoftmax, AdaptiveSoftmax]
        if softmax == "adaptive":
            cutoffs = cutoffs or [max(1, num_words // 10), max(2, num_words * 4 // 10)]
            self.softmax = AdaptiveSoftmax(num_words, dim, cutoffs)
        else:
            self.softmax = WordSoftmax(
                num_words, dim, num_samples if softmax == "sampled" else None
            )
        if weight_file is not None:
            self._load_softmax(Path(weight_file).parent)
        self._begin, self._end = (
            vocab.get_token_index(word, WORDS_NAMESPACE) - 1 for word in BOUNDARIES
        )
        self._unknown = vocab.get_token_index(vocab._oov_token, WORDS_NAMESPACE) - 1
        self._dropout = nn.Dropout(dropout)
        self._precision = MixedPrecision(compute)
        self._perplexity: Any = metric

    def words_of_file(self) -> tuple[list[str], Tensor]:
        """
        The words of the softmax in the order of a bilm-tf vocabulary, and the row of each here.
        """
        words = self.vocab.get_index_to_token_vocabulary(WORDS_NAMESPACE)
        first = [
            self.vocab.get_token_index(word, WORDS_NAMESPACE)
            for word in (*BOUNDARIES, self.vocab._oov_token)
        ]
        others = [number for number in sorted(words) if number not in (0, *first)]
        names = [*BOUNDARIES, "<UNK>", *(words[number] for number in others)]
        return names, torch.tensor([*first, *others]) - 1

    def _load_softmax(self, folder: Path) -> None:
        """Reads the softmax beside the weights of a biLM, if it is one over the same words."""
        words, rows = self.words_of_file()
        vocabulary, weights = folder / "vocabulary.txt", folder / "softmax.hdf5"
        if vocabulary.exists() and weights.exists():
            if vocabulary.read_text("utf-8").split("\n")[:-1] == words:
                with WeightFile(weights) as file:
                    self.softmax.load(file, rows)
                logger.info("The softmax is read from %s.", weights)
                return
            logger.warning("%s has other words: a new softmax is trained.", vocabulary)
        else:
            logger.info("%s has no softmax: a new one is trained.", folder)

    def forward(self, tokens: TextFieldTensors) -> dict[str, Tensor]:
        """
        # Parameters

        tokens : `TextFieldTensors`
            ELMo's characters of shape `(batch_size, num_tokens, max_characters)` under "elmo", and
            ids of shape `(batch_size, num_tokens)` under "words".

        # Returns

        `dict[str, Tensor]`
            "loss": the mean negative log likelihood of a word over both directions, in nats; in
            training, of the sampled softmax where there is one.
        """
        ids = tokens[WORDS_NAMESPACE]["tokens"]
        mask = ids > 0
        with self._precision.on(ids.device):
            states = self.bilm.predictive_states(tokens["elmo"]["elmo_tokens"], self._dropout)
            nll = [
                self.softmax(self._dropout(each).float(), targets)
                for each, targets in zip(states, self._targets(ids - 1, mask), strict=True)
            ]
        number = len(states[0])
        loss = (nll[0] + nll[1]) / (2 * self._mean_over_processes(number))
        if not torch.isfinite(loss):
            raise InputError(
                f"the loss of a batch is {loss.item()}",
                expected="a finite number",
                hint="The last checkpoint is kept. Train again with a lower lr:: or grad_norm::",
            )
        real = ids[mask] - 1
        num_unknown = int((real == self._unknown).sum())
        if self.training:
            self._perplexity((0.0, 0.0), 0, len(real), num_unknown)
        else:
            self._perplexity((nll[0].item(), nll[1].item()), number, len(real), num_unknown)
        return {"loss": loss}

    def _targets(self, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The words that both directions predict, `(num_tokens + num_sentences,)` each."""
        lengths = mask.sum(dim=1)
        sentences = words[mask].split(lengths.tolist())
        begin, end = (words.new_tensor([word]) for word in (self._begin, self._end))
        forward = [each for sentence in sentences for each in (sentence, end)]
        backward = [each for sentence in sentences for each in (begin, sentence)]
        return torch.cat(forward), torch.cat(backward)

    def _mean_over_processes(self, number: int) -> float:
        """
        A number of predictions. In distributed training the mean over processes, so that the mean
        of their gradients is that of one process with all their sentences.
        """
        if not (self.training and is_distributed()):
            return number
        total = torch.tensor(float(number), device=next(self.parameters()).device)
        all_reduce(total)
        return total.item() / torch.distributed.get_world_size()

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        """
        # Parameters

        reset : `bool`, optional (default = `False`)
            Whether to forget all batches afterwards.

        # Returns

        `dict[str, float]`
            As of `BiLmPerplexity`. In training there is no perplexity: dropout and sampling would
            give another number under that name.
        """
        metrics: dict[str, float] = self._perplexity.get_metric(reset)
        return metrics
