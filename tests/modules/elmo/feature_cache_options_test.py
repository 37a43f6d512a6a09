"""Features keep their values in the cache, within its precision."""

import pytest
import torch

from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureLayout


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 0.0), (torch.float16, 2e-3)])
def test_layers_keep_their_values_within_the_precision(
    dtype: torch.dtype, tolerance: float
) -> None:
    layout = FeatureLayout(num_layers=3, projection_dim=4, dtype=dtype)
    slices = torch.randn(5, 5, 4)
    content = layout.to_bytes(slices.to(dtype))
    assert len(content) == 5 * (4 + 8 + 8) * dtype.itemsize
    back = layout.unpack(layout.from_bytes(bytes(content)))
    assert back.dtype == torch.float32
    torch.testing.assert_close(back, slices, atol=tolerance, rtol=0)


def test_contiguous_rows_are_not_copied() -> None:
    layout = FeatureLayout(num_layers=2, projection_dim=4)
    batch = torch.zeros(5, 3, 4, dtype=torch.float16)
    contiguous, scattered = layout.to_bytes(batch[1:3]), layout.to_bytes(batch[::2])
    batch.fill_(1)
    assert bytes(contiguous) == layout.to_bytes(batch)[: len(contiguous)]
    assert bytes(scattered) == bytes(3 * 3 * 4 * 2)
