"""Dropout with a fast random generator on CPUs."""

import numpy
import torch
from torch import Tensor, nn

_RESOLUTION = 2**16


class Dropout(nn.Dropout):
    """
    `torch.nn.Dropout` that draws 16 random bits per value on a CPU.

    torch's CPU kernel draws one value at a time, which took a third of an epoch over cached
    features. The probability is rounded to a multiple of 1/65536.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drops values of a tensor of any shape and scales the others by `1 / (1 - p)`."""
        if not self.training or self.p in (0, 1) or input.device.type != "cpu":
            return super().forward(input)
        bits = _random_bits(input.numel()).view(input.shape)
        threshold = round(self.p * _RESOLUTION) - _RESOLUTION // 2
        # The comparison writes the input's dtype: torch is slower when the result is bool.
        kept = torch.ge(bits, threshold, out=torch.empty_like(input))
        return input * kept.div_(1 - self.p)


def _random_bits(num_values: int) -> Tensor:
    """Random int16 values of SFC64, which torch seeds and which is twice as fast as torch's."""
    generator = numpy.random.Generator(numpy.random.SFC64(int(torch.randint(2**63 - 1, ()))))
    # Each 64-bit draw gives four values.
    words = generator.integers(-(2**63), 2**63, -(-num_values // 4), dtype=numpy.int64)
    return torch.from_numpy(words.view(numpy.int16))[:num_values]
