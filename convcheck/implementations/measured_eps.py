"""The eps of a batchnorm that has no word for it, measured: else a right layer would be blamed for its constant."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from convcheck.implementations.class_pair import ClassPair
from convcheck.implementations.pair import Pair
from convcheck.implementations.refusal import Refusal
from convcheck.layers.layer import Array

# Deviations small enough that eps shows beside the variance.
DEVIATIONS = (1e-3, 1e-2)
SAME = 1e-6


def with_measured_eps(subject: ClassPair, pair: Pair) -> Pair:
    """`pair`, whose forward raises Refusal where the class divides by √(var + eps) with another eps, built in."""
    if subject.params is None or "eps" not in subject.params:
        return pair
    asked = float(subject.params["eps"])
    known: list[float | None] = []

    def forward(*inputs: Array) -> tuple[Any, Any]:
        out, cache = pair.forward(*inputs)
        if "eps" not in cache.instance.told:
            if not known:
                known.append(built_in_eps(subject))
            if known[0] is not None and abs(known[0] - asked) > SAME * asked:
                raise Refusal(
                    f"{pair.name} has no parameter and no attribute for eps, and adds {known[0]:.6g} to the variance: "
                    f"eps = {asked:g} cannot be asked of it; a spec with eps: {known[0]:.6g} can be"
                )
        return out, cache

    return dataclasses.replace(pair, forward=forward)


def built_in_eps(subject: ClassPair) -> float | None:
    """What it adds to the variance in train mode; None where the answer depends on the variance, or fails."""
    params = dict(subject.params or {}, mode="train")
    lengths = {name: 2 if name == "N" else 1 for name in ("N", "H", "W") if hasattr(subject.sizes, name)}
    sizes = dataclasses.replace(subject.sizes, **lengths)
    trial = ClassPair(subject.kind, subject.layer, sizes, params)
    columns = np.ones(sizes.shapes()["gamma"])
    signs = np.array([1.0, -1.0]).reshape(2, *(1 for _ in sizes.shapes()["x"][1:])) * np.ones(sizes.shapes()["x"])
    seen = []
    try:
        for a in DEVIATIONS:
            out, _ = trial.forward(signs * a, columns, columns * 0)
            # out = a / √(a² + eps)
            seen.append(float((a / np.abs(np.asarray(out)).max()) ** 2 - a**2))
    except Exception:
        return None
    close = abs(seen[0] - seen[1]) <= SAME * max(abs(seen[0]), DEVIATIONS[1] ** 2 * 1e-6)
    return seen[0] if close and seen[0] > 0 else None
