"""The layers of a sentence survive the way into bytes and back."""

import pytest
import torch

from bluelmo_plugins.modules.feature_store import FeatureLayout


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 0.0), (torch.float16, 2e-3)])
def test_layers_survive_within_the_stored_precision(dtype: torch.dtype, tolerance: float) -> None:
    layout = FeatureLayout(num_layers=3, projection_dim=4, dtype=dtype)
    token_layer = torch.randn(5, 4)
    layers = [torch.cat([token_layer, token_layer], -1), torch.randn(5, 8), torch.randn(5, 8)]
    parts = [
        (number, direction, half)
        for direction in (0, 1)
        for number, layer in enumerate(layers)
        for half in [layer.chunk(2, dim=-1)[direction]]
    ]
    content = layout.to_bytes(layout.pack(parts, num_tokens=5))
    assert len(content) == 5 * (4 + 8 + 8) * dtype.itemsize
    back = layout.unpack(layout.from_bytes(memoryview(content)))
    for before, after in zip(layers, back, strict=True):
        assert after.dtype == torch.float32
        torch.testing.assert_close(after, before, atol=tolerance, rtol=0)
