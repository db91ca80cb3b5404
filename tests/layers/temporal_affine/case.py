"""Random temporal affine layers, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.temporal_affine.layer import TemporalAffineSizes
from tests.layers.case import Case, few


def oracle(sizes, params, x, w, b):
    import torch

    return torch.nn.functional.linear(x, w.T, b)


CASE = Case(
    sizes=st.builds(TemporalAffineSizes, N=few, T=few, D=few, M=few),
    one={"N": 2, "T": 3, "D": 5, "M": 4},
    oracle=oracle,
    mistakes=30,
    exact=True,
)
