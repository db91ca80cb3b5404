"""Multi-head self-attention: multi-head attention of the steps of sequences, which are queries, keys and values.

Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.3. x is (N, T, D), the weights wq, wk, wv and wo
are (D, D), the biases (D,).

    forward   out = multi_head_attention(query=x, key=x, value=x)
    dx        dx = dquery + dkey + dvalue = dq wq^T + dk wk^T + dv wv^T

All that is said of multi_head_attention, with S = T and x in the place of all three, is so here:

    dwq       dwq[d,m] = Σ_{n,t} x[n,t,d] dq[n,t,m]
    dwk       dwk[d,m] = Σ_{n,t} x[n,t,d] dk[n,t,m]
    dwv       dwv[d,m] = Σ_{n,t} x[n,t,d] dv[n,t,m]
    dwo       dwo[d,m] = Σ_{n,t} a[n,t,d] dout[n,t,m]
    dbq       dbq[m] = Σ_{n,t} dq[n,t,m]
    dbk       dbk[m] = Σ_{n,t} dk[n,t,m] = 0
    dbv       dbv[m] = Σ_{n,t} dv[n,t,m]
    dbo       dbo[m] = Σ_{n,t} dout[n,t,m]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.attended import attending, causal_field, heads_field, masked_field, scaling_field
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.layers.multi_head_attention.layer import (
    WEIGHTS,
    heads_that_do_not_fit,
    multi_head_attention_backward,
    multi_head_attention_backward_naive,
    multi_head_attention_forward,
    multi_head_attention_forward_naive,
    weight_inputs,
    weight_shapes,
    weight_sums,
)
from convcheck.layers.recurrent import recurrent_rounding
from convcheck.layers.self_attention.words import WORDS
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape, Sizes


@dataclass(frozen=True)
class SelfAttentionSizes(Sizes):
    """Sequences, steps, features, heads, and what a step may look at."""

    N: int = size("sequences in the batch")
    T: int = size("steps of a sequence")
    D: int = size("features of a step, of which each head has its share")
    heads: int = heads_field()
    masked: bool = masked_field()
    causal: bool = causal_field()
    scaling: str = scaling_field()

    def problems(self) -> Iterator[Problem]:
        """Features that heads cannot share."""
        yield from heads_that_do_not_fit(self.D, self.heads)

    def shapes(self) -> dict[str, Shape]:
        """x, the weights, the biases and out."""
        N, T, D = self.N, self.T, self.D
        return {"x": (N, T, D), **weight_shapes(D), "out": (N, T, D)}

    def workspace(self) -> int:
        """The scores of all heads."""
        return self.N * self.heads * self.T * self.T

    def is_smooth(self) -> bool:
        """In all that makes scores."""
        return True


def self_attention_facts(sizes: SelfAttentionSizes) -> Facts:
    """Smooth in x, which reaches its whole sequence."""
    s, shapes = sizes, sizes.shapes()
    return Facts(
        inputs=(Input("x", shapes["x"], "smooth", (Same(0), All(), All()), ("n", "t", "d")), *weight_inputs(s.D)),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "wq"), 2 * s.D + s.T),
            "dx": Sum(("dout", "wo"), 3 * (2 * s.D + 2 * s.T)),
            **weight_sums(s.D, s.T, s.T, s.N * s.T),
        },
        exact=False,
    )


def self_attention_params(sizes: SelfAttentionSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"heads", "mask" (T, T) or None, "masked", "causal", "scale", "scaling"}."""
    return {"heads": sizes.heads, **attending(sizes, sizes.D // sizes.heads, sizes.T, sizes.T)}


def of_itself(forward: Callable[..., Any], backward: Callable[..., Any], summary: str) -> Variant:
    """Multi-head attention with one x for query, key and value."""

    def forward_of_x(x: Any, *others: Any) -> Any:
        return forward(x, x, x, *others)

    def backward_of_x(dout: Any, cache: Any) -> Any:
        dquery, dkey, dvalue, *others = backward(dout, cache)
        return dquery + dkey + dvalue, *others

    return Variant(forward_of_x, backward_of_x, summary)


LAYER = Layer(
    name="self_attention",
    summary="multi-head attention of the steps of sequences, which are queries, keys and values",
    sizes=SelfAttentionSizes,
    input_names=("x", *WEIGHTS),
    shapes={"x": "(N, T, D)", **{name: "(D, D)" if name.startswith("w") else "(D,)" for name in WEIGHTS}},
    facts=self_attention_facts,
    words=WORDS,
    parameters=("heads", "mask", "masked", "causal", "scale", "scaling"),
    params=self_attention_params,
    rounding=recurrent_rounding,
    variants={
        "naive": of_itself(
            multi_head_attention_forward_naive, multi_head_attention_backward_naive, "one key at a time"
        ),
        "vectorized": of_itself(
            multi_head_attention_forward, multi_head_attention_backward, "matrix products of all heads"
        ),
    },
    equations={
        "forward": "attention of each head's features of x wq + bq, x wk + bk, x wv + bv, times wo, + bo",
        "dx": "dq wq^T + dk wk^T + dv wv^T,   dq, dk, dv of each head's attention for its features of dout wo^T",
        "dwq": "Σ_{n,t} x[n,t]^T dq[n,t]",
        "dwk": "Σ_{n,t} x[n,t]^T dk[n,t]",
        "dwv": "Σ_{n,t} x[n,t]^T dv[n,t]",
        "dwo": "Σ_{n,t} a[n,t]^T dout[n,t],   a that of all heads side by side",
        "dbq": "Σ_{n,t} dq[n,t]",
        "dbk": "Σ_{n,t} dk[n,t] = 0",
        "dbv": "Σ_{n,t} dv[n,t]",
        "dbo": "Σ_{n,t} dout[n,t]",
    },
)
