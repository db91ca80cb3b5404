"""Random ReLUs, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.relu.layer import ReluSizes
from tests.layers.case import Case, few


def sizes() -> st.SearchStrategy[ReluSizes]:
    by_letters = st.builds(ReluSizes, N=few, C=few, H=few, W=few)
    by_shape = st.builds(ReluSizes, shape=st.lists(few, min_size=1, max_size=5).map(tuple))
    return by_letters | by_shape


def oracle(sizes, params, x):
    import torch

    return torch.relu(x)


CASE = Case(
    sizes=sizes(),
    one={"N": 2, "C": 3, "H": 4, "W": 5},
    oracle=oracle,
    mistakes=8,
    exact=True,
    not_told_apart=frozenset({"other-threshold[0.01]", "other-threshold[1e-3]"}),
)
