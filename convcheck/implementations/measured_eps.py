"""The eps of a batchnorm that has no word for it, measured: else a right layer would be blamed for its constant."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from convcheck.implementations.errors.declined import Refusal
from convcheck.implementations.pair import Pair
from convcheck.layers.batchnorm import LEAST_EPS
from convcheck.layers.layer import Array, Params
from convcheck.spec.sizes import Sizes

# From a variance beside which only an eps that matters shows, to one beside which any does that is not zero.
DEVIATIONS = (1e-2, 1e-3, 1e-5, 1e-8, 1e-11, 1e-14, 1e-17)
SAME = 1e-6
# How far rounding may move what is measured, relative to the variance: thousands of roundings.
NOISE = 1e-12
# Below this an eps is lost beside any variance that a check has, and one is as good as another.
NEGLIGIBLE = 1e-20
# What code is taken to add that has no word for eps and cannot be measured: PyTorch's, and the paper's.
USUAL = 1e-5

Again = Callable[[Sizes, Params], Pair]


def with_measured_eps(
    pair: Pair, sizes: Sizes, params: Params | None, told: Callable[[Any], bool], again: Again
) -> Pair:
    """`pair`, whose forward raises Refusal where it divides by √(var + eps) with another eps than asked, built in.

    `told(cache)` says whether it was told eps; `again` makes the same pair of other sizes.
    """
    if params is None or "eps" not in params:
        return pair
    known: list[float | None] = []

    def forward(*inputs: Array) -> tuple[Any, Any]:
        out, cache = pair.forward(*inputs)
        if not told(cache):
            if not known:
                known.append(built_in_eps(sizes, params, again))
            if known[0] is not None:
                hold_eps(pair.name, known[0], sizes, params)
        return out, cache

    return pair._replace(forward=forward)


def with_eps_of_its_own(again: Again, sizes: Sizes, params: Params) -> Pair:
    """What `again` makes of code that is never told eps: it may be asked for its own, whatever the usual one is."""
    pair = again(sizes, params)
    if "eps" not in params:
        return pair
    # It refuses every other eps than the usual one, of which it hears nothing.
    usual = dict(params, eps=USUAL)
    known = built_in_eps(sizes, usual, again)
    if known is None:
        return pair
    asked = again(sizes, usual)

    def forward(*inputs: Array) -> tuple[Any, Any]:
        hold_eps(pair.name, known, sizes, params)
        return asked.forward(*inputs)

    return asked._replace(forward=forward)


def hold_eps(name: str, known: float, sizes: Sizes, params: Params) -> None:
    """Raise Refusal where `known`, which is built in, is not the eps that is asked, or cannot do what is."""
    asked = float(params["eps"])
    name = name.partition(",")[0]
    if abs(known - asked) > SAME * asked and max(known, asked) > NEGLIGIBLE:
        raise Refusal(
            f"{name} has no parameter and no attribute for eps, and adds {known:.6g} to the variance: "
            f"eps = {asked:g} cannot be asked of it; a spec with eps: {max(known, LEAST_EPS):.6g} can be",
            {"eps": float(f"{known:.6g}")},
        )
    shapes = sizes.shapes()
    rows = int(np.prod(shapes["x"])) // int(np.prod(shapes["gamma"]))
    if known == 0 and rows == 1 and params["mode"] == "train":
        raise Refusal(
            f"{name} adds nothing to the variance, and divides by zero where that is zero: "
            "a column of one value cannot be asked of it"
        )


def built_in_eps(sizes: Sizes, params: Params, again: Again) -> float | None:
    """What it adds to the variance in train mode; None where the answer depends on the variance, or fails."""
    lengths = {name: 2 if name == "N" else 1 for name in ("N", "H", "W") if hasattr(sizes, name)}
    small = dataclasses.replace(sizes, **lengths)
    shapes = small.shapes()
    ones = np.ones(shapes["gamma"])
    signs = np.ones(shapes["x"])
    signs[1] = -1
    try:
        pair = again(small, dict(params, mode="train"))
        # out = a / √(a² + eps)
        seen = [
            float((a / np.abs(np.asarray(pair.forward(signs * a, ones, ones * 0)[0])).max()) ** 2 - a**2)
            for a in DEVIATIONS
        ]
    except Exception:
        return None
    eps = seen[-1] if seen[-1] > NOISE * DEVIATIONS[-1] ** 2 else 0.0
    steady = all(abs(e - eps) <= SAME * eps + NOISE * a**2 for e, a in zip(seen, DEVIATIONS, strict=True))
    return eps if steady else None
