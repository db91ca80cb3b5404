"""A step of a GRU: the state after it, between the state before it and a new one.

Source: Cho et al. (2014); the columns of Wx (D, 3H), Wh (H, 3H) and b (3H,) are those of z, r and n, as in Saito's Deep
Learning from Scratch 2. x is (N, D), prev_h (N, H).

              z = σ(x Wx_z + prev_h Wh_z + b_z),   r = σ(x Wx_r + prev_h Wh_r + b_r)
              n = tanh(x Wx_n + (r prev_h) Wh_n + b_n)        where `reset` is before the product
              n = tanh(x Wx_n + r (prev_h Wh_n) + b_n)        where it is after it
    forward   next_h = (1 - z) prev_h + z n                   where z is the share of the new state
              next_h = z prev_h + (1 - z) n                   where it is the share of the old one
              da_n = dnext_h s (1 - n²),   da_z = ± dnext_h (n - prev_h) z (1 - z),   s the share of the new state
              da_r = (da_n Wh_n^T) prev_h r (1 - r), or da_n (prev_h Wh_n) r (1 - r)
    dx        da Wx^T
    dprev_h   dnext_h (1 - s) + da_z Wh_z^T + da_r Wh_r^T + (da_n Wh_n^T) r, or (r da_n) Wh_n^T
    dWx       x^T da
    dWh       prev_h^T da_z, prev_h^T da_r, and (r prev_h)^T da_n, or prev_h^T (r da_n)
    db        Σ_n da

Every one of these is called a GRU. Code that has no word for the order of its gates, for what z is the share of, or for
where r stands, is found out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.gru_step.words import AFTER, ORDERS, RESET, WORDS, Z_IS
from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.layers.recurrent import beside, recurrent_rounding, sigmoid, tanh
from convcheck.spec.fields import choice, size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class GruStepSizes(Sizes):
    """Rows, features of the input, and of the state."""

    N: int = size("rows: sequences in the batch")
    D: int = size("features of the input")
    H: int = size("features of the state")
    gates: str = choice("the order of the gates in the columns of Wx, Wh and b", *ORDERS, default=ORDERS[0])
    z_is: str = choice("the state that z is the share of", *Z_IS, default=Z_IS[0])
    reset: str = choice("r is before or after the product of the state and Wh", *RESET, default=RESET[0])

    def shapes(self) -> dict[str, Shape]:
        """x, prev_h, Wx, Wh, b and out."""
        N, D, H = self.N, self.D, self.H
        weights = {"Wx": (D, 3 * H), "Wh": (H, 3 * H), "b": (3 * H,)}
        return {"x": (N, D), "prev_h": (N, H), **weights, "out": (N, H)}

    def is_smooth(self) -> bool:
        """In everything."""
        return True


LETTERS = {"x": ("n", "d"), "prev_h": ("n", "j"), "Wx": ("d", "k"), "Wh": ("j", "k"), "b": ("k",)}


def gru_step_facts(sizes: GruStepSizes) -> Facts:
    """Smooth in everything; a row reaches its own row."""
    s, shapes = sizes, sizes.shapes()
    return Facts(
        inputs=tuple(
            Input(
                name,
                shapes[name],
                "smooth",
                (Same(0), All()) if letters[0] == "n" else tuple(All() for _ in letters),
                letters,
            )
            for name, letters in LETTERS.items()
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "Wx"), s.D + s.H + 1),
            "dx": Sum(("dout", "Wx"), 3 * s.H),
            "dprev_h": Sum(("dout", "Wh"), 3 * s.H + 1),
            "dWx": Sum(("dout", "x"), s.N),
            "dWh": Sum(("dout", "prev_h"), s.N),
            "db": Sum(("dout",), s.N),
        },
        exact=False,
    )


def gru_step_params(sizes: GruStepSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"gates", "z_is", "reset"}."""
    return {"gates": sizes.gates, "z_is": sizes.z_is, "reset": sizes.reset}


def columns_of(params: Params, H: int) -> dict[str, slice]:
    """The columns of each gate."""
    return {gate: slice(place * H, (place + 1) * H) for place, gate in enumerate(params["gates"])}


def gru_step_forward_naive(
    x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array, params: Params
) -> tuple[Array, Any]:
    """x (N, D), prev_h (N, H), Wx (D, 3H), Wh (H, 3H), b (3H,) -> next_h (N, H), cache. One entry at a time."""
    (N, D), H = x.shape, len(Wh)
    next_h = np.zeros((N, H), np.result_type(x, prev_h, Wx, Wh, b))
    z, r, n_ = (np.zeros((N, H), next_h.dtype) for _ in range(3))
    start = {gate: place * H for place, gate in enumerate(params["gates"])}
    after = params["reset"] == AFTER
    for n in range(N):
        for gate, values in (("z", z), ("r", r), ("n", n_)):
            for k in range(H):
                column = start[gate] + k
                of_x, of_h = b[column], next_h.dtype.type(0)
                for d in range(D):
                    of_x = of_x + x[n, d] * Wx[d, column]
                for j in range(H):
                    kept = r[n, j] if gate == "n" and not after else 1
                    of_h = of_h + kept * prev_h[n, j] * Wh[j, column]
                if gate == "n":
                    values[n, k] = np.tanh(of_x + (r[n, k] * of_h if after else of_h))
                else:
                    values[n, k] = (1 + np.tanh((of_x + of_h) / 2)) / 2
        for k in range(H):
            share = z[n, k] if params["z_is"] == Z_IS[0] else 1 - z[n, k]
            next_h[n, k] = (1 - share) * prev_h[n, k] + share * n_[n, k]
    return next_h, (x, prev_h, Wx, Wh, z, r, n_, params)


def gru_step_backward_naive(dnext_h: Array, cache: Any) -> tuple[Array, ...]:
    """dnext_h (N, H) -> dx, dprev_h, dWx, dWh, db. One entry at a time."""
    x, prev_h, Wx, Wh, z, r, n_, params = cache
    (N, D), H, after = x.shape, len(Wh), params["reset"] == AFTER
    dx, dprev_h, dWx, dWh = (np.zeros(a.shape, dnext_h.dtype) for a in (x, prev_h, Wx, Wh))
    db = np.zeros(3 * H, dnext_h.dtype)
    start = {gate: place * H for place, gate in enumerate(params["gates"])}
    for n in range(N):
        da = np.zeros(3 * H, dnext_h.dtype)
        dr = np.zeros(H, dnext_h.dtype)
        for k in range(H):
            new = params["z_is"] == Z_IS[0]
            share = z[n, k] if new else 1 - z[n, k]
            dprev_h[n, k] += dnext_h[n, k] * (1 - share)
            dz = dnext_h[n, k] * (n_[n, k] - prev_h[n, k]) * (1 if new else -1)
            da[start["z"] + k] = dz * z[n, k] * (1 - z[n, k])
            da[start["n"] + k] = dnext_h[n, k] * share * (1 - n_[n, k] * n_[n, k])
        for k in range(H):
            dan, column = da[start["n"] + k], start["n"] + k
            for j in range(H):
                # r stands beside the number that goes into the product, or beside the one that comes out of it.
                kept = r[n, k] if after else r[n, j]
                dr[k if after else j] += dan * prev_h[n, j] * Wh[j, column]
                dprev_h[n, j] += dan * kept * Wh[j, column]
                dWh[j, column] += kept * prev_h[n, j] * dan
        for k in range(H):
            da[start["r"] + k] = dr[k] * r[n, k] * (1 - r[n, k])
        for gate in "zr":
            for k in range(H):
                column = start[gate] + k
                for j in range(H):
                    dprev_h[n, j] += da[column] * Wh[j, column]
                    dWh[j, column] += prev_h[n, j] * da[column]
        for column in range(3 * H):
            db[column] += da[column]
            for d in range(D):
                dx[n, d] += da[column] * Wx[d, column]
                dWx[d, column] += x[n, d] * da[column]
    return dx, dprev_h, dWx, dWh, db


def gru_step_forward(x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> tuple[Array, Any]:
    """x (N, D), prev_h (N, H), Wx (D, 3H), Wh (H, 3H), b (3H,) -> next_h (N, H), cache."""
    columns = columns_of(params, Wh.shape[0])
    of_x: Any = x @ Wx + b
    a = {gate: of_x[:, those] for gate, those in columns.items()}
    z, r = (sigmoid(a[gate] + prev_h @ Wh[:, columns[gate]]) for gate in "zr")
    after = params["reset"] == AFTER
    u = prev_h @ Wh[:, columns["n"]] if after else (r * prev_h) @ Wh[:, columns["n"]]
    n = tanh(a["n"] + (r * u if after else u))
    share = z if params["z_is"] == Z_IS[0] else 1 - z
    return (1 - share) * prev_h + share * n, (x, prev_h, Wx, Wh, z, r, n, u, params)


def gru_step_backward(dnext_h: Array, cache: Any) -> tuple[Array, ...]:
    """dnext_h (N, H) -> dx, dprev_h, dWx, dWh, db."""
    x, prev_h, Wx, Wh, z, r, n, u, params = cache
    columns = columns_of(params, Wh.shape[0])
    W = {gate: Wh[:, those] for gate, those in columns.items()}
    new = params["z_is"] == Z_IS[0]
    share = z if new else 1 - z
    da = {"n": dnext_h * share * (1 - n * n)}
    da["z"] = dnext_h * (n - prev_h if new else prev_h - n) * z * (1 - z)
    dW = {}
    if params["reset"] == AFTER:
        through = (r * da["n"]) @ W["n"].T
        da["r"] = da["n"] * u * r * (1 - r)
        dW["n"] = prev_h.T @ (r * da["n"])
    else:
        of_product = da["n"] @ W["n"].T
        through = of_product * r
        da["r"] = of_product * prev_h * r * (1 - r)
        dW["n"] = (r * prev_h).T @ da["n"]
    dprev_h = dnext_h * (1 - share) + da["z"] @ W["z"].T + da["r"] @ W["r"].T + through
    for gate in "zr":
        dW[gate] = prev_h.T @ da[gate]
    joined = beside([da[gate] for gate in params["gates"]])
    dWh = beside([dW[gate] for gate in params["gates"]])
    return joined @ Wx.T, dprev_h, x.T @ joined, dWh, joined.sum(axis=0)


LAYER = Layer(
    name="gru_step",
    summary="the state after a step of a GRU",
    sizes=GruStepSizes,
    input_names=("x", "prev_h", "Wx", "Wh", "b"),
    shapes={"x": "(N, D)", "prev_h": "(N, H)", "Wx": "(D, 3H)", "Wh": "(H, 3H)", "b": "(3H,)"},
    facts=gru_step_facts,
    words=WORDS,
    parameters=("gates", "z_is", "reset"),
    params=gru_step_params,
    rounding=recurrent_rounding,
    variants={
        "naive": Variant(gru_step_forward_naive, gru_step_backward_naive, "one entry at a time"),
        "vectorized": Variant(gru_step_forward, gru_step_backward, "matrix products"),
    },
    equations={
        "forward": "(1 - s) prev_h + s n,   s = z or 1 - z;   z, r = σ, n = tanh of x Wx + prev_h Wh + b, each of its "
        "columns; for n (r prev_h) Wh or r (prev_h Wh)",
        "dx": "da Wx^T,   da_n = dnext_h s (1 - n²), da_z = ±dnext_h (n - prev_h) z (1 - z), + where s = z",
        "dprev_h": "dnext_h (1 - s) + da_z Wh_z^T + da_r Wh_r^T + (da_n Wh_n^T) r or (r da_n) Wh_n^T",
        "dWx": "x^T da,   da_r = (da_n Wh_n^T) prev_h r (1 - r) or da_n (prev_h Wh_n) r (1 - r)",
        "dWh": "prev_h^T da_z, prev_h^T da_r, and (r prev_h)^T da_n or prev_h^T (r da_n)",
        "db": "Σ_n da",
    },
)
