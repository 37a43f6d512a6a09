"""The layers of a sentence survive the way into bytes and back."""

import pytest
import torch

from bluelmo_plugins.modules.feature_store import FeatureLayout


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 0.0), (torch.float16, 2e-3)])
def test_layers_survive_within_the_stored_precision(dtype: torch.dtype, tolerance: float) -> None:
    layout = FeatureLayout(num_layers=3, projection_dim=4, dtype=dtype)
    halves = torch.randn(5, 5, 4)
    content = layout.to_bytes(halves.to(dtype))
    assert len(content) == 5 * (4 + 8 + 8) * dtype.itemsize
    back = layout.unpack(layout.from_bytes(bytearray(content)))
    assert back.dtype == torch.float32
    torch.testing.assert_close(back, halves, atol=tolerance, rtol=0)


def test_rows_that_lie_together_are_not_copied() -> None:
    layout = FeatureLayout(num_layers=2, projection_dim=4)
    batch = torch.zeros(5, 3, 4, dtype=torch.float16)
    together, scattered = layout.to_bytes(batch[1:3]), layout.to_bytes(batch[::2])
    batch.fill_(1)
    assert bytes(together) == layout.to_bytes(batch)[: len(together)]
    assert bytes(scattered) == bytes(3 * 3 * 4 * 2)
