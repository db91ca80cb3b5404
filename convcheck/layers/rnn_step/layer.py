"""A step of a vanilla recurrent network: the state after it, of the state before it and an input, through a tanh.

Source: CS231n, assignment 3, `rnn_step_forward(x, prev_h, Wx, Wh, b) -> next_h, cache`. x is (N, D), prev_h (N, H).

              a[n,k] = Σ_d x[n,d] Wx[d,k] + Σ_j prev_h[n,j] Wh[j,k] + b[k]
    forward   next_h[n,k] = tanh(a[n,k])
              da[n,k] = dnext_h[n,k] (1 - next_h[n,k]²)
    dx        dx[n,d] = Σ_k da[n,k] Wx[d,k]
    dprev_h   dprev_h[n,j] = Σ_k da[n,k] Wh[j,k]
    dWx       dWx[d,k] = Σ_n x[n,d] da[n,k]
    dWh       dWh[j,k] = Σ_n prev_h[n,j] da[n,k]
    db        db[k] = Σ_n da[n,k]

The output is smooth in all of them. A tanh rounds, so results are right within a bound, not to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Facts, Input, Layer, Sum, Variant
from convcheck.layers.locality import All, Same, Tie
from convcheck.layers.recurrent import recurrent_rounding, tanh
from convcheck.layers.rnn_step.words import WORDS
from convcheck.spec.fields import size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class RnnStepSizes(Sizes):
    """Rows, features of the input, and of the state."""

    N: int = size("rows: sequences in the batch")
    D: int = size("features of the input")
    H: int = size("features of the state")

    def shapes(self) -> dict[str, Shape]:
        """x, prev_h, Wx, Wh, b and out."""
        N, D, H = self.N, self.D, self.H
        return {"x": (N, D), "prev_h": (N, H), "Wx": (D, H), "Wh": (H, H), "b": (H,), "out": (N, H)}

    def is_smooth(self) -> bool:
        """In everything."""
        return True


def rnn_step_facts(sizes: RnnStepSizes) -> Facts:
    """Smooth in everything; a row reaches its own row, and a column of the weights its own column."""
    s, shapes = sizes, sizes.shapes()
    ties: dict[str, tuple[Tie, ...]] = {
        "x": (Same(0), All()),
        "prev_h": (Same(0), All()),
        "Wx": (All(), Same(1)),
        "Wh": (All(), Same(1)),
    }
    letters = {"x": ("n", "d"), "prev_h": ("n", "j"), "Wx": ("d", "k"), "Wh": ("j", "k"), "b": ("k",)}
    return Facts(
        inputs=tuple(Input(n, shapes[n], "smooth", ties.get(n, (Same(1),)), letters[n]) for n in letters),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "Wx"), s.D + s.H + 1),
            "dx": Sum(("dout", "Wx"), s.H),
            "dprev_h": Sum(("dout", "Wh"), s.H),
            "dWx": Sum(("dout", "x"), s.N),
            "dWh": Sum(("dout", "prev_h"), s.N),
            "db": Sum(("dout",), s.N),
        },
        exact=False,
    )


def rnn_step_forward_naive(x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array) -> tuple[Array, Any]:
    """x (N, D), prev_h (N, H), Wx (D, H), Wh (H, H), b (H,) -> next_h (N, H), cache. One entry at a time."""
    (N, D), H = x.shape, len(b)
    next_h = np.zeros((N, H), np.result_type(x, prev_h, Wx, Wh, b))
    for n in range(N):
        for k in range(H):
            a = b[k]
            for d in range(D):
                a = a + x[n, d] * Wx[d, k]
            for j in range(H):
                a = a + prev_h[n, j] * Wh[j, k]
            next_h[n, k] = np.tanh(a)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward_naive(dnext_h: Array, cache: Any) -> tuple[Array, ...]:
    """dnext_h (N, H) -> dx, dprev_h, dWx, dWh, db. One entry at a time."""
    x, prev_h, Wx, Wh, next_h = cache
    (N, D), H = x.shape, len(Wh)
    dx, dprev_h, dWx, dWh = (np.zeros(a.shape, dnext_h.dtype) for a in (x, prev_h, Wx, Wh))
    db = np.zeros(H, dnext_h.dtype)
    for n in range(N):
        for k in range(H):
            da = dnext_h[n, k] * (1 - next_h[n, k] * next_h[n, k])
            db[k] += da
            for d in range(D):
                dx[n, d] += da * Wx[d, k]
                dWx[d, k] += x[n, d] * da
            for j in range(H):
                dprev_h[n, j] += da * Wh[j, k]
                dWh[j, k] += prev_h[n, j] * da
    return dx, dprev_h, dWx, dWh, db


def rnn_step_forward(x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array) -> tuple[Array, Any]:
    """x (N, D), prev_h (N, H), Wx (D, H), Wh (H, H), b (H,) -> next_h (N, H), cache."""
    next_h = tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h: Array, cache: Any) -> tuple[Array, ...]:
    """dnext_h (N, H) -> dx, dprev_h, dWx, dWh, db."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h * next_h)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


LAYER = Layer(
    name="rnn_step",
    summary="the state after a step of a vanilla recurrent network",
    sizes=RnnStepSizes,
    input_names=("x", "prev_h", "Wx", "Wh", "b"),
    shapes={"x": "(N, D)", "prev_h": "(N, H)", "Wx": "(D, H)", "Wh": "(H, H)", "b": "(H,)"},
    facts=rnn_step_facts,
    words=WORDS,
    rounding=recurrent_rounding,
    variants={
        "naive": Variant(rnn_step_forward_naive, rnn_step_backward_naive, "one entry at a time"),
        "vectorized": Variant(rnn_step_forward, rnn_step_backward, "matrix products"),
    },
    equations={
        "forward": "next_h = tanh(x Wx + prev_h Wh + b)",
        "dx": "da Wx^T,   da = dnext_h (1 - next_h²)",
        "dprev_h": "da Wh^T",
        "dWx": "x^T da",
        "dWh": "prev_h^T da",
        "db": "Σ_n da",
    },
)
