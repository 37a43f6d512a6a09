"""The stateless biLM: the layers of a sentence are a function of that sentence alone."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Optional, Union

import torch
from torch import Tensor, nn

from .character_encoder import PADDING, CharacterEncoder
from .compute import COMPUTE_DTYPES, compute_precision
from .files import MAX_CHARACTERS_PER_TOKEN, BiLmOptions, ElmoFiles, PathOrStr
from .lstm import LstmStack
from .one_thread_workers import Check, go_on
from .packed_weights import pack_weights, unpack_weights
from .prefix_tree import PrefixTree
from .weights import WeightFile, write_weights

# AllenNLP's character ids: bilm-tf's plus one; 0 is no token.
BEGIN_SENTENCE, END_SENTENCE, BEGIN_WORD, END_WORD = 257, 258, 259, 260

LayerSlices = Iterator[tuple[int, Tensor]]
"""The index and the values of each slice, `(num_tokens, projection_dim)`. A slice is one direction
of a layer; the token layer, which is equal in both directions, is one slice."""


def slice_index(layer: int, direction: int) -> int:
    """Returns the index of a slice: the token layer, then both directions of each LSTM layer."""
    return 2 * layer - 1 + direction if layer else 0


def layer_slices(
    vectors: Tensor, word_of_token: Tensor, lstm_outputs: Iterable[list[Tensor]]
) -> LayerSlices:
    """Yields the slices of all layers; frees each LSTM output after it was used."""
    yield 0, vectors[word_of_token]
    for direction, layers in enumerate(lstm_outputs):
        for layer in range(1, len(layers) + 1):
            yield slice_index(layer, direction), layers.pop(0)


def stack_slices(slices: LayerSlices, num_layers: int) -> Tensor:
    """Copies slices to a tensor, `(num_tokens, 2 * num_layers - 1, projection_dim)`, one by one."""
    index, values = next(slices)
    num_tokens, dim = values.shape
    stacked = values.new_empty(num_tokens, 2 * num_layers - 1, dim)
    stacked[:, index] = values
    del values
    for index, values in slices:
        stacked[:, index] = values
        del values
    return stacked


def bidirectional_layers(slices: Tensor) -> list[Tensor]:
    """
    Concatenates both directions of each layer.

    Returns `num_layers` tensors of shape `(..., 2 * projection_dim)`, the token layer first, from
    the output of a `BiLm`, `(..., 2 * num_layers - 1, projection_dim)`.
    """
    num_layers = (slices.shape[-2] + 1) // 2
    return [
        slices[..., [slice_index(layer, 0), slice_index(layer, 1)], :].flatten(-2)
        for layer in range(num_layers)
    ]


def _boundary_characters() -> Tensor:
    """Returns the character ids of the begin and the end of a sentence, `(2, max_characters)`."""
    characters = torch.full((2, MAX_CHARACTERS_PER_TOKEN), PADDING)
    characters[:, 0] = BEGIN_WORD
    characters[:, 1] = torch.tensor([BEGIN_SENTENCE, END_SENTENCE])
    characters[:, 2] = END_WORD
    return characters


class BiLm(nn.Module):
    """
    ELMo's pre-trained bidirectional language model (https://arxiv.org/abs/1802.05365).

    AllenNLP's biLM carries its LSTM states from one batch into the next, so the features of a
    sentence depend on the sentences before it. This one starts every sentence from a zero state;
    its layers equal AllenNLP's after a reset of the states. It encodes each distinct word of a
    batch once, runs each direction's LSTMs once over each distinct context (see `PrefixTree`), and
    never computes pads.

    # Parameters

    options : `Union[PathOrStr, BiLmOptions]`
        ELMo's options.json, or what it says.
    weight_file : `Optional[PathOrStr]`
        ELMo's weights.hdf5; `None`: the weights are drawn, as bilm-tf draws them.
    requires_grad : `bool`, optional (default = `False`)
        Whether the weights are trainable.
    compute : `str`, optional (default = `"fp32"`)
        The compute precision of the LSTMs, a key of `COMPUTE_DTYPES`. Outputs are in single
        precision.
    check_only : `bool`, optional (default = `False`)
        Whether to check the files without reading the weights; see `check_files`.

    Raises `ElmoFileError` if a file cannot be used.
    """

    def __init__(
        self,
        options: Union[PathOrStr, BiLmOptions],
        weight_file: Optional[PathOrStr],
        requires_grad: bool = False,
        compute: str = "fp32",
        check_only: bool = False,
    ) -> None:
        super().__init__()
        if not isinstance(options, BiLmOptions):
            options = BiLmOptions.from_file(options)
        self.options = options
        self.num_layers = self.options.num_layers
        self.character_encoder = CharacterEncoder(self.options)
        self.forward_stack = LstmStack(self.options, COMPUTE_DTYPES[compute])
        self.backward_stack = LstmStack(self.options, COMPUTE_DTYPES[compute])
        self._compute = compute
        self.register_buffer("boundaries", _boundary_characters(), persistent=False)
        self.boundaries: Tensor
        if weight_file is None:
            for part in (self.character_encoder, self.forward_stack, self.backward_stack):
                part.reset_parameters()
        else:
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
            sentence boundaries; pads (all 0) follow the tokens.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, 2 * num_layers - 1, projection_dim)`: the layer slices
            in the order of `slice_index`; 0 at pads.
        """
        mask = (inputs > 0).any(dim=-1)
        shape = *mask.shape, 2 * self.num_layers - 1, self.options.projection_dim
        outputs = torch.zeros(shape, device=inputs.device)
        if mask.any():
            lengths = mask.sum(dim=1)
            words, word_of_token = torch.unique(inputs[mask], dim=0, return_inverse=True)
            vectors = self.encode_words(torch.cat([words, self.boundaries]))
            for index, values in self.slices(vectors, word_of_token, lengths[lengths > 0]):
                outputs[:, :, index][mask] = values
        return outputs

    def save(self, options_file: PathOrStr, weight_file: PathOrStr) -> None:
        """Writes ELMo's two files, as bilm-tf does."""
        self.options.save(options_file)
        layers = (
            self.character_encoder.file_layers(),
            self.forward_stack.file_layers(direction=0),
            self.backward_stack.file_layers(direction=1),
        )
        write_weights(weight_file, chain.from_iterable(layers))

    def predictive_states(
        self, inputs: Tensor, dropout: Optional[nn.Module] = None
    ) -> tuple[Tensor, Tensor]:
        """
        The last layer's output of each direction wherever the direction predicts a word.

        # Parameters

        inputs : `Tensor`
            As for `forward`; each sentence has a token.
        dropout : `Optional[nn.Module]`, optional (default = `None`)
            Applied to the vector of each word and to what each layer reads.

        # Returns

        `tuple[Tensor, Tensor]`
            Shapes `(num_tokens + num_sentences, projection_dim)`, sentence by sentence: forward at
            the begin of the sentence and at each token, where it predicts the tokens and the end;
            backward at each token and at the end, where it predicts the begin and the tokens.
        """
        mask = (inputs > 0).any(dim=-1)
        lengths = mask.sum(dim=1)
        words, word_of_token = torch.unique(inputs[mask], dim=0, return_inverse=True)
        vectors = self.encode_words(torch.cat([words, self.boundaries]))
        if dropout is not None:
            vectors = dropout(vectors)
        ends = lengths.cumsum(dim=0).tolist()
        states = []
        for direction in (0, 1):
            stack, tree = self._tree(direction, len(vectors), word_of_token, lengths)
            nodes = tree.node_of_token.new_zeros(len(word_of_token) + len(lengths))
            is_token = torch.ones_like(nodes, dtype=torch.bool)
            # Node 0 has read the boundary alone: before a sentence, or after it if read backward.
            firsts = [
                end + number for number, end in enumerate(ends if direction else [0, *ends[:-1]])
            ]
            is_token[firsts] = False
            nodes[is_token] = tree.node_of_token
            outputs = stack(vectors, tree.words, tree.parents, dropout=dropout)
            states.append(outputs[-1][nodes])
        return states[0], states[1]

    def pack(self) -> "BiLm":
        """
        Packs the weights of a frozen biLM for faster products, if the CPU supports it.

        Moving, copying or pickling the biLM unpacks them.
        """
        if not any(weight.requires_grad for weight in self.parameters()):
            pack_weights(self)
        return self

    def _apply(self, *args: Any, **kwargs: Any) -> "BiLm":
        """Unpacks the weights, which `to` and similar methods do not support."""
        unpack_weights(self)
        moved: BiLm = super()._apply(*args, **kwargs)  # type: ignore[no-untyped-call]
        return moved

    def __getstate__(self) -> dict[str, Any]:
        """Unpacks the weights, which copying and pickling do not support."""
        unpack_weights(self)
        return self.__dict__

    def encode_words(self, character_ids: Tensor) -> Tensor:
        """
        Computes the token layer.

        Returns vectors, `(num_words, projection_dim)`, of character ids, `(num_words,
        max_characters)`: of words or of `boundaries`, the begin and the end of a sentence.
        """
        with compute_precision(self._compute, character_ids.device, self._is_training_weights):
            vectors: Tensor = self.character_encoder(character_ids)
        return vectors

    def slices(
        self,
        vectors: Tensor,
        word_of_token: Tensor,
        lengths: Tensor,
        dtype: torch.dtype = torch.float32,
        check: Check = go_on,
    ) -> LayerSlices:
        """
        Computes the layer slices of some sentences, one direction after the other to save memory.

        # Parameters

        vectors : `Tensor`
            Shape `(num_words + 2, projection_dim)`: those of words, then of the two `boundaries`.
        word_of_token : `Tensor`
            Shape `(num_tokens,)`: the index of each token's word, sentence by sentence.
        lengths : `Tensor`
            Shape `(num_sentences,)`: the number of tokens of each sentence, at least 1.
        dtype : `torch.dtype`, optional (default = `torch.float32`)
            The dtype of the slices.
        check : `Check`, optional
            Called at each level of the trees; may raise an exception to cancel.
        """
        inputs = vectors, word_of_token, lengths, dtype, check
        outputs = (self.lstm_outputs(direction, *inputs) for direction in (0, 1))
        return layer_slices(vectors.to(dtype), word_of_token, outputs)

    def lstm_outputs(
        self,
        direction: int,
        vectors: Tensor,
        word_of_token: Tensor,
        lengths: Tensor,
        dtype: torch.dtype = torch.float32,
        check: Check = go_on,
    ) -> list[Tensor]:
        """Computes one direction of each LSTM layer at the tokens; arguments as for `slices`."""
        stack, tree = self._tree(direction, len(vectors), word_of_token, lengths)
        with compute_precision(self._compute, vectors.device, self._is_training_weights):
            outputs = stack(vectors, tree.words, tree.parents, check)
        # Frees each layer of the tree after its tokens were copied.
        return [outputs.pop(0).to(dtype)[tree.node_of_token] for _ in range(len(outputs))]

    def _tree(
        self, direction: int, num_vectors: int, word_of_token: Tensor, lengths: Tensor
    ) -> tuple[LstmStack, PrefixTree]:
        """Returns the layers of a direction and the tree that they run over."""
        stack = self.backward_stack if direction else self.forward_stack
        boundary = num_vectors - 2 + direction
        # Only a frozen biLM must give the same bits in every batch.
        padded = not self._is_training_weights
        tree = PrefixTree.of(
            word_of_token, lengths, boundary, backward=bool(direction), padded=padded
        )
        return stack, tree

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return self.boundaries.device

    @property
    def _is_training_weights(self) -> bool:
        return torch.is_grad_enabled() and self.character_encoder.projection.weight.requires_grad


def check_files(files: ElmoFiles) -> BiLmOptions:
    """Checks that an ELMo's files fit together, without reading the weights."""
    with torch.device("meta"):
        return BiLm(files.options, files.weights, check_only=True).options
