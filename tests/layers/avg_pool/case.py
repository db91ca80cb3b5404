"""Random average-pools, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from convcheck.layers.avg_pool.layer import AvgPoolSizes
from tests.layers.case import Case, few


@st.composite
def sizes(draw: Any) -> AvgPoolSizes:
    H, W = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    pad = draw(st.integers(0, 2))
    # PyTorch has no padding of more than half a window.
    least = max(1, 2 * pad)
    H1, W1 = (draw(st.integers(min(least, n + 2 * pad), min(5, n + 2 * pad))) for n in (H, W))
    letters = {"N": draw(few), "C": draw(few), "H": H, "W": W, "H1": H1, "W1": W1}
    return AvgPoolSizes(**letters, stride=draw(st.integers(1, 5)), pad=pad, count_include_pad=draw(st.booleans()))


def oracle(sizes, params, x):
    import torch

    return torch.nn.functional.avg_pool2d(
        x, (sizes.H1, sizes.W1), sizes.stride, sizes.pad, count_include_pad=sizes.count_include_pad
    )


CASE = Case(
    sizes=sizes(),
    one={"N": 2, "C": 3, "H": 5, "W": 7, "H1": 4, "W1": 2, "stride": 2, "pad": 1, "count_include_pad": False},
    oracle=oracle,
    mistakes=20,
)
