"""Random inputs and dout, with the steps that suit them.

`dyadic`: multiples of a power of two with so few bits that every product and every partial sum of the layer, forward
and backward, is exact in the dtype, in any order of summation. They are not integers and never zero, so code that
truncates, or that forgets a term, still shows. `normal`: the standard normal distribution. `ties`: as `dyadic`, but
kinked inputs have few values, so that any window has ties.

Entries of a kinked input (one with a kink where entries tie or are zero) are otherwise kept apart from each other and
from zero by a gap wider than any step.
"""

from collections.abc import Sequence
from math import ceil, floor, log, log2, prod, sqrt
from typing import NamedTuple

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Facts, Input, Sum
from convcheck.spec.sizes import Shape

EPSILON = float(np.finfo(np.float64).eps)
MOST_BITS = 12
FEWEST_BITS = 3
# Two random directions, of 30 bits each and one more for their sum, prove a gradient (plan.py).
ROOM_FOR_TWO = 31
# Σ|terms| of a sum passes what is allowed with probability 2^-100: of 2⁴⁰ such sums, one does with 2^-60.
SURE_BITS = 100
# Further points of a kinked input may lie so far beyond the data, in bits, on the same grid.
FURTHER_BITS = 2
# Where arithmetic is not exact, a step this many times the data makes the rounding of f(x) small beside the difference;
# it may be that large as long as f is linear.
FAR = 64.0
# The directions that test linearity reach this many times further than such a step: a curve too slight to show over a
# step would otherwise hide in the rounding.
FURTHER = 8.0
# Few values, so that any window has ties; none is zero, where an input may have a kink that no direction avoids.
TIED_VALUES = np.array([-1.5, -0.5, 0.5, 1.5])
# The values stay in their order over this step in a direction with entries below 2.
TIED_STEP = 0.125


class Steps(NamedTuple):
    """`step`: the difference step h. `reach`: random directions for this input have entries up to this size."""

    step: float
    reach: float


class Data(NamedTuple):
    """What a layer is evaluated at. `exact` says that the arithmetic of the layer rounds nothing on it.

    `tied`: entries of kinked inputs tie, and have no gradient of their own. `taken`: for each input, the bits of the
    mantissa that forward's sums leave to no direction in it. `is_last`: nothing comes after the output, and dout is 1.
    """

    inputs: list[Array]
    dout: Array
    other_dout: Array
    steps: list[Steps]
    exact: bool
    tied: bool = False
    taken: Sequence[int] = ()
    is_last: bool = False


def draw(facts: Facts, kind: str, dtype: np.dtype[np.floating], rng: Draws) -> Data:
    """Random inputs, two upstream gradients and steps for a layer; `kind` is "dyadic", "normal" or "ties"."""
    mantissa = np.finfo(dtype).nmant + 1
    bits = grid_bits(facts, mantissa)
    exact, grid = is_exact(facts, kind, bits), max(FEWEST_BITS, bits)

    def values(shape: Shape) -> Array:
        return rng.normal(shape) if kind == "normal" else dyadic(shape, grid, rng)

    inputs, steps = [], []
    for claim in facts.inputs:
        if claim.kind == "kinked" and kind == "ties":
            array = tied(claim.shape, rng)
            steps.append(Steps(TIED_STEP, TIED_STEP))
        elif claim.kind == "kinked":
            array, gap = claim.drawn(rng) if claim.drawn else spread(claim.shape, kind, mantissa, rng)
            steps.append(Steps(gap / 4, gap / 4))
        else:
            array = values(claim.shape)
            array += np.copysign(claim.away, array)
            steps.append(Steps(1.0, 2.0) if exact else far_steps(array))
        inputs.append(array.astype(dtype))
    dout, other = values(facts.output), values(facts.output)
    if facts.is_last:
        dout = np.ones(facts.output)
    taken = bits_taken(facts, mantissa, bits) if exact else ()
    return Data(inputs, dout.astype(dtype), other.astype(dtype), steps, exact, kind == "ties", taken, facts.is_last)


def moved(data: Data, position: int, x: Array, kinks: Sequence[float] = (0.0,)) -> Data:
    """The data with x for input number `position`, which has these kinks, and steps that suit it."""
    inputs, steps = list(data.inputs), list(data.steps)
    inputs[position], steps[position] = x, near_steps(x, kinks)
    return data._replace(inputs=inputs, steps=steps)


def with_ties(data: Data, position: int, dtype: np.dtype[np.floating], rng: Draws) -> Data:
    """The data with ties in kinked input number `position`."""
    x = tied(data.inputs[position].shape, rng).astype(dtype)
    placed = moved(data, position, x)
    placed.steps[position] = Steps(TIED_STEP, TIED_STEP)
    return placed._replace(tied=True)


def tied(shape: Shape, rng: Draws) -> Array:
    """Many equal entries."""
    return np.asarray(TIED_VALUES[rng.integers(0, len(TIED_VALUES), shape)])


def grid_bits(facts: Facts, mantissa: int) -> int:
    """Bits for each factor such that the layer rounds no sum of theirs, 0 where there are none.

    Where FEWEST_BITS or more can, they leave room for two random directions in float64.
    """
    sums = {name: total for name, total in facts.sums.items() if not _all_kinked(total.factors, facts.inputs)}
    allowed = (
        bits
        for bits in range(MOST_BITS, 0, -1)
        if all(_fits(name, total, bits, mantissa) for name, total in sums.items())
    )
    bits = next(allowed, 0)
    forward = sums.get("forward")
    if forward is None or len(forward.factors) < 2:
        return bits
    beside = np.finfo(np.float64).nmant + 1 - ROOM_FOR_TWO - _carries(forward)
    roomy = beside // (len(forward.factors) - 1)
    return min(bits, roomy) if roomy >= FEWEST_BITS else bits


def _fits(name: str, total: Sum, bits: int, mantissa: int) -> bool:
    """Whether the sum stays below 2^mantissa units of its grid, in any order, for factors of so many bits."""
    if not total.terms:
        return True
    # Of x + h·v, where forward is differentiated, v is as large as the data and may be a bit finer. Two upstream
    # gradients are added up, to test linearity in dout.
    spare = 2 if name == "forward" else 1
    return float(2**spare) * largest_sum(total.terms, bits, len(total.factors)) <= 2.0**mantissa


def largest_sum(terms: int, bits: int, factors: int) -> float:
    """What Σ|terms| of so many products of factors that `dyadic` draws stays below, in units of their grid.

    It is the most that there can be; or, of terms drawn independently, what is passed with probability 2^-SURE_BITS
    (Hoeffding 1963): n·mean + largest·√(n·ln(2^SURE_BITS)/2).
    """
    largest, mean = float(2**bits - 1) ** factors, 2.0 ** ((bits - 1) * factors)
    return min(terms * largest, terms * mean + largest * sqrt(terms * SURE_BITS * log(2) / 2))


def _carries(total: Sum) -> int:
    """The bits that so many terms have beside those of one."""
    return ceil(log2(max(1, total.terms)))


def is_exact(facts: Facts, kind: str, bits: int) -> bool:
    """Whether the arithmetic of the layer rounds nothing on data of this kind, where `grid_bits` are so many."""
    return facts.exact and kind != "normal" and bits >= FEWEST_BITS


def bits_taken(facts: Facts, mantissa: int, bits: int) -> list[int]:
    """For each input, the bits that forward's sums leave to no direction in it, on exact data of so many bits.

    Linear inputs share the mantissa with the other factors: x + v may have all the rest. Directions in a kinked one
    have what is left beside its own entries, too.
    """
    total = facts.sums["forward"]
    own = {claim.name: spread_bits(claim.shape, mantissa) for claim in facts.inputs if claim.kind == "kinked"}

    def taken(claim: Input) -> int:
        others = list(total.factors)
        if claim.name in others:
            others.remove(claim.name)
        elif others:
            others.pop()
        beside = sum(own[name] + FURTHER_BITS if name in own else bits for name in others)
        # Of its sum, a direction in a kinked input has the sign beside.
        return _carries(total) + beside + (own[claim.name] + FURTHER_BITS - 1 if claim.name in own else 0)

    return [taken(claim) for claim in facts.inputs]


def room_beside(taken: int, epsilon: float) -> int:
    """The bits of a mantissa of this epsilon that are left for one input beside those taken."""
    return 1 - round(log2(epsilon)) - taken


def rooms_of(data: Data) -> list[int] | None:
    """The bits that are left in float64 for each input of forward; None where the layer rounds on this data."""
    return [room_beside(taken, EPSILON) for taken in data.taken] if data.exact else None


def _all_kinked(factors: Sequence[str], inputs: Sequence[Input]) -> bool:
    """Whether a sum is of kinked inputs alone, whose bits depend on how many distinct values they need instead."""
    kinked = {claim.name for claim in inputs if claim.kind == "kinked"}
    return kinked.issuperset(factors)


def dyadic(shape: Shape, bits: int, rng: Draws) -> Array:
    """Random multiples of 2^(1-bits) in (-2, 2), none of them zero, as float64."""
    most = 2**bits - 1
    numerators = rng.integers(1, most + 1, shape)
    numerators *= rng.signs(shape)
    return np.asarray(numerators * 2.0 ** (1 - bits))


def spread(shape: Shape, kind: str, mantissa: int, rng: Draws) -> tuple[Array, float]:
    """Values of which no two are nearer than the gap, nor is one that near to zero; and the gap.

    Where the mantissa has no room for that many distinct values, some repeat, and entries that tie are undecided.
    """
    count, bits = prod(shape), spread_bits(shape, mantissa)
    half = 2 ** (bits - 1)
    if kind == "dyadic":
        gap = 2.0 ** (1 - bits)
        ranks = np.concatenate((np.arange(-half, 0), np.arange(1, half + 1)))
        chosen = ranks[rng.integers(0, len(ranks), (count,)) if count > len(ranks) else rng.order(len(ranks))[:count]]
        return (chosen * gap).reshape(shape), gap
    gap = 2.0 ** (-bits - 1)
    ordered = np.sort(rng.normal((count,)))
    apart = ordered + np.sign(ordered) * gap + 2 * gap * (np.arange(count) - np.searchsorted(ordered, 0.0))
    return apart[rng.order(count)].reshape(shape), gap


def spread_bits(shape: Shape, mantissa: int) -> int:
    """Bits that keep so many entries apart, as far as the mantissa has them."""
    return min(max(FEWEST_BITS, ceil(log2(prod(shape) + 1))), mantissa - 4)


def far_steps(x: Array) -> Steps:
    """Steps for an input in which forward is linear but rounds: far longer than the data is large."""
    size = 2.0 ** ceil(log2(scale_of(x)))
    return Steps(size * FAR, size * FAR * FURTHER)


def near_steps(x: Array, kinks: Sequence[float] = (0.0,)) -> Steps:
    """Steps for a kinked input that nobody spread: so short that no entry reaches another one, or a kink."""
    apart = np.diff(np.unique(np.append(x, kinks).astype(np.float64)))
    step = 2.0 ** floor(log2(float(apart.min(initial=scale_of(x))) / 4))
    return Steps(step, step)


def scale_of(x: Array) -> float:
    """The largest finite magnitude in x, 1 where it is all zeros."""
    magnitudes = np.abs(x)
    return float(magnitudes.max(initial=0, where=np.isfinite(magnitudes))) or 1.0


def own_scale(x: Array) -> Array:
    """The magnitude of each entry, in float64; that of the largest for one that is zero or infinite."""
    magnitudes = np.abs(x.astype(np.float64))
    return np.where((magnitudes > 0) & np.isfinite(magnitudes), magnitudes, scale_of(x))


def jiggled(inputs: Sequence[Array], share: float, rng: Draws) -> list[Array]:
    """The inputs, every entry larger or smaller by this share of itself, in their own dtypes."""
    return [(a * (1 + share * rng.signs(a.shape))).astype(a.dtype) for a in inputs]


def in_own_units(direction: Array, x: Array) -> Array:
    """The direction, moving each entry of x by a share of its own size in place of that of the largest."""
    return direction * (own_scale(x) / scale_of(x))


def random_direction(x: Array, steps: Steps, exact: bool, rng: Draws) -> Array:
    """A random direction in units of `steps.step`, every entry different from zero; dyadic where that is exact."""
    ratio = steps.reach / steps.step
    if exact:
        return dyadic(x.shape, 6, rng) * (ratio / 2)
    return np.asarray(rng.uniform(0.25, 1.0, x.shape) * rng.signs(x.shape) * ratio)
