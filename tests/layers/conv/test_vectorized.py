"""Matrix products row by row of the filters: no copy of the images is as large as all windows written out."""

from __future__ import annotations

import tracemalloc

import numpy as np

from convcheck.layers.conv.vectorized import row_of_filters, row_of_windows
from convcheck.layers.windows import windows_of
from tests.layers.cases import LAYERS, data_for, passes


def test_a_row_of_the_filters_times_a_row_of_the_windows_is_a_share_of_the_output(rng):
    x, w = rng.integers(-4, 5, (2, 3, 6, 7)).astype(float), rng.integers(-4, 5, (4, 3, 2, 3)).astype(float)
    windows = windows_of(x, (2, 3), 2)
    shares = [row_of_filters(w, i) @ row_of_windows(windows, i) for i in range(2)]
    out = np.einsum("nchwij,fcij->fnhw", windows, w)
    assert [share.shape for share in shares] == [(4, 2 * 3 * 3)] * 2
    np.testing.assert_array_equal(sum(shares), out.reshape(4, -1))


def test_neither_pass_holds_more_than_some_arrays_of_the_size_of_a_row_of_the_windows():
    layer = LAYERS["conv"]
    sizes = layer.sizes(N=2, C=16, H=20, W=20, F=4, H1=9, W1=3, stride=1, pad=0)
    data = data_for(layer, sizes, seed=0)
    passes(layer, layer.variants["vectorized"], *data)
    tracemalloc.start()
    try:
        passes(layer, layer.variants["vectorized"], *data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    entries = sum(np.prod(shape) for shape in sizes.shapes().values())
    # All windows would be nine rows of them.
    assert peak <= 8 * (3 * sizes.workspace() + 6 * entries)
    assert 3 * sizes.workspace() + 6 * entries < 9 * sizes.workspace()
