"""Scaled dot-product attention: every query takes the mean of the values, weighted by how it fits their keys.

Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.1. N sequences of T queries, and of S keys with a
value each: q is (N, T, D), k (N, S, D), v (N, S, M). r is 1/√D, or 1 where scores are not scaled.

    forward   s[n,t,s] = r Σ_d q[n,t,d] k[n,s,d],   p[n,t,·] = softmax of the s[n,t,·] that query t may look at
              a[n,t,m] = Σ_s p[n,t,s] v[n,s,m]
              dp[n,t,s] = Σ_m dout[n,t,m] v[n,s,m],   ds[n,t,s] = p[n,t,s] (dp[n,t,s] - Σ_j p[n,t,j] dp[n,t,j])
    dq        dq[n,t,d] = r Σ_s ds[n,t,s] k[n,s,d]
    dk        dk[n,s,d] = r Σ_t ds[n,t,s] q[n,t,d]
    dv        dv[n,s,m] = Σ_t p[n,t,s] dout[n,t,m]

The mask (T, S) is True where query t may look at key s, for all sequences alike; it has no gradient. Where it may not,
p is 0. `causal`: query t may look at keys 0 … t alone; a mask that is handed over says so too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.attended import attend, attend_back, attending, causal_field, masked_field, scaling_field
from convcheck.layers.attention.words import WORDS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.layers.recurrent import recurrent_rounding
from convcheck.spec.fields import size
from convcheck.spec.sizes import Shape, Sizes

# Scores so many times larger are still within what float32 holds, and beyond what its exp does.
LARGE_SCORES = 2.0**10


@dataclass(frozen=True)
class AttentionSizes(Sizes):
    """Sequences, queries, keys, features of a key and of a value, and what a query may look at."""

    N: int = size("sequences in the batch")
    T: int = size("queries: steps of a sequence")
    S: int = size("keys, with a value each: steps of what is looked at")
    D: int = size("features of a query and of a key")
    M: int = size("features of a value, and of the output")
    masked: bool = masked_field()
    causal: bool = causal_field()
    scaling: str = scaling_field()

    def shapes(self) -> dict[str, Shape]:
        """q, k, v and out."""
        N, T, S, D, M = self.N, self.T, self.S, self.D, self.M
        return {"q": (N, T, D), "k": (N, S, D), "v": (N, S, M), "out": (N, T, M)}

    def workspace(self) -> int:
        """The scores."""
        return self.N * self.T * self.S

    def is_smooth(self) -> bool:
        """In q and k."""
        return True


def attention_facts(sizes: AttentionSizes) -> Facts:
    """Smooth in q and k, linear in v; no sequence reaches another one."""
    s, shapes = sizes, sizes.shapes()
    q = Input("q", shapes["q"], "smooth", (Same(0), Same(1), All()), ("n", "t", "d"), extreme=LARGE_SCORES)
    return Facts(
        inputs=(
            q,
            Input("k", shapes["k"], "smooth", (Same(0), All(), All()), ("n", "s", "d")),
            Input("v", shapes["v"], "linear", (Same(0), All(), Same(2)), ("n", "s", "m")),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("q", "k"), s.D + s.S),
            "dq": Sum(("dout", "v"), s.M + s.S),
            "dk": Sum(("dout", "v"), s.M + s.S + s.T),
            "dv": Sum(("dout",), s.T),
        },
        exact=False,
    )


def attention_params(sizes: AttentionSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"mask" (T, S) or None, "masked", "causal", "scale", "scaling"}."""
    return attending(sizes, sizes.D, sizes.T, sizes.S)


def attention_forward_naive(q: Array, k: Array, v: Array, params: Params) -> tuple[Array, Any]:
    """q (N, T, D), k (N, S, D), v (N, S, M) -> out (N, T, M), cache. One key at a time."""
    (N, T, D), (S, M) = q.shape, v.shape[1:]
    mask, scale = params["mask"], np.asarray(params["scale"], q.real.dtype)
    dtype = np.result_type(q, k, v)
    p, out = np.zeros((N, T, S), np.result_type(q, k)), np.zeros((N, T, M), dtype)
    for n in range(N):
        for t in range(T):
            scores = {}
            for s in range(S):
                if mask is None or mask[t, s]:
                    scores[s] = p.dtype.type(0)
                    for d in range(D):
                        scores[s] += q[n, t, d] * k[n, s, d]
                    scores[s] *= scale
            largest = max(score.real for score in scores.values())
            total = p.dtype.type(0)
            for s, score in scores.items():
                p[n, t, s] = np.exp(score - largest)
                total += p[n, t, s]
            for s in scores:
                p[n, t, s] /= total
                for m in range(M):
                    out[n, t, m] += p[n, t, s] * v[n, s, m]
    return out, (q, k, v, p, scale)


def attention_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, T, M) -> dq (N, T, D), dk (N, S, D), dv (N, S, M). One key at a time."""
    q, k, v, p, scale = cache
    (N, T, D), (S, M) = q.shape, v.shape[1:]
    dtype = np.result_type(dout, q, k, v)
    dq, dk, dv = (np.zeros(a.shape, dtype) for a in (q, k, v))
    for n in range(N):
        for t in range(T):
            dp = np.zeros(S, dtype)
            for s in range(S):
                for m in range(M):
                    dp[s] += dout[n, t, m] * v[n, s, m]
                    dv[n, s, m] += p[n, t, s] * dout[n, t, m]
            mean = dtype.type(0)
            for s in range(S):
                mean += p[n, t, s] * dp[s]
            for s in range(S):
                ds = p[n, t, s] * (dp[s] - mean)
                for d in range(D):
                    dq[n, t, d] += scale * ds * k[n, s, d]
                    dk[n, s, d] += scale * ds * q[n, t, d]
    return dq, dk, dv


LAYER = Layer(
    name="attention",
    summary="for every query, the mean of values weighted by the softmax of its products with their keys",
    sizes=AttentionSizes,
    input_names=("q", "k", "v"),
    shapes={"q": "(N, T, D)", "k": "(N, S, D)", "v": "(N, S, M)"},
    facts=attention_facts,
    words=WORDS,
    parameters=("mask", "masked", "causal", "scale", "scaling"),
    params=attention_params,
    rounding=recurrent_rounding,
    variants={
        "naive": Variant(attention_forward_naive, attention_backward_naive, "one key at a time"),
        "vectorized": Variant(attend, attend_back, "matrix products of all sequences"),
    },
    equations={
        "forward": "a[n,t,m] = Σ_s p[n,t,s] v[n,s,m],   p = softmax over the s in sight of r Σ_d q[n,t,d] k[n,s,d],   "
        "r = 1/√D or 1",
        "dq": "r Σ_s ds[n,t,s] k[n,s,d],   ds = p (dp - Σ_j p[n,t,j] dp[n,t,j]),   dp = Σ_m dout[n,t,m] v[n,s,m]",
        "dk": "r Σ_t ds[n,t,s] q[n,t,d]",
        "dv": "Σ_t p[n,t,s] dout[n,t,m]",
    },
)
