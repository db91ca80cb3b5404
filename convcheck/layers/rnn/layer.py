"""A vanilla recurrent network: the states after every step of sequences, each of the state before it.

Source: CS231n, assignment 3, `rnn_forward(x, h0, Wx, Wh, b) -> h, cache`. x is (N, T, D), h0 (N, H), h (N, T, H).

    forward   h[n,t] = tanh(x[n,t] Wx + h[n,t-1] Wh + b),   h[n,-1] = h0[n]
              da[n,t] = (dh[n,t] + da[n,t+1] Wh^T) (1 - h[n,t]²),   da[n,T] = 0
    dx        dx[n,t] = da[n,t] Wx^T
    dh0       dh0[n] = da[n,0] Wh^T
    dWx       dWx = Σ_{n,t} x[n,t]^T da[n,t]
    dWh       dWh = Σ_{n,t} h[n,t-1]^T da[n,t]
    db        db = Σ_{n,t} da[n,t]

dh is the upstream gradient of each step by itself; what comes back from the steps after it is added here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Facts, Input, Layer, Sum, Variant
from convcheck.layers.locality import All, Same, Tie
from convcheck.layers.recurrent import over_time, recurrent_rounding, tanh
from convcheck.layers.rnn.words import WORDS
from convcheck.spec.fields import size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class RnnSizes(Sizes):
    """Sequences, steps, features of the input, and of the state."""

    N: int = size("sequences in the batch")
    T: int = size("steps of a sequence")
    D: int = size("features of the input")
    H: int = size("features of the state")

    def shapes(self) -> dict[str, Shape]:
        """x, h0, Wx, Wh, b and out."""
        N, T, D, H = self.N, self.T, self.D, self.H
        return {"x": (N, T, D), "h0": (N, H), "Wx": (D, H), "Wh": (H, H), "b": (H,), "out": (N, T, H)}

    def is_smooth(self) -> bool:
        """In everything."""
        return True


LETTERS = {"x": ("n", "t", "d"), "h0": ("n", "k"), "Wx": ("d", "k"), "Wh": ("j", "k"), "b": ("k",)}


def ties_of(name: str) -> tuple[Tie, ...]:
    """A sequence reaches its own, at every step from that on; weights reach everything."""
    letters = LETTERS[name]
    return (Same(0), *(All() for _ in letters[1:])) if letters[0] == "n" else tuple(All() for _ in letters)


def rnn_facts(sizes: RnnSizes) -> Facts:
    """Smooth in everything."""
    s, shapes = sizes, sizes.shapes()
    places = s.N * s.T
    return Facts(
        inputs=tuple(Input(name, shapes[name], "smooth", ties_of(name), LETTERS[name]) for name in LETTERS),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "Wx"), s.D + s.H + 1),
            "dx": Sum(("dout", "Wx"), s.H),
            "dh0": Sum(("dout", "Wh"), s.H),
            "dWx": Sum(("dout", "x"), places),
            "dWh": Sum(("dout", "h0"), places),
            "db": Sum(("dout",), places),
        },
        exact=False,
    )


def rnn_forward_naive(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> tuple[Array, Any]:
    """x (N, T, D), h0 (N, H), Wx (D, H), Wh (H, H), b (H,) -> h (N, T, H), cache. One entry at a time."""
    (N, T, D), H = x.shape, len(b)
    h = np.zeros((N, T, H), np.result_type(x, h0, Wx, Wh, b))
    for n in range(N):
        for t in range(T):
            before = h[n, t - 1] if t else h0[n]
            for k in range(H):
                a = b[k]
                for d in range(D):
                    a = a + x[n, t, d] * Wx[d, k]
                for j in range(H):
                    a = a + before[j] * Wh[j, k]
                h[n, t, k] = np.tanh(a)
    return h, (x, h0, Wx, Wh, h)


def rnn_backward_naive(dh: Array, cache: Any) -> tuple[Array, ...]:
    """dh (N, T, H) -> dx, dh0, dWx, dWh, db. One entry at a time."""
    x, h0, Wx, Wh, h = cache
    (N, T, D), H = x.shape, len(Wh)
    dx, dh0, dWx, dWh = (np.zeros(a.shape, dh.dtype) for a in (x, h0, Wx, Wh))
    db = np.zeros(H, dh.dtype)
    for n in range(N):
        later = np.zeros(H, dh.dtype)
        for t in reversed(range(T)):
            before = h[n, t - 1] if t else h0[n]
            earlier = np.zeros(H, dh.dtype)
            for k in range(H):
                da = (dh[n, t, k] + later[k]) * (1 - h[n, t, k] * h[n, t, k])
                db[k] += da
                for d in range(D):
                    dx[n, t, d] += da * Wx[d, k]
                    dWx[d, k] += x[n, t, d] * da
                for j in range(H):
                    earlier[j] += da * Wh[j, k]
                    dWh[j, k] += before[j] * da
            later = earlier
        dh0[n] = later
    return dx, dh0, dWx, dWh, db


def rnn_forward(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> tuple[Array, Any]:
    """x (N, T, D), h0 (N, H), Wx (D, H), Wh (H, H), b (H,) -> h (N, T, H), cache."""
    states = [h0]
    for t in range(x.shape[1]):
        states.append(tanh(x[:, t] @ Wx + states[-1] @ Wh + b))
    return over_time(states[1:]), (x, Wx, Wh, states)


def rnn_backward(dh: Array, cache: Any) -> tuple[Array, ...]:
    """dh (N, T, H) -> dx, dh0, dWx, dWh, db."""
    x, Wx, Wh, states = cache
    dx: list[Any] = []
    later: Any = None
    sums: Any = None
    for t in reversed(range(x.shape[1])):
        total = dh[:, t] if later is None else dh[:, t] + later
        da = total * (1 - states[t + 1] * states[t + 1])
        dx.insert(0, da @ Wx.T)
        later = da @ Wh.T
        step = (x[:, t].T @ da, states[t].T @ da, da.sum(axis=0))
        sums = step if sums is None else tuple(a + b for a, b in zip(sums, step, strict=True))
    return over_time(dx), later, *sums


LAYER = Layer(
    name="rnn",
    summary="the states of a vanilla recurrent network after every step of sequences",
    sizes=RnnSizes,
    input_names=("x", "h0", "Wx", "Wh", "b"),
    shapes={"x": "(N, T, D)", "h0": "(N, H)", "Wx": "(D, H)", "Wh": "(H, H)", "b": "(H,)"},
    facts=rnn_facts,
    words=WORDS,
    rounding=recurrent_rounding,
    variants={
        "naive": Variant(rnn_forward_naive, rnn_backward_naive, "one entry at a time"),
        "vectorized": Variant(rnn_forward, rnn_backward, "matrix products, one step at a time"),
    },
    equations={
        "forward": "h[n,t] = tanh(x[n,t] Wx + h[n,t-1] Wh + b),   h[n,-1] = h0[n]",
        "dx": "da[n,t] Wx^T,   da[n,t] = (dh[n,t] + da[n,t+1] Wh^T) (1 - h[n,t]²)",
        "dh0": "da[n,0] Wh^T",
        "dWx": "Σ_{n,t} x[n,t]^T da[n,t]",
        "dWh": "Σ_{n,t} h[n,t-1]^T da[n,t]",
        "db": "Σ_{n,t} da[n,t]",
    },
)
