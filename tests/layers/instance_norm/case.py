"""Random instance normalisations, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.instance_norm.layer import InstanceNormSizes
from tests.layers.case import Case, few
from tests.layers.layernorm.case import eps


def oracle(sizes, params, x, gamma, beta):
    import torch

    # instance_norm refuses channels of one value; this does not, and is the same.
    over = (2, 3)
    x = (x - x.mean(over, keepdim=True)) / torch.sqrt(x.var(over, unbiased=False, keepdim=True) + sizes.eps)
    return x * gamma + beta


CASE = Case(
    sizes=st.builds(InstanceNormSizes, N=few, C=few, H=few, W=st.integers(1, 4), eps=eps),
    one={"N": 2, "C": 3, "H": 4, "W": 5},
    oracle=oracle,
    mistakes=30,
    reaches=lambda sizes: sizes.H * sizes.W > 2,
)
