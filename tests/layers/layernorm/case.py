"""Random layer normalisations, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.layernorm.layer import LayernormSizes
from tests.layers.case import Case, few

eps = st.sampled_from([1e-5, 1e-3, 1e-8, 1.0])


def sizes() -> st.SearchStrategy[LayernormSizes]:
    by_letters = st.builds(LayernormSizes, N=st.integers(1, 4), D=st.integers(1, 9), eps=eps)
    by_shape = st.builds(LayernormSizes, shape=st.lists(few, min_size=2, max_size=5).map(tuple), eps=eps)
    return by_letters | by_shape


def oracle(sizes, params, x, gamma, beta):
    import torch

    return torch.nn.functional.layer_norm(x, gamma.shape, gamma, beta, sizes.eps)


CASE = Case(
    sizes=sizes(),
    one={"N": 3, "D": 5},
    oracle=oracle,
    mistakes=30,
    reaches=lambda sizes: sizes.shapes()["x"][-1] > 2,
)
