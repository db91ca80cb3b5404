"""Whether code drops the share that it is told, each entry by itself, and other ones each time."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import Any

import numpy as np

from convcheck.layers.dropout.words import kept_share, many
from convcheck.layers.layer import Array, Misdrawn, OfOnes, Params

# Chance leaves a right share so many standard deviations off once in five hundred million times.
DEVIATIONS = 6


def misdrawn(of_ones: OfOnes, sizes: Any, params: Params) -> Iterator[Misdrawn]:
    """What is wrong in train mode, seen on many ones; test mode draws nothing."""
    if params.get("mode") != "train":
        return
    shape = many(len(sizes.shapes()["x"]))
    out = of_ones(shape)
    if out is None:
        return
    kept, k = out != 0, kept_share(params)
    if alike := _alike(kept):
        hint = "draw a number for each entry: np.random.rand(*x.shape)"
        yield Misdrawn("one-mask", "warning", alike, hint)
    elif abs(kept.mean() - k) > DEVIATIONS * sqrt(k * (1 - k) / kept.size):
        told = f"p = {params['p']:g}, the share that is {params['p_is']},"
        sentence = f"forward keeps {kept.mean():.1%} of many entries in train mode, where {told} says {k:.1%}"
        yield Misdrawn("other-share", "error", sentence, "np.random.rand(*x.shape) < p is true of the share p")
    second = of_ones(shape, True)
    if second is not None and not kept.all() and np.array_equal(kept, second != 0):
        sentence = "an object that runs forward again drops the same entries: it has drawn one mask, and keeps it"
        yield Misdrawn("one-mask", "error", sentence, "draw the mask anew in every forward")


def _alike(kept: Array) -> str:
    """In words, what has one mask that should have many; nothing where each entry has its own."""
    rows = kept.reshape(len(kept), -1)
    if kept.ndim < 2 or rows.all() or not rows.any():
        return ""
    if (rows == rows[:1]).all():
        return "all rows have one mask: what is dropped in the first is dropped in every one"
    return "whole rows are dropped: each has one number for all its entries" if (rows == rows[:, :1]).all() else ""
