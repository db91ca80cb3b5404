"""Multi-head attention: attention of several parts of the features, each by itself, between affine layers.

Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.2, as in CS231n, assignment 3 of 2021. N sequences
of T queries, and of S keys with a value each, all of D features: query is (N, T, D), key and value (N, S, D), the
weights wq, wk, wv and wo (D, D), the biases (D,). Head h = 0 … H-1 has the features h D/H … (h+1) D/H - 1 of q, k, v.

              q = query wq + bq,   k = key wk + bk,   v = value wv + bv
              a[n,t,·] of each head is attention of its features of q[n], k[n], v[n], with scale r = 1/√(D/H), or 1
    forward   out[n,t,m] = Σ_d a[n,t,d] wo[d,m] + bo[m]
              da = dout wo^T;   dq, dk, dv of each head come back from its attention for its features of da
    dquery    dquery[n,t,d] = Σ_m dq[n,t,m] wq[d,m]
    dkey      dkey[n,s,d] = Σ_m dk[n,s,m] wk[d,m]
    dvalue    dvalue[n,s,d] = Σ_m dv[n,s,m] wv[d,m]
    dwq       dwq[d,m] = Σ_{n,t} query[n,t,d] dq[n,t,m]
    dwk       dwk[d,m] = Σ_{n,s} key[n,s,d] dk[n,s,m]
    dwv       dwv[d,m] = Σ_{n,s} value[n,s,d] dv[n,s,m]
    dwo       dwo[d,m] = Σ_{n,t} a[n,t,d] dout[n,t,m]
    dbq       dbq[m] = Σ_{n,t} dq[n,t,m]
    dbk       dbk[m] = Σ_{n,s} dk[n,s,m] = 0: it moves all scores of a query alike
    dbv       dbv[m] = Σ_{n,s} dv[n,s,m]
    dbo       dbo[m] = Σ_{n,t} dout[n,t,m]

The mask (T, S) is that of all heads. Attention, and its gradients, are those of the layer attention.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.attended import (
    attend,
    attend_back,
    attending,
    causal_field,
    heads_field,
    masked_field,
    scaling_field,
)
from convcheck.layers.attention.layer import LARGE_SCORES, attention_backward_naive, attention_forward_naive
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same, Tie
from convcheck.layers.multi_head_attention.words import WORDS
from convcheck.layers.recurrent import recurrent_rounding
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape, Sizes

WEIGHTS = ("wq", "wk", "wv", "wo", "bq", "bk", "bv", "bo")


@dataclass(frozen=True)
class MultiHeadAttentionSizes(Sizes):
    """Sequences, queries, keys, features, heads, and what a query may look at."""

    N: int = size("sequences in the batch")
    T: int = size("queries: steps of a sequence")
    S: int = size("keys, with a value each: steps of what is looked at")
    D: int = size("features, of which each head has its share")
    heads: int = heads_field()
    masked: bool = masked_field()
    causal: bool = causal_field()
    scaling: str = scaling_field()

    def problems(self) -> Iterator[Problem]:
        """Features that heads cannot share."""
        yield from heads_that_do_not_fit(self.D, self.heads)

    def shapes(self) -> dict[str, Shape]:
        """The three inputs, the weights, the biases and out."""
        N, T, S, D = self.N, self.T, self.S, self.D
        return {"query": (N, T, D), "key": (N, S, D), "value": (N, S, D), **weight_shapes(D), "out": (N, T, D)}

    def workspace(self) -> int:
        """The scores of all heads."""
        return self.N * self.heads * self.T * self.S

    def is_smooth(self) -> bool:
        """In all that makes scores."""
        return True


def heads_that_do_not_fit(D: int, heads: int) -> Iterator[Problem]:
    """D features that so many heads cannot share."""
    if D % heads:
        yield Problem("heads", f"D = {D} features cannot be shared by heads = {heads}: {heads} does not divide {D}")


def weight_shapes(D: int) -> dict[str, Shape]:
    """The weights are (D, D), the biases (D,)."""
    return {name: (D, D) if name.startswith("w") else (D,) for name in WEIGHTS}


def weight_inputs(D: int) -> tuple[Input, ...]:
    """Linear in what comes after softmax, and smooth in what makes scores."""

    def ties(name: str) -> tuple[Tie, ...]:
        column: Tie = Same(2) if name.endswith("o") else All()
        return (All(), column) if name.startswith("w") else (column,)

    return tuple(
        Input(name, shape, "smooth" if name[1] in "qk" else "linear", ties(name), ("d", "m")[2 - len(shape) :])
        for name, shape in weight_shapes(D).items()
    )


def weight_sums(D: int, T: int, S: int, places: int) -> dict[str, Sum]:
    """Those of the weights and biases, over so many queries and keys."""
    terms = places * (D + T + S)
    return {f"d{name}": Sum(("dout",), terms) for name in WEIGHTS}


def multi_head_attention_facts(sizes: MultiHeadAttentionSizes) -> Facts:
    """Smooth in query and key, linear in value and in what comes after it; no sequence reaches another one."""
    s, shapes = sizes, sizes.shapes()
    query = Input("query", shapes["query"], "smooth", (Same(0), Same(1), All()), ("n", "t", "d"), extreme=LARGE_SCORES)
    around = s.D + s.T + s.S
    return Facts(
        inputs=(
            query,
            Input("key", shapes["key"], "smooth", (Same(0), All(), All()), ("n", "s", "d")),
            Input("value", shapes["value"], "linear", (Same(0), All(), All()), ("n", "s", "d")),
            *weight_inputs(s.D),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("query", "wq"), 2 * s.D + s.S),
            "dquery": Sum(("dout", "wo"), around + s.D),
            "dkey": Sum(("dout", "wo"), around + s.D),
            "dvalue": Sum(("dout", "wo"), around + s.D),
            **weight_sums(s.D, s.T, s.S, s.N * (s.T + s.S)),
        },
        exact=False,
    )


def multi_head_attention_params(sizes: MultiHeadAttentionSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"heads", "mask" (T, S) or None, "masked", "causal", "scale", "scaling"}."""
    return {"heads": sizes.heads, **attending(sizes, sizes.D // sizes.heads, sizes.T, sizes.S)}


def _product(a: Array, w: Array) -> Array:
    """a (N, T, D), w (D, M) -> (N, T, M). One term at a time."""
    (N, T, D), M = a.shape, w.shape[1]
    out = np.zeros((N, T, M), np.result_type(a, w))
    for n, t, m in np.ndindex(N, T, M):
        for d in range(D):
            out[n, t, m] += a[n, t, d] * w[d, m]
    return out


def _product_of_all(a: Array, b: Array) -> Array:
    """a (N, T, D), b (N, T, M) -> (D, M), summed over all places. One term at a time."""
    (N, T, D), M = a.shape, b.shape[2]
    out = np.zeros((D, M), np.result_type(a, b))
    for n, t in np.ndindex(N, T):
        for d in range(D):
            for m in range(M):
                out[d, m] += a[n, t, d] * b[n, t, m]
    return out


def _heads(D: int, heads: int) -> Iterator[slice]:
    """The features of each head."""
    for h in range(heads):
        yield slice(h * D // heads, (h + 1) * D // heads)


def multi_head_attention_forward_naive(*arrays: Any) -> tuple[Array, Any]:
    """query (N, T, D), key, value (N, S, D), four weights (D, D), four biases (D,), params -> out (N, T, D), cache."""
    query, key, value, wq, wk, wv, wo, bq, bk, bv, bo, params = arrays
    q, k, v = _product(query, wq) + bq, _product(key, wk) + bk, _product(value, wv) + bv
    a, caches = np.zeros(q.shape, np.result_type(q, k, v)), []
    for features in _heads(q.shape[2], params["heads"]):
        one, cache = attention_forward_naive(q[..., features], k[..., features], v[..., features], params)
        a[..., features] = one
        caches.append(cache)
    return _product(a, wo) + bo, (query, key, value, wq, wk, wv, wo, a, caches)


def multi_head_attention_backward_naive(dout: Array, cache: Any) -> tuple[Array, ...]:
    """dout (N, T, D) -> the gradients of query, key, value, the four weights and the four biases."""
    query, key, value, wq, wk, wv, wo, a, caches = cache
    da = _product(dout, wo.T)
    dq, dk, dv = (np.zeros(x.shape, da.dtype) for x in (query, key, value))
    for features, one in zip(_heads(dout.shape[2], len(caches)), caches, strict=True):
        dq[..., features], dk[..., features], dv[..., features] = attention_backward_naive(da[..., features], one)
    return (
        _product(dq, wq.T),
        _product(dk, wk.T),
        _product(dv, wv.T),
        _product_of_all(query, dq),
        _product_of_all(key, dk),
        _product_of_all(value, dv),
        _product_of_all(a, dout),
        *(d.sum(axis=(0, 1)) for d in (dq, dk, dv, dout)),
    )


def parted(a: Any, heads: int) -> Any:
    """(N, T, D) -> (N, H, T, D/H)."""
    N, T, D = a.shape
    return a.reshape(N, T, heads, D // heads).swapaxes(1, 2)


def joined(a: Any) -> Any:
    """(N, H, T, D/H) -> (N, T, D)."""
    N, H, T, D = a.shape
    return a.swapaxes(1, 2).reshape(N, T, H * D)


def rows(a: Any) -> Any:
    """(N, T, D) -> (N T, D)."""
    return a.reshape(-1, a.shape[-1])


def multi_head_attention_forward(*arrays: Any) -> tuple[Any, Any]:
    """query (N, T, D), key, value (N, S, D), four weights (D, D), four biases (D,), params -> out (N, T, D), cache."""
    query, key, value, wq, wk, wv, wo, bq, bk, bv, bo, params = arrays
    q, k, v = (parted(one, params["heads"]) for one in (query @ wq + bq, key @ wk + bk, value @ wv + bv))
    a, cache = attend(q, k, v, params)
    return joined(a) @ wo + bo, (query, key, value, wq, wk, wv, wo, joined(a), params["heads"], cache)


def multi_head_attention_backward(dout: Any, cache: Any) -> tuple[Any, ...]:
    """dout (N, T, D) -> the gradients of query, key, value, the four weights and the four biases."""
    query, key, value, wq, wk, wv, wo, a, heads, attended = cache
    dq, dk, dv = map(joined, attend_back(parted(dout @ wo.T, heads), attended))
    return (
        dq @ wq.T,
        dk @ wk.T,
        dv @ wv.T,
        rows(query).T @ rows(dq),
        rows(key).T @ rows(dk),
        rows(value).T @ rows(dv),
        rows(a).T @ rows(dout),
        *(rows(d).sum(axis=0) for d in (dq, dk, dv, dout)),
    )


LAYER = Layer(
    name="multi_head_attention",
    summary="attention of several parts of the features, each by itself, between affine layers",
    sizes=MultiHeadAttentionSizes,
    input_names=("query", "key", "value", *WEIGHTS),
    shapes={
        "query": "(N, T, D)",
        "key": "(N, S, D)",
        "value": "(N, S, D)",
        **{name: "(D, D)" if name.startswith("w") else "(D,)" for name in WEIGHTS},
    },
    facts=multi_head_attention_facts,
    words=WORDS,
    parameters=("heads", "mask", "masked", "causal", "scale", "scaling"),
    params=multi_head_attention_params,
    rounding=recurrent_rounding,
    variants={
        "naive": Variant(multi_head_attention_forward_naive, multi_head_attention_backward_naive, "one key at a time"),
        "vectorized": Variant(
            multi_head_attention_forward, multi_head_attention_backward, "matrix products of all heads"
        ),
    },
    equations={
        "forward": "attention of each head's features of query wq + bq, key wk + bk, value wv + bv, times wo, + bo",
        "dquery": "dq wq^T,   dq, dk, dv of each head's attention for its features of dout wo^T",
        "dkey": "dk wk^T",
        "dvalue": "dv wv^T",
        "dwq": "Σ_{n,t} query[n,t]^T dq[n,t]",
        "dwk": "Σ_{n,s} key[n,s]^T dk[n,s]",
        "dwv": "Σ_{n,s} value[n,s]^T dv[n,s]",
        "dwo": "Σ_{n,t} a[n,t]^T dout[n,t],   a that of all heads side by side",
        "dbq": "Σ_{n,t} dq[n,t]",
        "dbk": "Σ_{n,s} dk[n,s] = 0",
        "dbv": "Σ_{n,s} dv[n,s]",
        "dbo": "Σ_{n,t} dout[n,t]",
    },
)
