"""Random multi-head self-attention, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.attended import SCALINGS
from convcheck.layers.self_attention.layer import SelfAttentionSizes
from tests.layers.case import Case, few
from tests.layers.multi_head_attention.case import attention, shared


def oracle(sizes, params, x, *weights):
    return attention(params, x, x, x, weights)


CASE = Case(
    sizes=st.builds(
        lambda shared, **rest: SelfAttentionSizes(D=shared[0] * shared[1], heads=shared[1], **rest),
        shared,
        N=st.integers(1, 2),
        T=few,
        masked=st.booleans(),
        causal=st.booleans(),
        scaling=st.sampled_from(SCALINGS),
    ),
    one={"N": 2, "T": 3, "D": 4, "heads": 2},
    oracle=oracle,
    mistakes=20,
    reaches=lambda sizes: False,
)
