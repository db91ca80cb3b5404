"""Random global average-pools, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.global_avg_pool.layer import GlobalAvgPoolSizes
from tests.layers.case import Case, few


def sizes() -> st.SearchStrategy[GlobalAvgPoolSizes]:
    return st.builds(GlobalAvgPoolSizes, N=few, C=few, H=st.integers(1, 5), W=st.integers(1, 5))


def oracle(sizes, params, x):
    import torch

    return torch.nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)


CASE = Case(sizes=sizes(), one={"N": 2, "C": 3, "H": 4, "W": 5}, oracle=oracle, mistakes=8)
