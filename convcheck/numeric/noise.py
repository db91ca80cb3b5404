"""How much of each output is rounding, measured: what nobody can know of a function that no layer describes.

Moré and Wild (2011), Estimating computational noise: over points as near to each other as makes f a polynomial to the
last digit, a difference of high order leaves nothing of f but its rounding,
    σ² = γₖ · mean((Δᵏf)²),    γₖ = (k!)² / (2k)!
"""

from collections.abc import Callable, Sequence
from math import comb
from typing import NamedTuple

import numpy as np

from convcheck.implementations.errors.raised import Raised
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.data import own_scale
from convcheck.numeric.function import Function, InputProbe

# Neighbouring points differ by this share of each entry: so little that numbers near 10⁴ with a spread of 1 hardly
# move, enough for code that rounds its inputs to float32 to see each of them move by a rounding or two.
SPACING = 2.0**-22
# So near that any f is a polynomial, for code that sees such digits; noise of so many epsilons makes that a question.
NEAREST = 2.0**-42
SUSPICIOUS = 256
# Outputs that are so many times smaller than they are on average may be so by chance.
CANCELLED = 8
POINTS = 9
ORDERS = (5, 6)
# How far inputs are moved, as a share of themselves, to see how large an output is that happens to be near zero.
FAR_SHARE = 0.25
# So many epsilons are digits that code in the dtype sees.
LAST_DIGITS = 16
MOST = 0.5
# Of the largest output, eight roundings to float32.
IN_FLOAT32 = 2.0**-20
# A standard deviation that was estimated from a few differences, as a bound.
MARGIN = 8


class Noise(NamedTuple):
    """A `bound` on the rounding error of each output, and the `size` of each, were it not to cancel."""

    bound: Array
    size: Array


def measured_noise(function: Function, inputs: Sequence[Array], out: Array, rng: Draws) -> Noise:
    """`output_noise` and `output_size` at these inputs, where forward gives `out`."""
    return Noise(output_noise(function, inputs, out, rng), output_size(function, inputs, out, rng))


def unmeasured_noise(out: Array) -> Noise:
    """What forward may round where there is no time to measure it: as much as code that is in float32 inside."""
    size = np.abs(out)
    return Noise(np.full(out.shape, IN_FLOAT32 * size.max(initial=0)), size)


def noise_along(f: Callable[[float], Array], spacing: float) -> Array:
    """A bound on the rounding error of each output near t = 0; f(t) is evaluated `POINTS` times, and not at 0 itself.

    At 0 entries may tie, or be zero, and f have a kink. Infinite where f is not finite.
    """
    with np.errstate(all="ignore"):
        table = np.array([f(i * spacing) for i in range(1, POINTS + 1)])
        sigma = np.zeros(table.shape[1:])
        for order in range(1, max(ORDERS) + 1):
            table = np.diff(table, axis=0)
            if order in ORDERS:
                sigma = np.maximum(sigma, np.sqrt((table**2).mean(axis=0) / comb(2 * order, order)))
    return np.where(np.isfinite(sigma), MARGIN * sigma, np.inf)


def output_noise(function: Function, inputs: Sequence[Array], out: Array, rng: Draws) -> Array:
    """A bound on the rounding error of each output, as every entry of every input moves by a small share of itself.

    Where that is more than the dtype explains, and forward sees the last digits of its inputs, the points may be too
    far apart for all that f does: then nearer ones count as well. Infinite where forward raises.
    """
    epsilon = float(np.finfo(inputs[0].dtype).eps)
    try:
        noise = _noise_over(function, inputs, SPACING, rng)
        # An output whose terms happen to cancel rounds as much as others do.
        size = np.maximum(np.abs(out), np.abs(out).mean() / CANCELLED)
        suspicious = (noise > SUSPICIOUS * epsilon * size).any() and epsilon < NEAREST
        if suspicious and not any(
            rounds_input(InputProbe(function, inputs, position), out, rng) for position in range(len(inputs))
        ):
            noise = np.minimum(noise, _noise_over(function, inputs, NEAREST, rng))
    except Raised:
        return np.full(out.shape, np.inf)
    return noise


def _noise_over(function: Function, inputs: Sequence[Array], spacing: float, rng: Draws) -> Array:
    shares = [rng.uniform(0.5, 1.0, a.shape) * rng.signs(a.shape) for a in inputs]

    def f(t: float) -> Array:
        with np.errstate(all="ignore"):
            moved = [np.where(np.isfinite(a), a + a * t * s, a) for a, s in zip(inputs, shares, strict=True)]
        return function([m.astype(a.dtype) for m, a in zip(moved, inputs, strict=True)]).astype(np.float64)

    return noise_along(f, spacing)


def output_size(function: Function, inputs: Sequence[Array], out: Array, rng: Draws) -> Array:
    """How large each output is, not only at the inputs, where it may happen to cancel: |out| and how far it moves.

    Costs an evaluation. Raises NotWritten where forward does.
    """
    factors = [1 + FAR_SHARE * rng.uniform(0.5, 1.0, a.shape) * rng.signs(a.shape) for a in inputs]
    try:
        moved = function([(a * f).astype(a.dtype) for a, f in zip(inputs, factors, strict=True)])
    except Raised:  # outside the domain of forward
        return np.abs(out)
    if moved.shape != out.shape:
        return np.abs(out)
    with np.errstate(all="ignore"):
        return np.asarray(np.fmax(np.abs(out), np.abs(moved - out) / FAR_SHARE))


def rounds_input(probe: InputProbe, out: Array, rng: Draws) -> bool:
    """Whether forward is blind to the last digits of an input: most outputs stay as they are when these change.

    Costs an evaluation. Raises `Raised` or NotWritten where forward does.
    """
    share = LAST_DIGITS * float(np.finfo(probe.x.dtype).eps)
    moved = probe(own_scale(probe.x) * share * rng.uniform(0.5, 1.0, probe.x.shape) * rng.signs(probe.x.shape))
    return bool((moved == out).mean() > MOST)
