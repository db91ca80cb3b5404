"""Random max-pools, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from convcheck.layers.max_pool.layer import MaxPoolSizes
from tests.layers.case import Case, few


@st.composite
def sizes(draw: Any) -> MaxPoolSizes:
    H, W = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    pad = draw(st.integers(0, 2))
    # PyTorch has no padding of more than half a window.
    H1, W1 = (draw(st.integers(min(max(1, 2 * pad), n + 2 * pad), min(5, n + 2 * pad))) for n in (H, W))
    letters = {"N": draw(few), "C": draw(few), "H": H, "W": W, "H1": H1, "W1": W1}
    return MaxPoolSizes(**letters, stride=draw(st.integers(1, 5)), pad=pad)


def oracle(sizes, params, x):
    import torch

    return torch.nn.functional.max_pool2d(x, (sizes.H1, sizes.W1), sizes.stride, sizes.pad)


CASE = Case(
    sizes=sizes(),
    one={"N": 2, "C": 3, "H": 5, "W": 7, "H1": 3, "W1": 2, "stride": 2},
    oracle=oracle,
    mistakes=20,
    exact=True,
)
