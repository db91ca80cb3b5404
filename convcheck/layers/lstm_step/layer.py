"""A step of an LSTM: the state and the cell after it, of those before it and an input.

Source: Hochreiter and Schmidhuber (1997), in the convention of CS231n, assignment 3: `lstm_step_forward(x, prev_h,
prev_c, Wx, Wh, b) -> next_h, next_c, cache`. x is (N, D), prev_h and prev_c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,).

              a = x Wx + prev_h Wh + b, whose 4H columns are those of i, f, o and g, in the order that `gates` says
              i = σ(a_i),   f = σ(a_f),   o = σ(a_o),   g = tanh(a_g)
    forward   next_c = f prev_c + i g
              next_h = o tanh(next_c)
              dc = dnext_c + dnext_h o (1 - tanh(next_c)²)
              da_i = dc g i (1 - i),   da_f = dc prev_c f (1 - f),   da_o = dnext_h tanh(next_c) o (1 - o)
              da_g = dc i (1 - g²)
    dx        da Wx^T
    dprev_h   da Wh^T
    dprev_c   dc f
    dWx       x^T da
    dWh       prev_h^T da
    db        Σ_n da

The course has the gates as i, f, o, g; PyTorch as i, f, g, o; others in other orders, each of which is right. Code that
has no word for the order is found out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same, Tie
from convcheck.layers.lstm_step.words import ORDERS, WORDS
from convcheck.layers.recurrent import beside, recurrent_rounding, sigmoid, tanh
from convcheck.spec.fields import choice, size
from convcheck.spec.sizes import Shape, Sizes


def gates_field() -> Any:
    """`gates`: the order of i, f, o and g in the columns of Wx, Wh and b."""
    return choice("the order of the gates in the columns of Wx, Wh and b", *ORDERS, default=ORDERS[0])


@dataclass(frozen=True)
class LstmStepSizes(Sizes):
    """Rows, features of the input, and of the state."""

    N: int = size("rows: sequences in the batch")
    D: int = size("features of the input")
    H: int = size("features of the state, and of the cell")
    gates: str = gates_field()

    def shapes(self) -> dict[str, Shape]:
        """x, prev_h, prev_c, Wx, Wh, b and out: next_h, and next_c beside it."""
        N, D, H = self.N, self.D, self.H
        state = (N, H)
        weights = {"Wx": (D, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,)}
        return {"x": (N, D), "prev_h": state, "prev_c": state, **weights, "out": (N, 2 * H)}

    def is_smooth(self) -> bool:
        """In everything."""
        return True


def lstm_step_facts(sizes: LstmStepSizes) -> Facts:
    """Smooth in everything; a row reaches its own row."""
    s, shapes = sizes, sizes.shapes()
    letters = {
        "x": ("n", "d"),
        "prev_h": ("n", "j"),
        "prev_c": ("n", "k"),
        "Wx": ("d", "k"),
        "Wh": ("j", "k"),
        "b": ("k",),
    }
    row: tuple[Tie, ...] = (Same(0), All())
    return Facts(
        inputs=tuple(
            Input(n, shapes[n], "smooth", row if letters[n][0] == "n" else tuple(All() for _ in letters[n]), letters[n])
            for n in letters
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "Wx"), s.D + s.H + 1),
            "dx": Sum(("dout", "Wx"), 4 * s.H),
            "dprev_h": Sum(("dout", "Wh"), 4 * s.H),
            "dprev_c": Sum(("dout",), 2),
            "dWx": Sum(("dout", "x"), s.N),
            "dWh": Sum(("dout", "prev_h"), s.N),
            "db": Sum(("dout",), s.N),
        },
        exact=False,
    )


def gates_params(sizes: Any, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"gates"}."""
    return {"gates": sizes.gates}


def lstm_step_forward_naive(
    x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array, params: Params
) -> tuple[Array, Any]:
    """x (N, D), prev_h, prev_c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,) -> (N, 2H), cache. One entry at a time."""
    (N, D), H = x.shape, len(Wh)
    out = np.zeros((N, 2 * H), np.result_type(x, prev_h, prev_c, Wx, Wh, b))
    gates = {gate: np.zeros((N, H), out.dtype) for gate in "ifog"}
    for n in range(N):
        for place, gate in enumerate(params["gates"]):
            for k in range(H):
                column = place * H + k
                a = b[column]
                for d in range(D):
                    a = a + x[n, d] * Wx[d, column]
                for j in range(H):
                    a = a + prev_h[n, j] * Wh[j, column]
                gates[gate][n, k] = np.tanh(a) if gate == "g" else (1 + np.tanh(a / 2)) / 2
        for k in range(H):
            out[n, H + k] = gates["f"][n, k] * prev_c[n, k] + gates["i"][n, k] * gates["g"][n, k]
            out[n, k] = gates["o"][n, k] * np.tanh(out[n, H + k])
    return out, (x, prev_h, prev_c, Wx, Wh, gates, out, params["gates"])


def lstm_step_backward_naive(dout: Array, cache: Any) -> tuple[Array, ...]:
    """dout (N, 2H) -> dx, dprev_h, dprev_c, dWx, dWh, db. One entry at a time."""
    x, prev_h, prev_c, Wx, Wh, gates, out, order = cache
    (N, D), H = x.shape, len(Wh)
    dx, dprev_h, dprev_c, dWx, dWh = (np.zeros(a.shape, dout.dtype) for a in (x, prev_h, prev_c, Wx, Wh))
    db = np.zeros(4 * H, dout.dtype)
    for n in range(N):
        for k in range(H):
            i, f, o, g = (gates[gate][n, k] for gate in "ifog")
            through = np.tanh(out[n, H + k])
            dc = dout[n, H + k] + dout[n, k] * o * (1 - through * through)
            dprev_c[n, k] = dc * f
            da = {
                "i": dc * g * i * (1 - i),
                "f": dc * prev_c[n, k] * f * (1 - f),
                "o": dout[n, k] * through * o * (1 - o),
                "g": dc * i * (1 - g * g),
            }
            for place, gate in enumerate(order):
                column = place * H + k
                db[column] += da[gate]
                for d in range(D):
                    dx[n, d] += da[gate] * Wx[d, column]
                    dWx[d, column] += x[n, d] * da[gate]
                for j in range(H):
                    dprev_h[n, j] += da[gate] * Wh[j, column]
                    dWh[j, column] += prev_h[n, j] * da[gate]
    return dx, dprev_h, dprev_c, dWx, dWh, db


def lstm_step_forward(
    x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array, params: Params
) -> tuple[Array, Any]:
    """x (N, D), prev_h, prev_c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,) -> (N, 2H), cache."""
    next_h, next_c, cache = step(x, prev_h, prev_c, Wx, Wh, b, params["gates"])
    return beside([next_h, next_c]), cache


def lstm_step_backward(dout: Array, cache: Any) -> tuple[Array, ...]:
    """dout (N, 2H) -> dx, dprev_h, dprev_c, dWx, dWh, db."""
    H = dout.shape[1] // 2
    gradients: tuple[Array, ...] = back(dout[:, :H], dout[:, H:], cache)
    return gradients


def step(x: Any, prev_h: Any, prev_c: Any, Wx: Any, Wh: Any, b: Any, order: str) -> Any:
    """next_h, next_c, cache; of arrays, and of what knows how it is rounded."""
    H = Wh.shape[0]
    a = x @ Wx + prev_h @ Wh + b
    parts = {gate: a[:, place * H : (place + 1) * H] for place, gate in enumerate(order)}
    i, f, o, g = *(sigmoid(parts[gate]) for gate in "ifo"), tanh(parts["g"])
    next_c = f * prev_c + i * g
    through = tanh(next_c)
    return o * through, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, through, order)


def back(dnext_h: Any, dnext_c: Any, cache: Any) -> Any:
    """dx, dprev_h, dprev_c, dWx, dWh, db."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, through, order = cache
    dc = dnext_c + dnext_h * o * (1 - through * through)
    parts = {
        "i": dc * g * i * (1 - i),
        "f": dc * prev_c * f * (1 - f),
        "o": dnext_h * through * o * (1 - o),
        "g": dc * i * (1 - g * g),
    }
    da = beside([parts[gate] for gate in order])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


LAYER = Layer(
    name="lstm_step",
    summary="the state and the cell after a step of an LSTM",
    sizes=LstmStepSizes,
    input_names=("x", "prev_h", "prev_c", "Wx", "Wh", "b"),
    shapes={"x": "(N, D)", "prev_h": "(N, H)", "prev_c": "(N, H)", "Wx": "(D, 4H)", "Wh": "(H, 4H)", "b": "(4H,)"},
    facts=lstm_step_facts,
    words=WORDS,
    parameters=("gates",),
    params=gates_params,
    rounding=recurrent_rounding,
    variants={
        "naive": Variant(lstm_step_forward_naive, lstm_step_backward_naive, "one entry at a time"),
        "vectorized": Variant(lstm_step_forward, lstm_step_backward, "matrix products"),
    },
    equations={
        "forward": "next_c = f prev_c + i g, next_h = o tanh(next_c);   i, f, o = σ, g = tanh of x Wx + prev_h Wh + b",
        "dx": "da Wx^T,   da_i = dc g i (1 - i), da_f = dc prev_c f (1 - f), da_g = dc i (1 - g²)",
        "dprev_h": "da Wh^T,   da_o = dnext_h tanh(next_c) o (1 - o)",
        "dprev_c": "dc f,   dc = dnext_c + dnext_h o (1 - tanh(next_c)²)",
        "dWx": "x^T da",
        "dWh": "prev_h^T da",
        "db": "Σ_n da",
    },
    outputs=("next_h", "next_c"),
)
