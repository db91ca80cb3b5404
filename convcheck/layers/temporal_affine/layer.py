"""Temporal affine: an affine layer at every step of every sequence, with the same weights.

Source: CS231n, assignment 3, `temporal_affine_forward(x, w, b) -> out, cache`. x is (N, T, D): N sequences of T steps.

    forward   a[n,t,m] = Σ_d x[n,t,d] w[d,m] + b[m]
    dx        dx[n,t,d] = Σ_m dout[n,t,m] w[d,m]
    dw        dw[d,m] = Σ_{n,t} x[n,t,d] dout[n,t,m]
    db        db[m] = Σ_{n,t} dout[n,t,m]

It is the affine layer of N·T rows, and exact where that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.affine.vectorized import affine_backward, affine_forward
from convcheck.layers.layer import Array, Facts, Input, Layer, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.layers.temporal_affine.words import WORDS
from convcheck.spec.fields import size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class TemporalAffineSizes(Sizes):
    """Sequences, steps, and features before and after."""

    N: int = size("sequences in the batch")
    T: int = size("steps of a sequence")
    D: int = size("features of a step")
    M: int = size("features after the layer")

    def shapes(self) -> dict[str, Shape]:
        """x, w, b and out."""
        return {
            "x": (self.N, self.T, self.D),
            "w": (self.D, self.M),
            "b": (self.M,),
            "out": (self.N, self.T, self.M),
        }


def temporal_affine_facts(sizes: TemporalAffineSizes) -> Facts:
    """Linear in x, in w and in b; a step of x reaches its own step of the output."""
    s, shapes = sizes, sizes.shapes()
    return Facts(
        inputs=(
            Input("x", shapes["x"], "linear", (Same(0), Same(1), All()), ("n", "t", "d")),
            Input("w", shapes["w"], "linear", (All(), Same(2)), ("d", "m")),
            Input("b", shapes["b"], "linear", (Same(2),), ("m",)),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "w"), s.D + 1),
            "dx": Sum(("dout", "w"), s.M),
            "dw": Sum(("dout", "x"), s.N * s.T),
            "db": Sum(("dout",), s.N * s.T),
        },
    )


def temporal_affine_forward_naive(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """x (N, T, D), w (D, M), b (M,) -> out (N, T, M), cache. One entry at a time."""
    (N, T, D), M = x.shape, w.shape[1]
    out = np.zeros((N, T, M), np.result_type(x, w, b))
    for n in range(N):
        for t in range(T):
            for m in range(M):
                out[n, t, m] = b[m]
                for d in range(D):
                    out[n, t, m] += x[n, t, d] * w[d, m]
    return out, (x, w)


def temporal_affine_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, T, M) -> dx (N, T, D), dw (D, M), db (M,). One entry at a time."""
    x, w = cache
    (N, T, D), M = x.shape, w.shape[1]
    dx = np.zeros(x.shape, np.result_type(dout, w))
    dw = np.zeros(w.shape, np.result_type(dout, x))
    db = np.zeros(M, dout.dtype)
    for n in range(N):
        for t in range(T):
            for m in range(M):
                db[m] += dout[n, t, m]
                for d in range(D):
                    dx[n, t, d] += dout[n, t, m] * w[d, m]
                    dw[d, m] += x[n, t, d] * dout[n, t, m]
    return dx, dw, db


def temporal_affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """x (N, T, D), w (D, M), b (M,) -> out (N, T, M), cache."""
    rows, cache = affine_forward(x.reshape(-1, x.shape[2]), w, b)
    return rows.reshape(*x.shape[:2], -1), (cache, x.shape)


def temporal_affine_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, T, M) -> dx (N, T, D), dw (D, M), db (M,)."""
    of_rows, shape = cache
    rows, dw, db = affine_backward(dout.reshape(-1, dout.shape[2]), of_rows)
    return rows.reshape(shape), dw, db


LAYER = Layer(
    name="temporal_affine",
    summary="at every step of every sequence, an affine layer with the same weights",
    sizes=TemporalAffineSizes,
    input_names=("x", "w", "b"),
    shapes={"x": "(N, T, D)", "w": "(D, M)", "b": "(M,)"},
    facts=temporal_affine_facts,
    words=WORDS,
    variants={
        "naive": Variant(temporal_affine_forward_naive, temporal_affine_backward_naive, "one entry at a time"),
        "vectorized": Variant(temporal_affine_forward, temporal_affine_backward, "matrix products of all steps"),
    },
    equations={
        "forward": "a[n,t,m] = Σ_d x[n,t,d] w[d,m] + b[m]",
        "dx": "Σ_m dout[n,t,m] w[d,m]",
        "dw": "Σ_{n,t} x[n,t,d] dout[n,t,m]",
        "db": "Σ_{n,t} dout[n,t,m]",
    },
)
