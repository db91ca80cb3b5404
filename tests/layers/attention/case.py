"""Random attention, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.attended import SCALINGS
from convcheck.layers.attention.layer import AttentionSizes
from tests.layers.case import Case, few


def oracle(sizes, params, q, k, v):
    import torch

    mask = None if params["mask"] is None else torch.tensor(params["mask"])
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, mask, scale=params["scale"])


CASE = Case(
    sizes=st.builds(
        AttentionSizes,
        N=few,
        T=few,
        S=few,
        D=few,
        M=few,
        masked=st.booleans(),
        causal=st.booleans(),
        scaling=st.sampled_from(SCALINGS),
    ),
    one={"N": 2, "T": 3, "S": 5, "D": 4, "M": 6},
    oracle=oracle,
    mistakes=20,
    reaches=lambda sizes: not sizes.masked and not sizes.causal and sizes.S > 1,
)
