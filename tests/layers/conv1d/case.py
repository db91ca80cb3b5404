"""Random convolutions of sequences, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from convcheck.layers.conv1d.layer import Conv1dSizes
from tests.layers.case import Case, few


@st.composite
def sizes(draw: Any) -> Conv1dSizes:
    pad, W = draw(st.integers(0, 3)), draw(st.integers(1, 8))
    W1 = draw(st.integers(1, min(4, W + 2 * pad)))
    letters = {"N": draw(few), "C": draw(few), "F": draw(few), "W": W, "W1": W1}
    return Conv1dSizes(**letters, stride=draw(st.integers(1, 5)), pad=pad)


def oracle(sizes, params, x, w, b):
    import torch

    return torch.nn.functional.conv1d(x, w, b, stride=sizes.stride, padding=sizes.pad)


CASE = Case(
    sizes=sizes(),
    one={"N": 2, "C": 3, "W": 8, "F": 4, "W1": 5, "stride": 2, "pad": 1},
    oracle=oracle,
    mistakes=40,
    exact=True,
)
