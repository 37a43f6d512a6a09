"""A frozen biLM, whose layers are read from the feature cache or computed."""

import logging
from collections.abc import Collection, Iterable, Iterator
from itertools import tee
from typing import Any, Optional

import numpy
import torch
from allennlp.common.tqdm import Tqdm
from allennlp.common.util import is_distributed
from allennlp.data import Instance
from allennlp.data.fields import TextField
from allennlp.models import Model
from torch import Tensor, nn

from bluelmo_plugins.distributed import finish_together, own_share
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.bilm import BiLm, Corpus, CorpusPass, ElmoFiles, check_files
from bluelmo_plugins.modules.elmo.feature_cache import (
    SENTENCES_PER_WRITE,
    fork_safe_lock,
    sentence_key,
)
from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureCacheOptions
from bluelmo_plugins.modules.mixed_precision import check_compute

logger = logging.getLogger(__name__)

_LOADING = fork_safe_lock()

Sentence = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.int16]]
"""Character ids, `(num_tokens, max_characters)`."""


class FrozenBiLm(nn.Module):
    """
    Computes the outputs of a `BiLm` and keeps them in the feature cache; thread-safe.

    The weights are loaded when the first sentence has to be computed. They are not part of the
    module's state: a checkpoint or an archive records the SHA-256 of ELMo's files instead. If these
    files have other contents at loading, the files in `ELMO_DIR` are tried, then those in the
    archive; otherwise loading fails.

    # Parameters

    files : `ElmoFiles`
        ELMo's options.json and weights.hdf5.
    feature_store : `Optional[FeatureCacheOptions]`, optional (default = `None`)
        The feature cache and its precision, to which all layers are rounded, whether they were read
        or computed. With `None`, they are computed in every call.
    compute : `str`, optional (default = `"fp32"`)
        The compute precision, as for `BiLm`.
    archived : `Optional[ElmoFiles]`, optional (default = `None`)
        The files in the archive that the model is loaded from. If they are needed, they are read at
        once, since AllenNLP removes them after loading.

    Raises `ElmoFileError` if the files cannot be used.
    """

    elmo_sha256: Tensor
    """The SHA-256 of the options and of the weights, 64 bytes; saved with the model."""

    def __init__(
        self,
        files: ElmoFiles,
        feature_store: Optional[FeatureCacheOptions] = None,
        compute: str = "fp32",
        archived: Optional[ElmoFiles] = None,
    ) -> None:
        super().__init__()
        self.options = check_files(files)
        self.num_layers = self.options.num_layers
        self._feature_store = feature_store
        self._compute = compute
        self._archived = archived
        # In a list, a module is neither part of the state nor moved between devices.
        self._loaded: list[BiLm] = []
        self._layout = (feature_store or FeatureCacheOptions()).layout(self.options)
        self._use(files)
        self.register_buffer("elmo_sha256", files.sha256)

    def _use(self, files: ElmoFiles) -> None:
        self._files = files
        options = self._feature_store
        self.cache = options.open(files, self._layout, self._compute) if options else None

    def forward(self, inputs: Tensor) -> Tensor:
        """
        # Parameters

        inputs : `Tensor`
            Shape `(batch_size, num_tokens, max_characters)`: character ids, as for `BiLm`.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, 2 * num_layers - 1, projection_dim)`: the layer slices,
            as from `BiLm`.
        """
        if self.cache is None:
            computed: Tensor = self._bilm()(inputs)
            return computed
        mask = (inputs > 0).any(dim=-1)
        sentences = [
            _compact(ids[:length])
            for ids, length in zip(inputs.cpu(), mask.sum(dim=1).tolist(), strict=True)
        ]
        rows = torch.zeros(*mask.shape, self._layout.row_dim, dtype=self._layout.dtype)
        for padded, row in zip(rows, self._read_or_compute(sentences), strict=True):
            padded[: len(row)] = row
        return self._layout.unpack(rows.to(inputs.device))

    def fill(self, sentences: Iterable[Tensor]) -> None:
        """
        Computes the layers that are missing in the cache, in large batches, and writes them.

        Without a cache, or with a full one, it does nothing. All workers of a distributed run must
        call it, each with its own sentences. A sentence that several workers need is computed by
        one of them, and all return when the last has finished. Without a common disk, each worker
        then computes what is still missing in its own cache.
        """
        if self.cache is None:
            return
        corpus = Corpus()
        index_of_key: dict[bytes, int] = {}
        for sentence in map(_compact, sentences):
            key = _key(sentence)
            if len(sentence) and key not in index_of_key:
                index_of_key[key] = corpus.add(sentence)
        for share in (own_share, list) if is_distributed() else (list,):
            missing = share(self.cache.missing(index_of_key))
            finish_together(self._fill(corpus, {index_of_key[key]: key for key in missing}))
        # All layers are cached now. The biLM is loaded again if it is needed again.
        if self._files != self._archived:
            with _LOADING:
                self._loaded.clear()

    def _fill(self, corpus: Corpus, key_of_index: dict[int, bytes]) -> Iterator[None]:
        """Writes sentences of a corpus to the cache, a batch at each step."""
        if not key_of_index:
            return
        assert self.cache is not None
        num_tokens = sum(map(corpus.length, key_of_index))
        logger.info(
            "Computing ELMo's layers of %d new sentences (%d tokens) for %s; %d sentences are "
            "cached or computed by another worker",
            len(key_of_index),
            num_tokens,
            self.cache.directory,
            len(corpus) - len(key_of_index),
        )
        with Tqdm.tqdm(total=num_tokens, unit="token", desc="ELMo") as progress:
            for batch, rows in self._compute_rows(corpus, key_of_index):
                keys = [key_of_index[index] for index in batch]
                if not self.cache.write(zip(keys, map(self._layout.to_bytes, rows), strict=True)):
                    return
                progress.update(sum(map(len, rows)))
                del rows
                yield

    def _read_or_compute(self, sentences: list[Sentence]) -> list[Tensor]:
        """Returns the rows of each sentence on the CPU."""
        assert self.cache is not None
        keys = list(map(_key, sentences))
        rows: list[Optional[Tensor]] = [
            None if value is None else self._layout.from_bytes(value)
            for value in self.cache.read(keys)
        ]
        corpus = Corpus()
        missing = {
            corpus.add(sentence): position
            for position, (sentence, row) in enumerate(zip(sentences, rows, strict=True))
            if row is None and len(sentence)
        }
        for batch, computed in self._compute_rows(corpus, missing):
            for index, row in zip(batch, computed, strict=True):
                rows[missing[index]] = row
                if self.cache.has_lost(key := keys[missing[index]]):
                    self.cache.write([(key, self._layout.to_bytes(row))])
        return [torch.empty(0, self._layout.row_dim) if row is None else row for row in rows]

    def _compute_rows(
        self, corpus: Corpus, indices: Collection[int]
    ) -> Iterator[tuple[list[int], list[Tensor]]]:
        """Yields the indices of some sentences of a corpus and the rows of each."""
        if not indices:
            return
        corpus_pass = CorpusPass(self._bilm(), corpus, self._layout.dtype)
        for batch, slices in corpus_pass.run(indices):
            rows = list(slices.flatten(1).split(list(map(corpus.length, batch))))
            del slices
            # Each view holds the memory of the whole batch, and the next batch needs as much.
            for start in range(0, len(batch), SENTENCES_PER_WRITE):
                yield batch[start : start + SENTENCES_PER_WRITE], rows[:SENTENCES_PER_WRITE]
                del rows[:SENTENCES_PER_WRITE]

    def _bilm(self) -> BiLm:
        """Returns the biLM on the module's device; loads it if necessary."""
        device = self.elmo_sha256.device
        with _LOADING:
            if not self._loaded:
                check_compute(self._compute, device, "elmo_compute")
                bilm = BiLm(self._files.options, self._files.weights, compute=self._compute)
                self._loaded.append(bilm.eval())
            (bilm,) = self._loaded
            return (bilm if bilm.device == device else bilm.to(device)).pack()

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        recorded = state_dict.get(f"{prefix}elmo_sha256")
        if recorded is not None:
            self._use(self._files_with(recorded.cpu()))
            if self._files == self._archived:
                self._bilm()
        super()._load_from_state_dict(state_dict, prefix, *args)

    def _files_with(self, recorded: Tensor) -> ElmoFiles:
        """Returns the first files with the recorded SHA-256."""
        for files in (self._files, ElmoFiles.of_environment(), self._archived):
            if files is not None and torch.equal(files.sha256, recorded):
                return files
        digests = bytes(map(int, recorded.tolist()))
        raise InputError(
            "this model was trained on an ELMo with other contents",
            file=self._files.weights,
            expected=f"files with the SHA-256 {digests[:32].hex()} and {digests[32:].hex()}",
            hint="Set ELMO_DIR to the folder that holds them",
        )


def _compact(character_ids: Tensor) -> Sentence:
    """Returns the character ids of a sentence in a quarter of the memory."""
    ids: Sentence = character_ids.numpy().astype(numpy.int16)
    return ids


def _key(sentence: Sentence) -> bytes:
    return sentence_key(sentence.tobytes())


def fill_feature_caches(model: Model, instances: Iterable[Instance]) -> None:
    """Computes the missing layers of indexed instances for all feature caches of a model."""
    frozen = [each for each in model.modules() if isinstance(each, FrozenBiLm) and each.cache]
    for module, copy in zip(frozen, tee(instances, len(frozen)), strict=True):
        module.fill(_sentences(copy))


def _sentences(instances: Iterable[Instance]) -> Iterator[Tensor]:
    """Yields the character ids of each sentence, `(num_tokens, max_characters)`."""
    for instance in instances:
        for field in instance.fields.values():
            if isinstance(field, TextField):
                for tensors in field.as_tensor(field.get_padding_lengths()).values():
                    yield tensors["elmo_tokens"]
