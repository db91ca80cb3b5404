"""Random depthwise convolutions, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from convcheck.layers.depthwise_conv.layer import DepthwiseConvSizes
from tests.layers.case import Case, few


@st.composite
def sizes(draw: Any) -> DepthwiseConvSizes:
    pad = draw(st.integers(0, 2))
    H, W = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    H1, W1 = draw(st.integers(1, min(4, H + 2 * pad))), draw(st.integers(1, min(4, W + 2 * pad)))
    letters = {"N": draw(few), "C": draw(few), "H": H, "W": W, "H1": H1, "W1": W1}
    return DepthwiseConvSizes(**letters, stride=draw(st.integers(1, 4)), pad=pad)


def oracle(sizes, params, x, w, b):
    import torch

    return torch.nn.functional.conv2d(x, w, b, stride=sizes.stride, padding=sizes.pad, groups=sizes.C)


CASE = Case(
    sizes=sizes(),
    one={"N": 2, "C": 4, "H": 5, "W": 7, "H1": 3, "W1": 2, "stride": 2, "pad": 1},
    oracle=oracle,
    mistakes=20,
    exact=True,
)
