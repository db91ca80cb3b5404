"""All entries of a gradient at once, by random projections that round nothing (Freivalds 1977).

Let f be linear in x near the data, J its Jacobian, g the gradient that is claimed and g* = Jᵀ·dout the right one. For a
direction v both of these are one number, and the second costs one evaluation of f, whatever the size of x:

    Σₖ vₖ·gₖ = Σₒ doutₒ·(J v)ₒ,    J v = f(x + v) - f(x)

Each vₖ is drawn from 2^k values, all as likely, none of them zero. The chance that a wrong g passes:

1. Let S = Σₖ vₖ·gₖ - Σₒ doutₒ·(J v)ₒ. Where f rounds nothing, S = Σₖ vₖ·dₖ with d = g - g*.
2. Let dᵢ ≠ 0. Whatever the other vₖ are, S = 0 for at most one value of vᵢ: P(S = 0) ≤ 2^-k, for any real d ≠ 0, with
   one entry wrong or many, also where they cancel. It is 2^-k for two that cancel, and for one alone it is 0.
3. S is an integer multiple of the product of the grids of its factors. Modulo 2⁶⁴ it is summed without rounding. That
   alone would lose bits where every dₖ is a multiple of 2^j: no more than 2^-min(k, 64 - j) could be said.
4. So S is summed in float64 as well, with a bound on the rounding. Where that leaves |S| < 2⁶⁴, and S ≡ 0 modulo 2⁶⁴,
   S = 0: nothing is lost, and nothing need be known of the size or the grid of g*.
5. Directions are drawn independently: m of them leave 2^-(m·k). A block of entries that has outputs of its own has an
   identity of its own. The sum over the blocks is that of the whole, so 2. holds whether the blocks are so or not.

What 1. needs of f is tested by one more evaluation, at the sum of all directions: J(Σ v) = Σ J v, to the last bit. It
fails for code that rounds on the way (a transform, float32 inside), and for a function that bends there. Where f is
piecewise linear, v stays below the gap between the entries of x, and f(x) - f(x - v) has to be J v as well.
"""

from collections.abc import Sequence
from math import ceil, floor, frexp, isfinite, log2
from typing import NamedTuple

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.layers.locality import Tie
from convcheck.numeric.blocks import blocks_of
from convcheck.numeric.data import scale_of
from convcheck.numeric.plan import directions_needed
from convcheck.numeric.probing import Probing

# Residues are those of 64-bit words.
WORD = 64
MANTISSA = np.finfo(np.float64).nmant
EPSILON = 2.0**-MANTISSA
LARGEST_EXPONENT = 1022
# Linearity is tested at so many distances; the nearest and the farthest to both sides.
RUNGS = 9
LINEARITY_COST = RUNGS + 2
NOT_ON_A_GRID = "{} has values that are not multiples of one power of two"
NOT_ADDITIVE = "differences of forward along several directions do not add up to the last bit"
KINKED = "differences of forward to both sides are not the same to the last bit"
NO_ROOM = "the data leaves no bits for random directions"


class Projections(NamedTuple):
    """For each block, whether it agrees in every direction; `obstacle` is why nothing can be said, "" where it can.

    The blocks lie along the axes of the output that the entries share no output across. A wrong gradient would have
    agreed in all of them with probability 2^-`miss_bits` at most. `slopes` are those in `directions`.
    """

    agrees: Array
    miss_bits: int
    obstacle: str = ""
    directions: Sequence[Array] = ()
    slopes: Sequence[Array] = ()

    @property
    def proved(self) -> bool:
        """Whether the whole gradient agrees."""
        return not self.obstacle and bool(self.agrees.all())

    @property
    def disproved(self) -> bool:
        """Whether some of it does not."""
        return not self.obstacle and not self.agrees.all()


class GridValues(NamedTuple):
    """An array as integers, of at most `bits` bits, times 2^`exponent`: they stand in float64 in `floats`."""

    floats: Array
    exponent: int
    bits: int

    @property
    def residues(self) -> Array:
        """The integers modulo 2⁶⁴."""
        return self.floats.astype(np.int64).view(np.uint64)


class _Axes(NamedTuple):
    """The axes of an array that are `summed`, and the `order` in which the others are to stand."""

    summed: tuple[int, ...]
    order: list[int]

    @classmethod
    def but(cls, kept: Sequence[int], number: int) -> "_Axes":
        """All of that number of axes but those kept, in their order."""
        order = [sorted(kept).index(axis) for axis in kept]
        return cls(tuple([axis for axis in range(number) if axis not in kept]), order)

    def sums(self, values: Array) -> Array:
        """The sum over each block, in the dtype of the values."""
        sums = values.sum(axis=self.summed)
        return np.asarray(sums.transpose(self.order) if len(self.order) > 1 else sums)


class ExactIdentity:
    """Σ v·gradient = Σ dout·(J v) in each block of outputs that no two entries share across, for any direction v.

    `obstacle` says which of the values are on no grid, "" where all are.
    """

    def __init__(self, gradient: Array, dout: Array, ties: Sequence[Tie]) -> None:
        of_input, of_output = blocks_of(ties)
        self._inputs, self._outputs = _Axes.but(of_input, gradient.ndim), _Axes.but(of_output, dout.ndim)
        self._gradient, self._dout = on_grid(gradient), on_grid(dout)
        off = "the gradient" if self._gradient is None else "dout" if self._dout is None else ""
        self.obstacle = off and NOT_ON_A_GRID.format(off)

    def agrees(self, v: Array, slope: Array) -> Array | str:
        """Whether it holds, by block; or a sentence, where a value is on no grid."""
        along = on_grid(v)
        return NOT_ON_A_GRID.format("the direction") if along is None else self.agrees_along(along, slope)

    def agrees_along(self, along: GridValues, slope: Array) -> Array | str:
        """As `agrees`, where the direction is known on its grid."""
        if self._gradient is None or self._dout is None:
            return self.obstacle
        if (changes := on_grid(slope)) is None:
            return NOT_ON_A_GRID.format("the slope")
        left, right = along.exponent + self._gradient.exponent, changes.exponent + self._dout.exponent
        unit = min(left, right)
        inputs = (along, self._gradient, left - unit, self._inputs)
        outputs = (changes, self._dout, right - unit, self._outputs)
        agrees = _residues(*inputs) == _residues(*outputs)
        apart = np.abs(_sums(*inputs) - _sums(*outputs))
        return np.asarray(agrees & (apart + _rounding(*inputs) + _rounding(*outputs) < 2.0**WORD))


def project(probing: Probing, gradient: Array) -> Projections:
    """Hold a gradient of `probing.x`, of kind linear or kinked, against random projections.

    Costs `directions_needed(probing.room).evaluations(kind)` of forward at most, none where that is None. Raises
    `Raised` or NotWritten where forward does.
    """
    needed, unit = directions_needed(probing.room), unit_of(probing)
    if needed is None or not unit:
        return _not_applicable(NO_ROOM)
    identity = ExactIdentity(gradient, probing.dout, probing.claim.ties)
    if identity.obstacle:
        return _not_applicable(identity.obstacle)
    units = [random_integers(probing.x.shape, needed.bits, probing.rng) for _ in range(needed.directions)]
    drawn = [unit * integers for integers in units]
    slopes = []
    with np.errstate(all="ignore"):
        for direction in drawn:
            slope = exact_slope(probing, direction)
            if slope is None:
                return _not_applicable(KINKED)
            slopes.append(slope)
        together = probing.probe(sum_of(drawn)) - probing.base
        if not (together == sum_of(slopes)).all():
            return _not_applicable(NOT_ADDITIVE)
        agrees = np.ones((), dtype=bool)
        exponent = frexp(unit)[1] - 1
        for integers, slope in zip(units, slopes, strict=True):
            by_block = identity.agrees_along(GridValues(integers, exponent, needed.bits), slope)
            if isinstance(by_block, str):
                return _not_applicable(by_block)
            agrees = agrees & by_block
    return Projections(agrees, needed.miss_bits, "", drawn, slopes)


def unit_of(probing: Probing) -> float:
    """The grid of random directions: a power of two; 0 where x does not lie on it, or has too many bits of it."""
    room, x = probing.room, probing.x.astype(np.float64, copy=False)
    if probing.claim.kind == "kinked":
        # Half of the gap is two steps. Signed integers of `room` bits are no more than 2^(room - 1) units.
        unit = probing.steps.step * 2.0 ** (2 - room)
        most = 2.0 ** (1 - round(log2(probing.epsilon))) - 2.0 ** (room - 1)
    else:
        # Integers of `room` bits are less than 2^room units, and |x + v| less than twice the size of the data.
        unit = 2.0 ** (ceil(log2(scale_of(x))) + 1 - room)
        most = 2.0**room
    units = x / unit
    on_the_grid = (np.rint(units) == units).all() and np.maximum.reduce(np.abs(units), axis=None) <= most
    return unit if on_the_grid else 0.0


def exact_slope(probing: Probing, direction: Array) -> Array | None:
    """J v for v = `direction`; None where a kinked input has another one to the other side."""
    slope = probing.probe(direction) - probing.base
    if probing.claim.kind == "kinked" and not (slope == probing.base - probing.probe(-direction)).all():
        return None
    return slope


def is_exactly_linear(probing: Probing) -> bool:
    """Whether f(x + h·d) is f(x) + h·s to the last bit: for one random direction d, one slope s, any length h.

    For an x that `project` applies to. h goes from the grid of its directions to as far as forward rounds nothing if
    that grid is as coarse as x's; of a kinked x, as far as no entry reaches another. Costs `LINEARITY_COST` evaluations
    at most. Raises `Raised` or NotWritten where forward does.
    """
    own, nearest = on_grid(probing.x), unit_of(probing)
    if own is None or not nearest:
        return False
    # Entries of d are less than 4.
    direction = probing.rng.integers(1, 4, probing.x.shape) * probing.rng.signs(probing.x.shape)
    kinked = probing.claim.kind == "kinked"
    farthest = probing.steps.step / 2 if kinked else 2.0 ** (own.exponent + probing.room - 3)
    octaves = max(0, floor(log2(farthest / nearest)))
    rungs = [round(i * octaves / (RUNGS - 1)) for i in range(RUNGS)]
    lengths = [nearest * 2.0**rung * (-1) ** i for i, rung in enumerate(rungs)]
    lengths += [-lengths[0], -lengths[-1]]
    with np.errstate(all="ignore"):
        slope = (probing.probe(direction * lengths[0]) - probing.base) / lengths[0]
        return all(
            np.array_equal(probing.probe(direction * h) - probing.base, h * slope) for h in reversed(lengths[1:])
        )


def random_integers(shape: Sequence[int], bits: int, rng: Draws) -> Array:
    """Integers up to 2^(bits-1) in magnitude, without zero, all as likely, in float64; `bits` is 53 at most."""
    half = 2.0 ** (bits - 1)
    drawn = np.asarray(np.floor(rng.uniform(-half, half, tuple(shape))))
    drawn += drawn >= 0
    return drawn


def on_grid(values: Array) -> GridValues | None:
    """The values as integers times the largest power of two that allows it; None where those have 63 bits or more."""
    values = values.astype(np.float64, copy=False)
    size = float(np.maximum.reduce(np.abs(values), axis=None, initial=0))
    if not isfinite(size):
        return None
    # The finest grid on which the largest value has no more bits than that.
    bits = WORD - 2
    exponent = frexp(size)[1] - bits if size else 0
    floats = shifted(values, -exponent)
    digits = floats.astype(np.int64)
    # Beside a large value a tiny one may have become zero.
    if not (digits == floats).all() or (exponent > 0 and not np.array_equal(shifted(floats, exponent), values)):
        return None
    # The lowest digit that is set in any of them.
    used = int(np.bitwise_or.reduce(digits, axis=None))
    unused = (used & -used).bit_length() - 1 if used else 0
    floats *= 2.0**-unused
    return GridValues(floats, exponent + unused, bits - unused)


def shifted(values: Array, exponent: int) -> Array:
    """values·2^exponent, as np.ldexp has it in many times the time; in two factors where one is no float64."""
    if abs(exponent) < LARGEST_EXPONENT:
        return np.asarray(values * 2.0**exponent)
    return np.asarray(values * 2.0 ** (exponent // 2) * 2.0 ** (exponent - exponent // 2))


def sum_of(arrays: Sequence[Array]) -> Array:
    """Their sum, in their order."""
    total = arrays[0].copy()
    for array in arrays[1:]:
        total += array
    return total


def _residues(a: GridValues, b: GridValues, shift: int, axes: _Axes) -> Array:
    """Σ a·b·2^shift in each block modulo 2⁶⁴."""
    products = a.residues
    products *= b.residues
    return axes.sums(products) << np.uint64(shift)


def _sums(a: GridValues, b: GridValues, shift: int, axes: _Axes) -> Array:
    """Σ a·b·2^shift in each block, in float64."""
    return np.ldexp(axes.sums(a.floats * b.floats), shift)


def _rounding(a: GridValues, b: GridValues, shift: int, axes: _Axes) -> Array | float:
    """A bound on the rounding of those sums."""
    # Higham (2002), section 4.2: n·u/(1 - n·u) of Σ|terms|, in any order, and u more for each product; eps is 2u.
    count = a.floats.size + 2
    bits = 2 * count.bit_length() + a.bits + b.bits + shift - MANTISSA
    # As if all were one sum of terms as large as any can be: of most, that is little enough.
    if bits < WORD - 2:
        return 2.0**bits
    sizes = axes.sums(np.abs(a.floats * b.floats))
    return np.ldexp((a.floats.size // sizes.size + 2) * EPSILON * sizes, shift)


def _not_applicable(why: str) -> Projections:
    return Projections(np.zeros((), dtype=bool), 0, why)
