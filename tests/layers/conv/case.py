"""Random convolutions, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from convcheck.layers.conv.layer import ConvSizes
from tests.layers.case import Case, few


@st.composite
def sizes(draw: Any) -> ConvSizes:
    pad = draw(st.integers(0, 3))
    H, W = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    H1, W1 = draw(st.integers(1, min(4, H + 2 * pad))), draw(st.integers(1, min(4, W + 2 * pad)))
    groups = draw(few)
    letters = {"N": draw(few), "C": groups * draw(few), "F": groups * draw(few), "H": H, "W": W, "H1": H1, "W1": W1}
    # As far as the image goes.
    most = min((n + 2 * pad - 1) // (k - 1) if k > 1 else 3 for n, k in ((H, H1), (W, W1)))
    dilation = draw(st.integers(1, min(3, most)))
    return ConvSizes(**letters, stride=draw(st.integers(1, 5)), pad=pad, dilation=dilation, groups=groups)


def oracle(sizes, params, x, w, b):
    import torch

    return torch.nn.functional.conv2d(
        x, w, b, stride=sizes.stride, padding=sizes.pad, dilation=sizes.dilation, groups=sizes.groups
    )


CASE = Case(
    sizes=sizes(),
    one={"N": 2, "C": 3, "H": 5, "W": 7, "F": 4, "H1": 3, "W1": 2, "stride": 2, "pad": 1},
    oracle=oracle,
    mistakes=25,
    exact=True,
    # An entry of x is claimed to reach windows between whose entries it lies, too, and the filters of all groups.
    reaches=lambda sizes: sizes.dilation == sizes.groups == 1,
)
