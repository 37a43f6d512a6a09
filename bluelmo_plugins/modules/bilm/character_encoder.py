"""The biLM's token layer: computes a context-free vector of a word from its characters."""

from collections.abc import Iterator
from typing import TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import skip_init

from .files import BiLmOptions
from .packed_weights import linear
from .prefix_tree import rows_for
from .weights import WeightFile

NUM_CHARACTERS = 261
"""256 bytes, begin and end of sentence, begin and end of word, padding (bilm-tf's ids)."""

PADDING = 261
"""The id of a pad after a word, in AllenNLP's ids: bilm-tf's plus one; 0 is no token."""

WORDS_PER_PRODUCT = 256
"""The batch size, which bounds the memory (46 MB for the longest words, at full size). On a GPU,
batches are padded to this size (see `lstm.product`)."""

Layer = TypeVar("Layer", bound=nn.Module)


def _blank(kind: type[Layer], *sizes: int) -> Layer:
    """
    Creates a layer with uninitialized weights.

    Torch's random initialization would waste time, and loading a biLM would change the random
    numbers of the rest of the run.
    """
    layer: Layer = skip_init(kind, *sizes, device=torch.get_default_device())
    return layer


class Highway(nn.Module):
    """
    A highway layer (https://arxiv.org/abs/1505.00387) in bilm-tf's form,
    ``g * relu(A x) + (1 - g) * x`` with ``g = sigmoid(B x)``.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.transform = _blank(nn.Linear, dim, dim)
        self.carry = _blank(nn.Linear, dim, dim)

    def forward(self, inputs: Tensor) -> Tensor:
        """Returns a tensor of the shape of `inputs`, `(num_words, dim)`."""
        gate = torch.sigmoid(linear(inputs, self.carry.weight, self.carry.bias))
        transformed = linear(inputs, self.transform.weight, self.transform.bias)
        return torch.lerp(inputs, functional.relu(transformed), gate)


class CharacterEncoder(nn.Module):
    """
    Character embeddings, convolutions of several widths with max pooling, highway layers and a
    projection: ELMo's context-insensitive token layer
    (https://arxiv.org/abs/1802.05365, section 3).
    """

    def __init__(self, options: BiLmOptions) -> None:
        super().__init__()
        self._activation = getattr(torch, options.activation)
        self._max_width = max(width for width, _ in options.filters)
        # Row 0 is "no token": AllenNLP's character ids are bilm-tf's plus one.
        self.embedding = _blank(nn.Embedding, NUM_CHARACTERS + 1, options.character_dim)
        self.convolutions = nn.ModuleList(
            _blank(nn.Conv1d, options.character_dim, number, width)
            for width, number in options.filters
        )
        self.highways = nn.ModuleList(
            Highway(options.num_filters) for _ in range(options.num_highways)
        )
        self.projection = _blank(nn.Linear, options.num_filters, options.projection_dim)

    def forward(self, character_ids: Tensor) -> Tensor:
        """
        # Parameters

        character_ids : `Tensor`
            Shape `(num_words, max_characters)`: AllenNLP's character ids, one word a row.

        # Returns

        `Tensor`
            Shape `(num_words, projection_dim)`.
        """
        lengths = _lengths(character_ids)
        # Words are sorted by length, so that few pads are convolved.
        order = lengths.argsort(stable=True)
        vectors = torch.cat(
            [
                self._encode(character_ids[words], int(lengths[words[-1]]))
                for words in order.split(WORDS_PER_PRODUCT)
            ]
        )
        return vectors[order.argsort()]

    def _encode(self, character_ids: Tensor, length: int) -> Tensor:
        """Encodes words of at most `length` characters."""
        num_words = len(character_ids)
        on_cpu = character_ids.device.type == "cpu"
        padding = (0, 0, 0, (rows_for(num_words) if on_cpu else WORDS_PER_PRODUCT) - num_words)
        # All windows of pads are equal: one of each width is enough.
        padded = functional.pad(character_ids, padding)[:, : length + self._max_width]
        vectors = self._convolve(self.embedding(padded))
        for highway in self.highways:
            vectors = highway(vectors)
        return linear(vectors, self.projection.weight, self.projection.bias)[:num_words]

    def _convolve(self, embedded: Tensor) -> Tensor:
        """Computes convolutions as products of windows, several times faster than `Conv1d`."""
        dim = embedded.shape[-1]
        pooled = []
        for convolution in cast(list[nn.Conv1d], self.convolutions):
            kernel = convolution.weight.transpose(1, 2).flatten(1)
            windows = embedded.flatten(1).unfold(1, kernel.shape[1], dim).contiguous()
            pooled.append(functional.linear(windows, kernel, convolution.bias).amax(dim=1))
        return cast(Tensor, self._activation(torch.cat(pooled, dim=-1)))

    @torch.no_grad()
    def load(self, file: WeightFile) -> None:
        """Copies the weights of a bilm-tf file."""
        characters, dim = self.embedding.weight.shape
        self.embedding.weight[0].zero_()
        self.embedding.weight[1:].copy_(file.read("char_embed", (characters - 1, dim)))
        for index, convolution in enumerate(cast(list[nn.Conv1d], self.convolutions)):
            number, _, width = convolution.weight.shape
            kernel = file.read(f"CNN/W_cnn_{index}", (1, width, dim, number))
            convolution.weight.copy_(kernel[0].permute(2, 1, 0))
            convolution.get_parameter("bias").copy_(file.read(f"CNN/b_cnn_{index}", (number,)))
        for index, highway in enumerate(cast(list[Highway], self.highways)):
            for name, layer in (("transform", highway.transform), ("carry", highway.carry)):
                _copy_linear(layer, file, f"CNN_high_{index}", name)
        _copy_linear(self.projection, file, "CNN_proj", "proj")

    def file_layers(self) -> Iterator[tuple[str, Tensor]]:
        """The layers of a bilm-tf file that `load` reads."""
        yield "char_embed", self.embedding.weight[1:]
        for index, convolution in enumerate(cast(list[nn.Conv1d], self.convolutions)):
            yield f"CNN/W_cnn_{index}", convolution.weight.permute(2, 1, 0)[None]
            yield f"CNN/b_cnn_{index}", convolution.get_parameter("bias")
        for index, highway in enumerate(cast(list[Highway], self.highways)):
            for name, layer in (("transform", highway.transform), ("carry", highway.carry)):
                yield from _linear_layers(layer, f"CNN_high_{index}", name)
        yield from _linear_layers(self.projection, "CNN_proj", "proj")

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draws initial weights as bilm-tf does (bilm/training.py)."""
        self.embedding.weight.uniform_(-1, 1)[0].zero_()
        dim = self.embedding.embedding_dim
        for convolution in cast(list[nn.Conv1d], self.convolutions):
            if self._activation is torch.relu:
                convolution.weight.uniform_(-0.05, 0.05)
            else:
                convolution.weight.normal_(0, (convolution.kernel_size[0] * dim) ** -0.5)
            convolution.get_parameter("bias").zero_()
        std = self.projection.in_features**-0.5
        for highway in cast(list[Highway], self.highways):
            for layer, bias in ((highway.transform, 0.0), (highway.carry, -2.0)):
                layer.weight.normal_(0, std)
                layer.bias.fill_(bias)
        self.projection.weight.normal_(0, std)
        self.projection.bias.zero_()


def _lengths(character_ids: Tensor) -> Tensor:
    """Returns the length of each word in characters, `(num_words,)`."""
    positions = torch.arange(1, character_ids.shape[1] + 1, device=character_ids.device)
    return ((character_ids != PADDING) * positions).amax(dim=1)


def _linear_layers(linear: nn.Linear, group: str, name: str) -> Iterator[tuple[str, Tensor]]:
    yield f"{group}/W_{name}", linear.weight.T
    yield f"{group}/b_{name}", linear.bias


def _copy_linear(linear: nn.Linear, file: WeightFile, group: str, name: str) -> None:
    # TensorFlow's matrices are transposed.
    weight = file.read(f"{group}/W_{name}", (linear.in_features, linear.out_features))
    linear.weight.copy_(weight.T)
    linear.bias.copy_(file.read(f"{group}/b_{name}", (linear.out_features,)))
