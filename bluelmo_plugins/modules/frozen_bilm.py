"""A frozen biLM: its layers are read from a store where they are there, and computed elsewhere."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, Optional

import torch
from allennlp.common.tqdm import Tqdm
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.bilm import BiLm, ElmoFiles
from bluelmo_plugins.modules.feature_store import FeatureLayout, FeatureStore, sentence_key

logger = logging.getLogger(__name__)

TOKENS_PER_PASS = 8192
"""Tokens that go through the biLM at once when a store is filled; bounds the memory."""


class FrozenBiLm(nn.Module):
    """
    Gives what `BiLm` gives, for a biLM that does not learn.

    The weights are loaded when a layer has to be computed for the first time. They are no part of
    the module's state: a checkpoint or an archive records the SHA-256 of ELMo's files instead. When
    it is loaded where those files have other contents, the files in `ELMO_DIR` are tried, and then
    it is an error.

    # Parameters

    files : `ElmoFiles`
        ELMo's options.json and weights.hdf5.
    store : `Optional[FeatureStore]`, optional (default = `None`)
        Where layers are kept; `None` computes them every time.
    layout : `Optional[FeatureLayout]`, optional (default = `None`)
        How they are kept there: with a store, every layer is rounded to its precision, whether it
        was read or computed.

    Raises `ElmoFileError` where the files cannot be used.
    """

    elmo_sha256: Tensor
    """The SHA-256 of the options and of the weights, 64 bytes; saved with the model."""

    def __init__(
        self,
        files: ElmoFiles,
        store: Optional[FeatureStore] = None,
        layout: Optional[FeatureLayout] = None,
    ) -> None:
        super().__init__()
        self.options = files.check()
        self.num_layers = self.options.num_layers
        self.store = store
        self._files = files
        self._layout = layout or FeatureLayout(self.num_layers, self.options.projection_dim)
        # In a list, a module is not part of the state, nor moved between devices.
        self._loaded: list[BiLm] = []
        self.register_buffer("elmo_sha256", files.sha256)

    def get_output_dim(self) -> int:
        """Width of a layer: both directions together."""
        return self.options.output_dim

    def forward(self, inputs: Tensor, word_inputs: None = None) -> dict[str, Tensor | list[Tensor]]:
        """
        # Parameters

        inputs : `Tensor`
            As for `BiLm`.
        word_inputs : `None`
            As for `BiLm`.

        # Returns

        `dict`
            As from `BiLm`.
        """
        if self.store is None:
            computed: dict[str, Tensor | list[Tensor]] = self._bilm(inputs.device)(inputs)
            return computed
        mask = (inputs > 0).any(dim=-1)
        rows = pad_sequence(self._rows(inputs, mask.sum(dim=1).tolist()), batch_first=True)
        padded = rows.new_zeros(*mask.shape, self._layout.row_dim)
        padded[:, : rows.shape[1]] = rows
        return {"activations": self._layout.unpack(padded.to(inputs.device)), "mask": mask}

    def fill(self, sentences: Iterable[Tensor]) -> None:
        """
        Computes the layers that the store does not have yet, in an order made for the biLM, and
        puts them there. Without a store, or with one that takes nothing more, it does nothing.

        # Parameters

        sentences : `Iterable[Tensor]`
            Character ids of one sentence each, shape `(num_tokens, max_characters)`.
        """
        if self.store is None:
            return
        distinct = {_key(sentence): _compact(sentence) for sentence in sentences}
        missing = self.store.missing(distinct)
        if not missing:
            return
        # Stable: the masked copies of a sentence are of one length and stay neighbours.
        missing.sort(key=lambda key: len(distinct[key]))
        num_tokens = sum(len(distinct[key]) for key in missing)
        logger.info(
            "Computing ELMo's layers of %d new sentences (%d tokens; %d are stored already in %s)",
            len(missing),
            num_tokens,
            len(distinct) - len(missing),
            self.store.directory,
        )
        with Tqdm.tqdm(total=num_tokens, unit="token", desc="ELMo") as progress:
            for keys in _passes(missing, distinct):
                batch = pad_sequence([distinct[key] for key in keys], batch_first=True).long()
                rows = self._compute(batch, [len(distinct[key]) for key in keys])
                values = [self._layout.to_bytes(each) for each in rows]
                if not self.store.write(zip(keys, values, strict=True)):
                    return
                progress.update(sum(map(len, rows)))

    def _rows(self, inputs: Tensor, lengths: list[int]) -> list[Tensor]:
        """The packed layers of each sentence, on the CPU."""
        assert self.store is not None
        on_cpu = inputs.cpu()
        keys = [_key(ids[:length]) for ids, length in zip(on_cpu, lengths, strict=True)]
        stored = self.store.read(keys)
        absent = [number for number, value in enumerate(stored) if value is None]
        computed = self._compute(inputs[absent], [lengths[number] for number in absent])
        new_rows = iter(computed)
        return [
            next(new_rows) if value is None else self._layout.from_bytes(value) for value in stored
        ]

    def _compute(self, inputs: Tensor, lengths: list[int]) -> list[Tensor]:
        if not lengths:
            return []
        device = self.elmo_sha256.device
        layers = self._bilm(device)(inputs.to(device))
        mask = layers["mask"]
        of_tokens = [activation[mask] for activation in layers["activations"]]
        return list(self._layout.pack(of_tokens).split(lengths))

    def _bilm(self, device: torch.device) -> BiLm:
        if not self._loaded:
            self._loaded.append(BiLm(self._files.options, self._files.weights).eval())
        return self._loaded[0].to(device)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        recorded = state_dict.get(f"{prefix}elmo_sha256")
        if recorded is not None and not torch.equal(recorded.cpu(), self.elmo_sha256.cpu()):
            elsewhere = ElmoFiles.of_environment()
            if elsewhere is None or not torch.equal(recorded.cpu(), elsewhere.sha256):
                raise InputError(
                    "this model was trained on an ELMo with other contents",
                    file=self._files.weights,
                    expected=f"files with the SHA-256 sums {' and '.join(_sums(recorded))}",
                    todo="Set ELMO_DIR to the folder that holds them",
                )
            self._files = elsewhere
        super()._load_from_state_dict(state_dict, prefix, *args)


def _compact(sentence: Tensor) -> Tensor:
    """Character ids in a quarter of the memory."""
    return sentence.to(torch.int16)


def _key(sentence: Tensor) -> bytes:
    return sentence_key(_compact(sentence).contiguous().numpy().tobytes())


def _passes(keys: list[bytes], sentences: dict[bytes, Tensor]) -> Iterator[list[bytes]]:
    """Keys in groups whose sentences have at most `TOKENS_PER_PASS` tokens, or of one sentence."""
    group: list[bytes] = []
    num_tokens = 0
    for key in keys:
        if group and num_tokens + len(sentences[key]) > TOKENS_PER_PASS:
            yield group
            group, num_tokens = [], 0
        group.append(key)
        num_tokens += len(sentences[key])
    yield group


def _sums(digest: Tensor) -> list[str]:
    content = bytes(digest.tolist())
    return [content[:32].hex(), content[32:].hex()]
