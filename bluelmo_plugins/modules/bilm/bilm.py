"""The stateless biLM: the layers of a sentence are a function of that sentence alone."""

from typing import Any

import torch
from torch import Tensor, nn

from .character_encoder import PADDING, CharacterEncoder
from .compute import COMPUTES, computing_in
from .layer_slices import Halves, in_places
from .lstm import LstmStack
from .one_thread_workers import Check, go_on
from .options import MAX_CHARACTERS_PER_TOKEN, BiLmOptions, PathOrStr
from .packed_weights import pack_weights, unpack_weights
from .prefix_tree import Contexts
from .weights import WeightFile

# bilm-tf's ids plus one, as AllenNLP's indexer counts: 0 is no token.
BEGIN_SENTENCE, END_SENTENCE, BEGIN_WORD, END_WORD = 257, 258, 259, 260


def _boundary_characters() -> Tensor:
    """The character ids of the begin and the end of a sentence, `(2, max_characters)`."""
    characters = torch.full((2, MAX_CHARACTERS_PER_TOKEN), PADDING)
    characters[:, 0] = BEGIN_WORD
    characters[:, 1] = torch.tensor([BEGIN_SENTENCE, END_SENTENCE])
    characters[:, 2] = END_WORD
    return characters


class BiLm(nn.Module):
    """
    ELMo's pre-trained bidirectional language model (https://arxiv.org/abs/1802.05365).

    AllenNLP's own carries its LSTM states from one batch into the next, so that the features of a
    sentence depend on what was read before it. This one starts every sentence from a zero state;
    its layers equal AllenNLP's with the state reset. Each distinct word of a batch goes once
    through the character convolutions, each distinct context once through its direction's LSTMs
    (see `Contexts`), and pads are never computed.

    # Parameters

    options_file : `PathOrStr`
        ELMo's options.json.
    weight_file : `PathOrStr`
        ELMo's weights.hdf5.
    requires_grad : `bool`, optional (default = `False`)
        Whether the weights learn. If not, no gradient is tracked through them.
    compute : `str`, optional (default = `"fp32"`)
        One of `COMPUTES`: what the LSTMs compute in. Results are in single precision.
    check_only : `bool`, optional (default = `False`)
        Whether the files are only checked against each other; to be used on the meta device.

    Raises `ElmoFileError` where a file cannot be used.
    """

    def __init__(
        self,
        options_file: PathOrStr,
        weight_file: PathOrStr,
        requires_grad: bool = False,
        compute: str = "fp32",
        check_only: bool = False,
    ) -> None:
        super().__init__()
        self.options = BiLmOptions.from_file(options_file)
        self.num_layers = self.options.num_layers
        self.character_encoder = CharacterEncoder(self.options)
        self.forward_stack = LstmStack(self.options, COMPUTES[compute])
        self.backward_stack = LstmStack(self.options, COMPUTES[compute])
        self._compute = compute
        self.register_buffer("boundaries", _boundary_characters(), persistent=False)
        self.boundaries: Tensor
        with WeightFile(weight_file, check_only) as file:
            self.character_encoder.load(file)
            self.forward_stack.load(file, direction=0)
            self.backward_stack.load(file, direction=1)
        self.requires_grad_(requires_grad)

    def forward(self, inputs: Tensor) -> Tensor:
        """
        # Parameters

        inputs : `Tensor`
            Shape `(batch_size, num_tokens, max_characters)`: AllenNLP's character ids, without
            sentence boundaries, pads (all 0) after the tokens.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, 2 * num_layers - 1, projection_dim)`: the outputs in the
            places that `half_of` says; 0 at pads.
        """
        mask = (inputs > 0).any(dim=-1)
        shape = *mask.shape, 2 * self.num_layers - 1, self.options.projection_dim
        outputs = torch.zeros(shape, device=inputs.device)
        if mask.any():
            lengths = mask.sum(dim=1)
            words, word_of_token = torch.unique(inputs[mask], dim=0, return_inverse=True)
            vectors = self.encode_words(torch.cat([words, self.boundaries]))
            for half, values in self.halves(vectors, word_of_token, lengths[lengths > 0]):
                outputs[:, :, half][mask] = values
        return outputs

    def pack(self) -> "BiLm":
        """
        Has a frozen biLM multiply faster, if it is on a CPU that can do so, until it is moved,
        copied or pickled. Elsewhere, and of one that learns, nothing changes.
        """
        if not any(weight.requires_grad for weight in self.parameters()):
            pack_weights(self)
        return self

    def _apply(self, *args: Any, **kwargs: Any) -> "BiLm":
        """What `to` and its kin go through, as packed weights cannot."""
        unpack_weights(self)
        moved: BiLm = super()._apply(*args, **kwargs)  # type: ignore[no-untyped-call]
        return moved

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles are made of, and cannot be of packed weights."""
        unpack_weights(self)
        return self.__dict__

    def encode_words(self, character_ids: Tensor) -> Tensor:
        """
        The token layer of words, or of `boundaries`, the begin and the end of a sentence.

        # Parameters

        character_ids : `Tensor`
            Shape `(num_words, max_characters)`.

        # Returns

        `Tensor`
            Shape `(num_words, projection_dim)`.
        """
        with computing_in(self._compute, character_ids.device, self._learns):
            vectors: Tensor = self.character_encoder(character_ids)
        return vectors

    def halves(
        self,
        vectors: Tensor,
        word_of_token: Tensor,
        lengths: Tensor,
        dtype: torch.dtype = torch.float32,
        check: Check = go_on,
    ) -> Halves:
        """
        The outputs at the tokens of some sentences, direction by direction, so that what one
        direction needed is free when the other begins.

        # Parameters

        vectors : `Tensor`
            Shape `(num_words + 2, projection_dim)`: those of words, then of the two `boundaries`.
        word_of_token : `Tensor`
            Shape `(num_tokens,)`: the word of each token, sentence by sentence.
        lengths : `Tensor`
            Shape `(num_sentences,)`: tokens of each sentence, each at least 1.
        dtype : `torch.dtype`, optional (default = `torch.float32`)
            Of the values.
        check : `Check`, optional
            Called at each step.

        # Returns

        `Halves`
            Values of shape `(num_tokens, projection_dim)`.
        """
        inputs = vectors, word_of_token, lengths, dtype, check
        outputs = (self.outputs(direction, *inputs) for direction in (0, 1))
        return in_places(vectors.to(dtype), word_of_token, outputs)

    def outputs(
        self,
        direction: int,
        vectors: Tensor,
        word_of_token: Tensor,
        lengths: Tensor,
        dtype: torch.dtype = torch.float32,
        check: Check = go_on,
    ) -> list[Tensor]:
        """One direction's output of each LSTM layer at the tokens of some sentences."""
        stack = self.backward_stack if direction else self.forward_stack
        boundary = len(vectors) - 2 + direction
        contexts = Contexts.of(word_of_token, lengths, boundary, backward=bool(direction))
        with computing_in(self._compute, vectors.device, self._learns):
            outputs = stack(vectors, contexts.words, contexts.parents, check)
        # Each layer of the tree is dropped when its tokens have been copied.
        return [outputs.pop(0).to(dtype)[contexts.node_of_token] for _ in range(len(outputs))]

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.boundaries.device

    @property
    def _learns(self) -> bool:
        return torch.is_grad_enabled() and self.character_encoder.projection.weight.requires_grad
