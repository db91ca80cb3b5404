"""Self-attention is multi-head attention of one x, and which of the two code is its arrays show.

Covers layers/self_attention/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import checked, found, write
from tests.layers.cases import data_for, one

LAYER, WHOLE = LAYERS["self_attention"], LAYERS["multi_head_attention"]


@pytest.mark.parametrize("variant", LAYER.variants)
def test_x_is_query_key_and_value(variant):
    layer, sizes = one("self_attention")
    (x, *weights), dout, params = data_for(layer, sizes, seed=0)
    out, cache = layer.variants[variant].forward(x, *weights, params)
    of_three, cache_of_three = WHOLE.variants[variant].forward(x, x, x, *weights, params)
    np.testing.assert_array_equal(out, of_three)
    dx, *others = layer.variants[variant].backward(dout, cache)
    dquery, dkey, dvalue, *others_of_three = WHOLE.variants[variant].backward(dout, cache_of_three)
    np.testing.assert_array_equal(dx, dquery + dkey + dvalue)
    assert all(map(np.array_equal, others, others_of_three))


WEIGHTS = "self.Wq = self.Wk = self.Wv = self.Wo = dim"


@pytest.mark.parametrize(
    ("name", "takes", "keeps", "layer"),
    [
        ("Attention", "q, k, v", "self.dim = dim", "attention"),
        ("Attention", "x", WEIGHTS, "self_attention"),
        ("Attention", "q, k, v", WEIGHTS, "multi_head_attention"),
        ("MultiHeadAttention", "query, key, value, mask", WEIGHTS, "multi_head_attention"),
        ("MultiHeadAttention", "x, mask", WEIGHTS, "self_attention"),
        ("SelfAttention", "x", WEIGHTS, "self_attention"),
    ],
)
def test_what_forward_takes_and_what_is_kept_tell_the_layer(tmp_path, name, takes, keeps, layer):
    text = f"""
    class {name}:
        def __init__(self, dim):
            {keeps}
        def forward(self, {takes}):
            return 0
        def backward(self, dout):
            return 0
    """
    assert [one.layer for one in found(write(tmp_path, text))] == [layer]


@pytest.mark.parametrize(
    ("name", "takes", "layer"),
    [
        ("attention", "q, k, v, mask", "attention"),
        ("attention", "x, wq, wk, wv, wo, heads", "self_attention"),
        ("multi_head_attention", "x, wq, wk, wv, wo, heads", "self_attention"),
        ("multi_head_attention", "query, key, value, wq, wk, wv, wo, heads", "multi_head_attention"),
    ],
)
def test_so_do_the_parameters_of_functions(tmp_path, name, takes, layer):
    text = f"""
    def {name}_forward({takes}):
        return 0, 0
    def {name}_backward(dout, cache):
        return 0
    """
    assert [one.layer for one in found(write(tmp_path, text))] == [layer]


@pytest.mark.torch
@pytest.mark.parametrize(("turns", "status"), [(True, "pass"), (False, "fail")])
def test_a_linear_that_makes_queries_keys_and_values_is_told_all_three(tmp_path, turns, status):
    pytest.importorskip("torch")
    text = f"""
    import torch

    class SelfAttention(torch.nn.Module):
        def __init__(self, embed_dim):
            super().__init__()
            self.qkv = torch.nn.Linear(embed_dim, 3 * embed_dim)
            self.proj = torch.nn.Linear(embed_dim, embed_dim)

        def forward(self, x):
            q, k, v = self.qkv(x).chunk(3, dim=-1)
            scores = q @ {"k.mT" if turns else "q.mT"} / x.shape[-1] ** 0.5
            return self.proj(scores.softmax(-1) @ v)
    """
    source = write(tmp_path, text)
    (one,) = found(source)
    assert checked(source, one, N=2, T=3, D=2, heads=1, masked=False).status == status
