"""The slope, alpha, beta or form that an activation has built in, measured: else right code would be blamed for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from convcheck.layers.layer import Array
from convcheck.layers.words import NO_WORDS, BuiltIn, Objection

# Where code is asked: far enough from each other that no other function of the same constant is like it, and near
# enough to zero that nothing overflows.
PLACES = np.array([-40.0, -3.5, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.5, 40.0])
AT = {float(place): index for index, place in enumerate(PLACES)}
# Code of the same constant is as near to the layer at all of them, if in float32.
NEAR = 1e-6
# What is written with six digits or more stands for itself, and not for the layer's own value.
SAME = 1e-12
# A measured constant was written with no more digits than these where that many explain it.
DIGITS = 10
# A constant is looked at where this multiple of it is another function, at more than so many places.
OTHER, ENOUGH = 1.25, 3
# The two forms of one function are further apart than this share of x at some of the places.
FORMS_APART = 1e-5

Value = Callable[..., Array]
# f(place) -> the constant.
Guess = Callable[[Callable[[float], float]], float]


def constant(
    key: str, usual: float, value: Value, guess: Guess, about: float = 0.0, beside: Mapping[str, float] = NO_WORDS
) -> BuiltIn:
    """A number that code may have built in. `guess` is its value by the outputs at `PLACES`, taken where `value`, the
    function itself, then explains them all, or most of those that hang on it: the others are a mistake then.
    `about`: it is no further from `usual` than this share of it, if not 0. `beside`: the usual values of other
    constants that it may have, too.
    """

    def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> float | None:
        told = {**params, **beside, key: usual}
        out = _at_places(run, sizes, told)
        if out is None:
            return None
        try:
            own = _written(guess(lambda place: float(out[AT[place]])), usual)
        except (ArithmeticError, ValueError):
            return math.nan
        if not math.isfinite(own) or own <= 0 or (about and abs(own - usual) > about * usual):
            return math.nan
        explained = value(PLACES, **{**told, key: own})
        # Others of its constants may be written otherwise, too.
        is_explained = np.abs(out - explained) <= (about or NEAR) * (np.abs(explained) + NEAR)
        hangs_on_it = np.abs(value(PLACES, **{**told, key: own * OTHER}) - explained) > NEAR
        most = 2 * np.count_nonzero(is_explained & hangs_on_it) > np.count_nonzero(hangs_on_it) > ENOUGH
        return own if is_explained.all() or most else math.nan

    def objection(own: float, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
        asked = float(params[key])
        if math.isnan(own):
            # It is wrong in some other way, and need not be told what it has no word for.
            return _no_word(key, asked) if abs(asked - usual) > SAME * usual else None
        if abs(own - asked) <= SAME * asked:
            return None
        return Objection(
            f"has no parameter and no attribute for {key}, and has {own:.10g} built in: {key} = {asked:.10g} "
            f"cannot be asked of it; a spec with {key}: {own:.10g} can be",
            {key: own},
        )

    return BuiltIn(key, usual, lambda output, sizes, params: True, measured, objection, adopted=True)


def _no_word(key: str, asked: float | str) -> Objection:
    return Objection(f"has no parameter and no attribute for {key}: {key} = {asked} cannot be asked of it")


def form(key: str, usual: str, forms: tuple[str, ...], value: Value) -> BuiltIn:
    """A form, one of several of nearly the same function, that code may have built in: the nearest to what it does."""

    def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> str | None:
        out = _at_places(run, sizes, {**params, key: usual})
        if out is None:
            return None
        off = {one: float(np.abs(out - value(PLACES, **{**params, key: one})).max()) for one in forms}
        nearest = min(forms, key=lambda one: off[one])
        return nearest if off[nearest] < FORMS_APART else ""

    def objection(own: str, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
        asked = params[key]
        if own == "":
            return _no_word(key, asked) if asked != usual else None
        if own == asked:
            return None
        return Objection(
            f"has no parameter and no attribute for {key}, and does what {key}: {own} stands for: "
            f"{key} = {asked} cannot be asked of it; a spec with {key}: {own} can be",
            {key: own},
        )

    return BuiltIn(key, usual, lambda output, sizes, params: True, measured, objection, adopted=True)


def _at_places(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> Array | None:
    """What the code gives there, in an array of as many axes as the check has; None where it fails."""
    axes = len(sizes.shapes()["x"])
    if sizes.shape is None:
        small = replace(sizes, N=1, C=1, H=1, W=len(PLACES))
    else:
        small = replace(sizes, shape=(*[1] * (axes - 1), len(PLACES)))
    out = run(small, dict(params), [PLACES.reshape(small.shapes()["x"]).copy()])
    if out is None or np.shape(out) != small.shapes()["x"]:
        return None
    return np.asarray(out, dtype=np.float64).reshape(-1)


def _written(measured: float, usual: float) -> float:
    """The number that was probably written down."""
    for number in (usual, float(f"{measured:.{DIGITS}g}")):
        if abs(measured - number) <= SAME * abs(number):
            return number
    return measured
