"""Random normalisations by the root mean square, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.rmsnorm.layer import RmsnormSizes
from tests.layers.case import Case, few
from tests.layers.layernorm.case import eps


def sizes() -> st.SearchStrategy[RmsnormSizes]:
    by_letters = st.builds(RmsnormSizes, N=st.integers(1, 4), D=st.integers(1, 9), eps=eps)
    by_shape = st.builds(RmsnormSizes, shape=st.lists(few, min_size=2, max_size=5).map(tuple), eps=eps)
    return by_letters | by_shape


def oracle(sizes, params, x, gamma):
    import torch

    return torch.nn.functional.rms_norm(x, gamma.shape, gamma, sizes.eps)


CASE = Case(
    sizes=sizes(),
    one={"N": 3, "D": 5},
    oracle=oracle,
    mistakes=12,
    # Of one value x̂ is ±1, but for eps.
    reaches=lambda sizes: sizes.shapes()["x"][-1] > 1,
)
