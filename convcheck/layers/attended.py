"""What attention layers have in common: which keys a query may look at, the scale of its scores, and both passes.

The passes are written with what is here and with +, -, *, @, .sum and the turning of axes, so that they can be run on
arrays, and on the `Rounded` numbers of recurrent layers, which bound how far off they may be.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Params
from convcheck.layers.recurrent import Rounded
from convcheck.spec.fields import choice, size, truth

ROOT, NONE = SCALINGS = ("root", "none")
# Beneath the smallest number that float32 has, a weight is zero.
LOST = float(np.finfo(np.float32).tiny)
# So much is hidden by what is added to a score: 1e-9 of float32's largest number, and beyond what its exp does.
HIDDEN = -1e9


def causal_field() -> Any:
    """`causal`: the word of PyTorch's is_causal."""
    return truth("query t may look at keys 0 … t alone", default=False)


def masked_field() -> Any:
    """`masked`: whether a mask is handed over."""
    return truth("a mask says which keys a query may look at", default=True)


def scaling_field() -> Any:
    """`scaling`: the root is that of Vaswani et al."""
    return choice("what scores are divided by: √D, or nothing", *SCALINGS, default=ROOT)


def heads_field() -> Any:
    """`heads`: of multi-head attention."""
    return size("heads, each of which attends by its share of the features", default=1)


def mask_of(T: int, S: int, *, masked: bool, causal: bool) -> Array | None:
    """(T, S), True where query t may look at key s, the same ones at the same sizes; None where it may at all.

    Every query may look at some key. Where there is room it is neither its own transpose nor causal, unless asked.
    """
    if not masked and not causal:
        return None
    mask = Draws(f"mask {T} {S}").integers(0, 3, (T, S)) > 0 if masked else np.ones((T, S), bool)
    if masked and S > 1:
        if T > 1:
            mask[-1, :2] = True, S == 2
        mask[0, :2] = True, S > 2
        mask[0, max(2, S - 1) :] = False
    if causal:
        mask &= np.tri(T, S, dtype=bool)
    for t in range(T):
        mask[t, min(t, S - 1)] |= not mask[t].any()
    return np.asarray(mask)


def attending(sizes: Any, D: int, T: int, S: int) -> Params:
    """{"mask" (T, S) or None, "masked", "causal", "scale", "scaling"}, for features D of a key."""
    return {
        "mask": mask_of(T, S, masked=sizes.masked, causal=sizes.causal),
        "masked": sizes.masked,
        "causal": sizes.causal,
        "scale": 1 / sqrt(D) if sizes.scaling == ROOT else 1.0,
        "scaling": sizes.scaling,
    }


def turned(a: Any) -> Any:
    """Rows and columns of each matrix exchanged."""
    return a.swapaxes(-1, -2)


def softmax(scores: Any, mask: Array | None) -> Any:
    """Over the last axis, of what the mask allows; of an array, or of a `Rounded`."""
    allowed: Array = np.ones(scores.shape[-2:], bool) if mask is None else mask
    values = scores.value if isinstance(scores, Rounded) else scores
    largest = np.where(allowed, values.real, -np.inf).max(axis=-1, keepdims=True)
    shifted = np.where(allowed, values - largest, 0)
    powers = np.exp(shifted) * allowed
    p = powers / powers.sum(axis=-1, keepdims=True)
    if not isinstance(scores, Rounded):
        return np.asarray(p, scores.dtype)
    # p has the rounding of its exponent as its own, and all others have theirs in its sum.
    exponents = scores.off + np.abs(shifted) + 3
    return Rounded(p, p * (exponents + (p * exponents).sum(axis=-1, keepdims=True)) + LOST)


def attend(q: Any, k: Any, v: Any, params: Params) -> tuple[Any, Any]:
    """q (…, T, D), k (…, S, D), v (…, S, M) -> (…, T, M), and what goes back through it."""
    p = softmax((q @ turned(k)) * np.asarray(params["scale"], q.dtype), params["mask"])
    return p @ v, (q, k, v, p, params["scale"])


def attend_back(da: Any, cache: Any) -> tuple[Any, Any, Any]:
    """da (…, T, M) -> dq (…, T, D), dk (…, S, D), dv (…, S, M)."""
    q, k, v, p, scale = cache
    dp = da @ turned(v)
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True)) * np.asarray(scale, da.dtype)
    return ds @ k, turned(ds) @ q, turned(p) @ da
