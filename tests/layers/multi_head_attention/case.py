"""Random multi-head attention, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.attended import SCALINGS
from convcheck.layers.multi_head_attention.layer import MultiHeadAttentionSizes
from tests.layers.case import Case, few


def attention(params, query, key, value, weights):
    """By PyTorch's own, whose weights are turned; where scores are not scaled, wq undoes that."""
    import torch

    wq, wk, wv, wo, bq, bk, bv, bo = weights
    D, heads = len(bo), params["heads"]
    undone = params["scale"] * (D // heads) ** 0.5
    mask = None if params["mask"] is None else ~torch.tensor(params["mask"])
    q, k, v = (a.transpose(0, 1) for a in (query, key, value))
    out, _ = torch.nn.functional.multi_head_attention_forward(
        q,
        k,
        v,
        D,
        heads,
        None,
        torch.cat([bq * undone, bk, bv]),
        None,
        None,
        False,
        0.0,
        wo.T,
        bo,
        attn_mask=mask,
        use_separate_proj_weight=True,
        q_proj_weight=wq.T * undone,
        k_proj_weight=wk.T,
        v_proj_weight=wv.T,
        need_weights=False,
    )
    return out.transpose(0, 1)


def oracle(sizes, params, query, key, value, *weights):
    return attention(params, query, key, value, weights)


# Features in heads of one or two.
shared = st.tuples(st.integers(1, 2), st.integers(1, 2))

CASE = Case(
    sizes=st.builds(
        lambda shared, **rest: MultiHeadAttentionSizes(D=shared[0] * shared[1], heads=shared[1], **rest),
        shared,
        N=st.integers(1, 2),
        T=few,
        S=few,
        masked=st.booleans(),
        causal=st.booleans(),
        scaling=st.sampled_from(SCALINGS),
    ),
    one={"N": 2, "T": 3, "S": 5, "D": 4, "heads": 2},
    oracle=oracle,
    mistakes=20,
    reaches=lambda sizes: False,
)
