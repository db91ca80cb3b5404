"""The eps of a batchnorm that has no word for it, measured: else a right layer would be blamed for its constant."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from convcheck.implementations.pair import Pair
from convcheck.implementations.refusal import Refusal
from convcheck.layers.layer import Array, Params
from convcheck.spec.sizes import Sizes

# Deviations small enough that eps shows beside the variance.
DEVIATIONS = (1e-3, 1e-2)
SAME = 1e-6

Again = Callable[[Sizes, Params], Pair]


def with_measured_eps(
    pair: Pair, sizes: Sizes, params: Params | None, told: Callable[[Any], bool], again: Again
) -> Pair:
    """`pair`, whose forward raises Refusal where it divides by √(var + eps) with another eps than asked, built in.

    `told(cache)` says whether it was told eps; `again` makes the same pair of other sizes.
    """
    if params is None or "eps" not in params:
        return pair
    asked = float(params["eps"])
    known: list[float | None] = []

    def forward(*inputs: Array) -> tuple[Any, Any]:
        out, cache = pair.forward(*inputs)
        if not told(cache):
            if not known:
                known.append(built_in_eps(sizes, params, again))
            if known[0] is not None and abs(known[0] - asked) > SAME * asked:
                raise Refusal(
                    f"{pair.name} has no parameter and no attribute for eps, and adds {known[0]:.6g} to the variance: "
                    f"eps = {asked:g} cannot be asked of it; a spec with eps: {known[0]:.6g} can be",
                    {"eps": float(f"{known[0]:.6g}")},
                )
        return out, cache

    return dataclasses.replace(pair, forward=forward)


def built_in_eps(sizes: Sizes, params: Params, again: Again) -> float | None:
    """What it adds to the variance in train mode; None where the answer depends on the variance, or fails."""
    lengths = {name: 2 if name == "N" else 1 for name in ("N", "H", "W") if hasattr(sizes, name)}
    small = dataclasses.replace(sizes, **lengths)
    shapes = small.shapes()
    ones = np.ones(shapes["gamma"])
    signs = np.ones(shapes["x"])
    signs[1] = -1
    seen = []
    try:
        pair = again(small, dict(params, mode="train"))
        for a in DEVIATIONS:
            out, _ = pair.forward(signs * a, ones, ones * 0)
            # out = a / √(a² + eps)
            seen.append(float((a / np.abs(np.asarray(out)).max()) ** 2 - a**2))
    except Exception:
        return None
    close = abs(seen[0] - seen[1]) <= SAME * max(abs(seen[0]), DEVIATIONS[1] ** 2 * 1e-6)
    return seen[0] if close and seen[0] > 0 else None
