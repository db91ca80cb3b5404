"""Random convolutions of volumes, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from convcheck.layers.conv3d.layer import Conv3dSizes
from tests.layers.case import Case

few = st.integers(1, 2)


@st.composite
def sizes(draw: Any) -> Conv3dSizes:
    pad = draw(st.integers(0, 2))
    lengths = {name: draw(st.integers(1, 4)) for name in ("T", "H", "W")}
    windows = {f"{name}1": draw(st.integers(1, min(3, n + 2 * pad))) for name, n in lengths.items()}
    letters = {"N": draw(few), "C": draw(few), "F": draw(few), **lengths, **windows}
    return Conv3dSizes(**letters, stride=draw(st.integers(1, 4)), pad=pad)


def oracle(sizes, params, x, w, b):
    import torch

    return torch.nn.functional.conv3d(x, w, b, stride=sizes.stride, padding=sizes.pad)


CASE = Case(
    sizes=sizes(),
    one={"N": 2, "C": 3, "T": 4, "H": 5, "W": 6, "F": 4, "T1": 1, "H1": 3, "W1": 2, "stride": 2, "pad": 1},
    oracle=oracle,
    mistakes=40,
    exact=True,
)
