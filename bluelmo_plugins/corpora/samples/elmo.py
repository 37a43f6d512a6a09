"""A biLM with random weights, in the files that bilm-tf writes and AllenNLP reads."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy

_CHARACTERS = 261
_PADDING_CHARACTER = 260


@dataclass(frozen=True)
class ElmoSize:
    """The widths of a biLM; everything else in options.json is as in the published models."""

    char_dim: int
    """Width of a character's embedding."""
    filters: tuple[tuple[int, int], ...]
    """Width in characters and number of outputs of each convolution."""
    highways: int
    """Number of highway layers after the convolutions."""
    cells: int
    """Memory cells of each LSTM, for one direction."""
    projection_dim: int
    """Width of a token in each layer, for one direction."""
    layers: int = 2
    """Number of LSTM layers of each direction."""

    def options(self) -> dict[str, Any]:
        """
        What options.json holds. Like the published files it counts 262 characters, one more than
        the weights have rows: readers add a row of zeros for the padding between tokens.
        """
        return {
            "lstm": {
                "use_skip_connections": True,
                "projection_dim": self.projection_dim,
                "cell_clip": 3,
                "proj_clip": 3,
                "dim": self.cells,
                "n_layers": self.layers,
            },
            "char_cnn": {
                "activation": "relu",
                "filters": [list(each) for each in self.filters],
                "n_highway": self.highways,
                "embedding": {"dim": self.char_dim},
                "n_characters": _CHARACTERS + 1,
                "max_characters_per_token": 50,
            },
        }

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The name and the shape of every dataset of weights.hdf5."""
        features = sum(outputs for _, outputs in self.filters)
        shapes: dict[str, tuple[int, ...]] = {"char_embed": (_CHARACTERS, self.char_dim)}
        for number, (width, outputs) in enumerate(self.filters):
            shapes[f"CNN/W_cnn_{number}"] = (1, width, self.char_dim, outputs)
            shapes[f"CNN/b_cnn_{number}"] = (outputs,)
        for number in range(self.highways):
            for gate in ("transform", "carry"):
                shapes[f"CNN_high_{number}/W_{gate}"] = (features, features)
                shapes[f"CNN_high_{number}/b_{gate}"] = (features,)
        shapes["CNN_proj/W_proj"] = (features, self.projection_dim)
        shapes["CNN_proj/b_proj"] = (self.projection_dim,)
        for direction in range(2):
            for layer in range(self.layers):
                cell = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
                shapes[f"{cell}/W_0"] = (2 * self.projection_dim, 4 * self.cells)
                shapes[f"{cell}/B"] = (4 * self.cells,)
                shapes[f"{cell}/W_P_0"] = (self.cells, self.projection_dim)
        return shapes


ELMO_SIZES = {
    # For tests: a few thousand weights. A multiple of 32 of everything that goes through a sigmoid,
    # as in every published size: what is left over, torch computes to other last bits.
    "tiny": ElmoSize(4, ((1, 8), (2, 8), (3, 16)), highways=1, cells=32, projection_dim=8),
    # For the demo: words are well told apart, yet a corpus takes seconds.
    "small": ElmoSize(16, ((1, 16), (2, 32), (3, 64)), highways=1, cells=128, projection_dim=32),
    # The size of the published models (2x4096_512, 94 M parameters, 374 MB).
    "full": ElmoSize(
        16,
        ((1, 32), (2, 32), (3, 64), (4, 128), (5, 256), (6, 512), (7, 1024)),
        highways=2,
        cells=4096,
        projection_dim=512,
    ),
}


def elmo_weights(size: ElmoSize, seed: int) -> Iterator[tuple[str, numpy.ndarray]]:
    """
    Draws the datasets of weights.hdf5 one after the other, so that only one is held in memory.
    """
    generator = numpy.random.default_rng(seed)
    for name, shape in size.shapes().items():
        yield name, _draw(name.rpartition("/")[2], shape, generator)


def write_elmo(directory: Path, size: ElmoSize, seed: int) -> None:
    """Writes options.json and weights.hdf5 into an existing folder."""
    (directory / "options.json").write_text(json.dumps(size.options(), indent=2) + "\n")
    with h5py.File(directory / "weights.hdf5", "w") as file:
        for name, values in elmo_weights(size, seed):
            file.create_dataset(name, data=values, track_times=False)


def _draw(dataset: str, shape: tuple[int, ...], generator: numpy.random.Generator) -> numpy.ndarray:
    if dataset.startswith("b_cnn"):
        # Only a character sequence that fits a filter well gets past the ReLU. Around zero every
        # word would pass every filter somewhere, and all words would look alike.
        return numpy.full(shape, -1.0, dtype=numpy.float32)
    if dataset == "b_carry":
        # Mostly carry the word on: a random transform only blurs it.
        return numpy.full(shape, -2.0, dtype=numpy.float32)
    values = generator.standard_normal(shape, dtype=numpy.float32)
    if dataset == "char_embed":
        # Short words are mostly padding, which must not be what the filters respond to.
        values[_PADDING_CHARACTER] = 0.0
        return values
    if len(shape) == 1:
        return values * numpy.float32(0.1)
    inputs = numpy.prod(shape[:-1])
    return values * numpy.float32(_GAINS.get(dataset, 1.0) / numpy.sqrt(inputs))


# Factors on 1/sqrt(number of inputs): the projections make up for what ReLU and gates take away.
_GAINS = {"W_proj": 2.0, "W_0": 1.0, "W_P_0": 2.0}
