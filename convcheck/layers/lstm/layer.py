"""An LSTM: the states after every step of sequences, each of the state and the cell before it.

Source: CS231n, assignment 3, `lstm_forward(x, h0, Wx, Wh, b) -> h, cache`. x is (N, T, D), h0 (N, H), h (N, T, H); the
first cell is zero, and the cells are not returned.

    forward   h[n,t], c[n,t] = step(x[n,t], h[n,t-1], c[n,t-1]),   h[n,-1] = h0[n],   c[n,-1] = 0
              dx[n,t], dh'[n,t-1], dc'[n,t-1] come back from that step for dh[n,t] + dh'[n,t] and dc'[n,t]
    dx        dx[n,t] = da[n,t] Wx^T,   da that of the step
    dh0       dh0[n] = dh'[n,-1] = da[n,0] Wh^T
    dWx       dWx = Σ_{n,t} x[n,t]^T da[n,t]
    dWh       dWh = Σ_{n,t} h[n,t-1]^T da[n,t]
    db        db = Σ_{n,t} da[n,t]

The step is that of lstm_step, with its equations and its order of the gates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.lstm.words import WORDS
from convcheck.layers.lstm_step.layer import (
    back,
    gates_field,
    gates_params,
    lstm_step_backward_naive,
    lstm_step_forward_naive,
    step,
)
from convcheck.layers.recurrent import over_time, recurrent_rounding
from convcheck.layers.rnn.layer import LETTERS, ties_of
from convcheck.spec.fields import size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class LstmSizes(Sizes):
    """Sequences, steps, features of the input, and of the state."""

    N: int = size("sequences in the batch")
    T: int = size("steps of a sequence")
    D: int = size("features of the input")
    H: int = size("features of the state, and of the cell")
    gates: str = gates_field()

    def shapes(self) -> dict[str, Shape]:
        """x, h0, Wx, Wh, b and out."""
        N, T, D, H = self.N, self.T, self.D, self.H
        return {"x": (N, T, D), "h0": (N, H), "Wx": (D, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,), "out": (N, T, H)}

    def is_smooth(self) -> bool:
        """In everything."""
        return True


def lstm_facts(sizes: LstmSizes) -> Facts:
    """Smooth in everything."""
    s, shapes = sizes, sizes.shapes()
    places = s.N * s.T
    return Facts(
        inputs=tuple(Input(name, shapes[name], "smooth", ties_of(name), LETTERS[name]) for name in LETTERS),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "Wx"), s.D + s.H + 1),
            "dx": Sum(("dout", "Wx"), 4 * s.H),
            "dh0": Sum(("dout", "Wh"), 4 * s.H),
            "dWx": Sum(("dout", "x"), places),
            "dWh": Sum(("dout", "h0"), places),
            "db": Sum(("dout",), places),
        },
        exact=False,
    )


def lstm_forward_naive(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> tuple[Array, Any]:
    """x (N, T, D), h0 (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,) -> h (N, T, H), cache. One entry at a time."""
    (N, T, _), H = x.shape, len(Wh)
    h = np.zeros((N, T, H), np.result_type(x, h0, Wx, Wh, b))
    state, cell = h0, np.zeros((N, H), h.dtype)
    caches = []
    for t in range(T):
        out, cache = lstm_step_forward_naive(x[:, t], state, cell, Wx, Wh, b, params)
        state, cell = out[:, :H], out[:, H:]
        h[:, t] = state
        caches.append(cache)
    return h, (caches, x.shape, Wx.shape)


def lstm_backward_naive(dh: Array, cache: Any) -> tuple[Array, ...]:
    """dh (N, T, H) -> dx, dh0, dWx, dWh, db. One entry at a time."""
    caches, shape, weights = cache
    (N, T, H), dtype = dh.shape, dh.dtype
    dx, dWx, dWh, db = (np.zeros(s, dtype) for s in (shape, weights, (H, 4 * H), (4 * H,)))
    later, cell = np.zeros((N, H), dtype), np.zeros((N, H), dtype)
    for t in reversed(range(T)):
        dout = np.zeros((N, 2 * H), dtype)
        dout[:, :H], dout[:, H:] = dh[:, t] + later, cell
        dx[:, t], later, cell, dWx_t, dWh_t, db_t = lstm_step_backward_naive(dout, caches[t])
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return dx, later, dWx, dWh, db


def lstm_forward(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> tuple[Array, Any]:
    """x (N, T, D), h0 (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,) -> h (N, T, H), cache."""
    state, cell = h0, 0 * h0
    states, caches = [], []
    for t in range(x.shape[1]):
        state, cell, cache = step(x[:, t], state, cell, Wx, Wh, b, params["gates"])
        states.append(state)
        caches.append(cache)
    return over_time(states), caches


def lstm_backward(dh: Array, cache: Any) -> tuple[Array, ...]:
    """dh (N, T, H) -> dx, dh0, dWx, dWh, db."""
    dx: list[Any] = []
    later: Any = 0 * dh[:, 0]
    cell: Any = later
    sums: Any = None
    for t in reversed(range(len(cache))):
        dx_t, later, cell, *weights = back(dh[:, t] + later, cell, cache[t])
        dx.insert(0, dx_t)
        sums = weights if sums is None else [a + b for a, b in zip(sums, weights, strict=True)]
    return over_time(dx), later, *sums


LAYER = Layer(
    name="lstm",
    summary="the states of an LSTM after every step of sequences",
    sizes=LstmSizes,
    input_names=("x", "h0", "Wx", "Wh", "b"),
    shapes={"x": "(N, T, D)", "h0": "(N, H)", "Wx": "(D, 4H)", "Wh": "(H, 4H)", "b": "(4H,)"},
    facts=lstm_facts,
    words=WORDS,
    parameters=("gates",),
    params=gates_params,
    rounding=recurrent_rounding,
    variants={
        "naive": Variant(lstm_forward_naive, lstm_backward_naive, "one entry at a time"),
        "vectorized": Variant(lstm_forward, lstm_backward, "matrix products, one step at a time"),
    },
    equations={
        "forward": "h[n,t], c[n,t] = step(x[n,t], h[n,t-1], c[n,t-1]),   h[n,-1] = h0[n],   c[n,-1] = 0",
        "dx": "da[n,t] Wx^T,   da that of the step for dh[n,t] and what comes back from the next one",
        "dh0": "da[n,0] Wh^T",
        "dWx": "Σ_{n,t} x[n,t]^T da[n,t]",
        "dWh": "Σ_{n,t} h[n,t-1]^T da[n,t]",
        "db": "Σ_{n,t} da[n,t]",
    },
)
