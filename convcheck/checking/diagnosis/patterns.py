"""What a wrong gradient looks like: a multiple of the right one, its entries in another order, wrong in one place only.

Each pattern is a sentence about the figures, some with what usually causes it. None of them changes a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from convcheck.checking.result import Finding
from convcheck.layers.layer import Array, Input
from convcheck.layers.locality import Window
from convcheck.numeric.groups import reach
from convcheck.spec.showing import count
from convcheck.spec.sizes import Shape

# How near a ratio or an entry must come to count as the pattern's: far above rounding, far below any bug.
NEAR = 1e-6
# A factor nearer to 1 than this says nothing that the figures do not.
NEAR_ONE = 1e-4
# Where no layer is known, differences may be all that there is, and a loss may have a small ε in it.
NEAR_PENALTY = 1e-4
# A penalty may have a ½, and its gradient have forgotten it.
MULTIPLES = (("", 1.0), ("2·", 2.0), ("½·", 0.5))
# Narrower dtypes, by the bits of their mantissas; and how many decimals somebody rounds to.
NARROW = (("bfloat16", 8), ("float16", 11), ("float32", 24))
# In units of the last bit, how far rounding once or twice leaves the worst entry off; and of how many that is seen.
LEAST_ROUNDING, MOST_ROUNDING, FEWEST_ROUNDED = 2.0**-3, 2.0**2, 6
DECIMALS = range(1, 10)


def find_patterns(
    claim: Input,
    analytic: Array,
    numeric: Array,
    wrong: Array,
    output: Shape,
    letters: Mapping[str, float],
    magnitude: Array | None = None,
    values: Array | None = None,
) -> list[Finding]:
    """At most two findings on how the gradient of `claim` is wrong, the most telling one first.

    `wrong` marks the wrong entries; `letters` are the sizes of the spec, among which a constant factor is looked for;
    `magnitude` is the sum of the absolute terms of each numeric entry, where it is known; `values` are those of the
    input itself, where a penalty on it may be part of what forward computes.
    """
    name = "d" + claim.name
    if magnitude is not None and (magnitude <= NEAR**2 * np.abs(analytic).max(initial=0)).all():
        return [_unused(claim)]
    with np.errstate(all="ignore"):
        findings = [*_factor(name, analytic, numeric, letters), *_rearranged(name, analytic, numeric, wrong)]
        if not findings:
            findings = [*_rounded(name, analytic, numeric)]
        if values is not None and not findings:
            findings = [*_of_input(claim.name, analytic, numeric, values, letters)]
        if not findings:
            telling = wrong | (analytic != 0) | (numeric != 0)
            findings = [*_overlap(name, claim, wrong, output), *_place(name, claim, wrong, telling)]
    return findings[:2]


def _unused(claim: Input) -> Finding:
    message = f"forward does not change with {claim.name}: all differences are 0, but for rounding"
    hint = f"look for where forward uses {claim.name}: it may be overwritten, or not be used at all"
    return Finding("unused", "note", message, "d" + claim.name, hint)


def _factor(name: str, analytic: Array, numeric: Array, letters: Mapping[str, float]) -> Iterator[Finding]:
    """All entries are the right ones times a constant."""
    telling = np.abs(numeric) > NEAR * np.abs(numeric).max(initial=0)
    if not telling.any():
        return
    ratios = analytic[telling] / numeric[telling]
    factor = float(np.median(ratios))
    if ratios.size == 1 and factor != 0 and not _is_telling(factor, letters):
        return
    if not (np.abs(ratios - factor) <= NEAR * max(abs(factor), NEAR)).all():
        return
    if (np.abs(analytic[~telling] - factor * numeric[~telling]) > NEAR * np.abs(numeric).max()).any():
        return
    if factor == 0:
        yield Finding("zero", "note", f"{name} is zero everywhere, and should not be", name, "it is never written to")
    elif _is_near(factor, -1):
        yield Finding("scaled", "error", f"{name} has the wrong sign, and is right otherwise", name)
    elif not _is_near(factor, 1, within=NEAR_ONE):
        said = f"{name} is {factor:.6g} times the right gradient"
        if letter := _letter_of(factor, letters):
            # Which may be chance.
            said += f", and {letter} is {factor:.6g} here"
        yield Finding("scaled", "error", said, name)


def _rounded(name: str, analytic: Array, numeric: Array) -> Iterator[Finding]:
    """All entries are the right ones, brought to fewer digits than those have."""
    off, size = np.abs(analytic - numeric), np.abs(numeric)
    # A few numbers, or one that stands everywhere, have few digits by themselves.
    if not np.isfinite(off).all() or np.unique(np.abs(analytic)).size < FEWEST_ROUNDED:
        return
    narrow = next((one for one in NARROW if _fits_in(analytic, one[1]) and (off <= 2.0 ** -one[1] * size).all()), None)
    if narrow and not _fits_in(numeric, narrow[1]):
        message = f"{name} is the right gradient, rounded to {narrow[0]}"
        hint = f"look for a cast, or for an array of {narrow[0]}, that the gradient goes through"
        yield Finding("rounded", "error", message, name, hint)
        return
    for decimals in DECIMALS:
        scaled = analytic * 10.0**decimals
        told = np.rint(scaled).any() and (np.abs(scaled - np.rint(scaled)) <= NEAR).all()
        if told and (off <= (0.5 + NEAR) * 10.0**-decimals).all():
            message = f"{name} is the right gradient, rounded to {count(decimals, 'decimal')}"
            yield Finding("rounded", "error", message, name, "look for a `round` that the gradient goes through")
            return
    signs = {*np.sign((analytic - numeric) * numeric)[off > 0].tolist()}
    largest = float((off / size)[size > 0].max(initial=0))
    for dtype, bits in reversed(NARROW):
        if signs == {-1.0, 1.0} and LEAST_ROUNDING <= largest * 2.0**bits <= MOST_ROUNDING:
            message = f"{name} is off by as much as rounding to {dtype} leaves, one way or the other"
            yield Finding("rounded", "error", message, name, f"look for a cast to {dtype}, or for an array of it")
            return


def _fits_in(values: Array, bits: int) -> bool:
    """Whether no number among these needs more bits than that."""
    mantissas = np.ldexp(np.frexp(values)[0], bits)
    return bool((mantissas == np.rint(mantissas)).all())


def _of_input(
    name: str, analytic: Array, numeric: Array, values: Array, letters: Mapping[str, float]
) -> Iterator[Finding]:
    """What the gradient is off by is a multiple of the input: that of a penalty on it, such as ½·reg·Σ w²."""
    off = analytic - numeric
    norm = float((values * values).sum())
    if values.size == 1 or not np.isfinite(off).all() or not norm:
        return
    factor = float((off * values).sum()) / norm
    if not factor or (np.abs(off - factor * values) > NEAR_PENALTY * np.abs(off).max()).any():
        return
    known = {(told, word): most * value for word, value in letters.items() for told, most in MULTIPLES}
    term = next((each for each, value in known.items() if value and _is_near(abs(factor), value, NEAR_PENALTY)), None)
    of_input = f"{''.join(term) if term else f'{abs(factor):.6g}'}·{name}"
    said = f"d{name} lacks {of_input}" if factor < 0 else f"d{name} has {of_input} too much"
    said += f", and {term[1]} is {letters[term[1]]:g} here" if term else ""
    hint = f"look at the gradient of the penalty on {name}: c·Σ {name}² has the gradient 2·c·{name}"
    yield Finding("of-input", "error", said, f"d{name}", hint)


def _is_telling(factor: float, letters: Mapping[str, float]) -> bool:
    """Whether a factor of a single entry, which always has one, means something."""
    return _is_near(factor, -1) or bool(_letter_of(factor, letters))


def _letter_of(factor: float, letters: Mapping[str, float]) -> str:
    """The first letter of the spec that a factor is, or "1/N" where it is one over it; nothing elsewhere."""
    for letter, value in letters.items():
        if value > 1 and _is_near(factor, value):
            return letter
        if value > 1 and _is_near(factor, 1 / value):
            return f"1/{letter}"
    return ""


def _rearranged(name: str, analytic: Array, numeric: Array, wrong: Array) -> Iterator[Finding]:
    """The right entries stand in another order on the last two axes, if there are two."""
    if numeric.ndim < 2 or min(numeric.shape[-2:]) == 1 or wrong.sum() < 2:
        return
    orders = {
        "turned by 180° in its last two axes": numeric[..., ::-1, ::-1],
        "upside down in its last axis but one": numeric[..., ::-1, :],
        "mirrored in its last axis": numeric[..., ::-1],
        "transposed in its last two axes": numeric.swapaxes(-1, -2),
    }
    for words, rearranged in orders.items():
        if rearranged.shape == analytic.shape and all_near(analytic, rearranged):
            yield Finding("turned", "note", f"{name} is the right gradient, {words}", name)
            return


def _overlap(name: str, claim: Input, wrong: Array, output: Shape) -> Iterator[Finding]:
    """Right where one window reads an entry, wrong only where several do."""
    covered = np.ones(claim.shape, dtype=int)
    for axis, (length, tie) in enumerate(zip(claim.shape, claim.ties, strict=True)):
        if isinstance(tie, Window):
            spans = (reach(i, tie, output[tie.axis]) for i in range(length))
            windows = np.array([max(0, last - first + 1) for first, last in spans])
            covered = covered * windows.reshape([-1 if a == axis else 1 for a in range(len(claim.shape))])
    several = covered > 1
    if several.any() and not several.all() and not (wrong & ~several).any() and wrong.sum() > several.sum() / 2:
        yield Finding(
            "overlap",
            "note",
            f"{name} is wrong only where windows overlap",
            name,
            "add up what every window hands back: += rather than =",
        )


def _place(name: str, claim: Input, wrong: Array, telling: Array) -> Iterator[Finding]:
    """The indices, axis by axis, at which there are wrong entries, three each, where at least a third are right.

    Nearly everywhere is no place: entries that are wrong here and there leave out an index by chance. Nor is one where
    a quarter is right, of those that are `telling`: a few that are wrong lie at few indices wherever they are.
    """
    places = []
    within = np.ones(wrong.shape, dtype=bool)
    for axis, length in enumerate(claim.shape):
        others = tuple(a for a in range(wrong.ndim) if a != axis)
        at = np.flatnonzero(wrong.any(axis=others))
        seen = int(telling.any(axis=others).sum())
        evidence = min(3, wrong.size // length) * len(at)
        if 0 < evidence <= wrong.sum() and 3 * (seen - len(at)) >= seen:
            within &= np.isin(np.arange(length), at).reshape([-1 if a == axis else 1 for a in range(wrong.ndim)])
            label = claim.axes[axis] if claim.axes else f"index {axis}"
            places.append(f"{label} {_indices(at, length)}")
    if places and 4 * wrong.sum() >= 3 * (telling & within).sum():
        yield Finding("place", "note", f"{name} is wrong only where {' and '.join(places)}", name)


def _indices(at: Array, length: int) -> str:
    """ "= 3 (the last)", "is 0 or 7", "≥ 4"."""
    listed = [int(i) for i in at]
    if len(listed) == 1:
        end = " (the first)" if listed[0] == 0 else " (the last)" if listed[0] == length - 1 else ""
        return f"= {listed[0]}{end}"
    if all(b == a + 1 for a, b in pairwise(listed)):
        if listed[0] == 0:
            return f"≤ {listed[-1]}"
        return f"≥ {listed[0]}" if listed[-1] == length - 1 else f"is from {listed[0]} to {listed[-1]}"
    shown = [str(i) for i in listed[:6]] + (["…"] if len(listed) > 6 else [])
    return f"is {', '.join(shown[:-1])} or {shown[-1]}"


def _is_near(a: float, b: float, within: float = NEAR) -> bool:
    return abs(a - b) <= within * abs(b)


def all_near(a: Array, b: Array) -> bool:
    """Whether every entry of a is that of b, but for far less than any bug leaves beside the largest of b."""
    return bool((np.abs(a - b) <= NEAR * np.abs(b).max(initial=0)).all())
