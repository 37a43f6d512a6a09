"""The stateless biLM: the layers of a sentence are a function of that sentence alone."""

import torch
from torch import Tensor, nn

from .character_encoder import CharacterEncoder
from .contexts import Contexts
from .lstm import LstmStack
from .options import MAX_CHARACTERS_PER_TOKEN, BiLmOptions, PathOrStr
from .weights import WeightFile

# bilm-tf's ids plus one, as AllenNLP's indexer counts: 0 is no token.
BEGIN_SENTENCE, END_SENTENCE, BEGIN_WORD, END_WORD, PADDING = 257, 258, 259, 260, 261


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
    check_only : `bool`, optional (default = `False`)
        Whether the files are only checked against each other; to be used on the meta device.

    Raises `ElmoFileError` where a file cannot be used.
    """

    def __init__(
        self,
        options_file: PathOrStr,
        weight_file: PathOrStr,
        requires_grad: bool = False,
        check_only: bool = False,
    ) -> None:
        super().__init__()
        self.options = BiLmOptions.from_file(options_file)
        self.num_layers = self.options.num_layers
        self.character_encoder = CharacterEncoder(self.options)
        self.forward_stack = LstmStack(self.options)
        self.backward_stack = LstmStack(self.options)
        self.register_buffer("_boundaries", _boundary_characters(), persistent=False)
        self._boundaries: Tensor
        with WeightFile(weight_file, check_only) as file:
            self.character_encoder.load(file)
            self.forward_stack.load(file, direction=0)
            self.backward_stack.load(file, direction=1)
        self._requires_grad = requires_grad
        self.requires_grad_(requires_grad)

    def get_output_dim(self) -> int:
        """Width of a layer: both directions together."""
        return self.options.output_dim

    def forward(self, inputs: Tensor, word_inputs: None = None) -> dict[str, Tensor | list[Tensor]]:
        """
        # Parameters

        inputs : `Tensor`
            Shape `(batch_size, num_tokens, max_characters)`: AllenNLP's character ids, without
            sentence boundaries, pads (all 0) after the tokens.
        word_inputs : `None`
            There for `allennlp.modules.Elmo`, which passes it.

        # Returns

        `dict` with

        activations : `list[Tensor]`
            One a layer, the token layer first, each of shape
            `(batch_size, num_tokens, 2 * projection_dim)`; 0 at pads.
        mask : `Tensor`
            Shape `(batch_size, num_tokens)`: where there is a token.
        """
        mask = (inputs > 0).any(dim=-1)
        lengths = mask.sum(dim=1)
        with torch.set_grad_enabled(torch.is_grad_enabled() and self._requires_grad):
            layers = self._layers(inputs[mask], lengths[lengths > 0])
            activations = [
                layer.new_zeros(*mask.shape, self.options.output_dim).index_put((mask,), layer)
                for layer in layers
            ]
        return {"activations": activations, "mask": mask}

    def _layers(self, character_ids: Tensor, lengths: Tensor) -> list[Tensor]:
        """
        The layers of the tokens of all sentences one after another.

        `(num_tokens, max_characters)` and `(batch_size,)` to `num_layers` tensors of
        `(num_tokens, 2 * projection_dim)`.
        """
        if not len(character_ids):
            dtype = self.character_encoder.projection.weight.dtype
            return [
                character_ids.new_zeros(0, self.options.output_dim, dtype=dtype)
            ] * self.num_layers
        words, word_of_token = torch.unique(character_ids, dim=0, return_inverse=True)
        vectors = self.character_encoder(torch.cat([words, self._boundaries]))
        by_direction = []
        for backward, stack in enumerate((self.forward_stack, self.backward_stack)):
            contexts = Contexts.of(
                word_of_token, lengths, len(words) + backward, backward=bool(backward)
            )
            outputs = stack(vectors[contexts.words], contexts.parents)
            of_tokens = [output[contexts.node_of_token] for output in outputs]
            by_direction.append([vectors[word_of_token], *of_tokens])
        return [torch.cat(layer, dim=-1) for layer in zip(*by_direction, strict=True)]
