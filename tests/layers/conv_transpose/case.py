"""Random transposed convolutions, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from convcheck.layers.conv_transpose.layer import ConvTransposeSizes
from tests.layers.case import Case, few


@st.composite
def sizes(draw: Any) -> ConvTransposeSizes:
    H, W = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    H1, W1, stride = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    more = draw(st.integers(0, min(2, stride - 1)))
    least = min((H - 1) * stride + H1, (W - 1) * stride + W1) + more
    letters = {"N": draw(few), "C": draw(few), "F": draw(few), "H": H, "W": W, "H1": H1, "W1": W1}
    pad = draw(st.integers(0, min(3, (least - 1) // 2)))
    return ConvTransposeSizes(**letters, stride=stride, pad=pad, output_padding=more)


def oracle(sizes, params, x, w, b):
    import torch

    return torch.nn.functional.conv_transpose2d(
        x, w, b, stride=sizes.stride, padding=sizes.pad, output_padding=sizes.output_padding
    )


CASE = Case(
    sizes=sizes(),
    one={"N": 2, "C": 3, "H": 5, "W": 6, "F": 4, "H1": 3, "W1": 2, "stride": 2, "pad": 1, "output_padding": 1},
    oracle=oracle,
    mistakes=40,
    exact=True,
)
