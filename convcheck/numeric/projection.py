"""All entries of a gradient at once, by random projections that round nothing (Freivalds 1977).

Let f be linear in x near the data, J its Jacobian, g the gradient that is claimed and g* = Jᵀ·dout the right one. For a
direction v both of these are one number, and the second costs one evaluation of f, whatever the size of x:

    Σₖ vₖ·gₖ = Σₒ doutₒ·(J v)ₒ,    J v = f(x + v) - f(x)

Each vₖ is drawn from 2^k equidistant values, all as likely. The chance that a wrong g passes:

1. Let S = Σₖ vₖ·gₖ - Σₒ doutₒ·(J v)ₒ. Where f rounds nothing, S = Σₖ vₖ·dₖ with d = g - g*.
2. Let dᵢ ≠ 0. Whatever the other vₖ are, S = 0 for at most one value of vᵢ: P(S = 0) ≤ 2^-k, for any real d ≠ 0, with
   one entry wrong or many, also where they cancel. It is 2^-k for one wrong entry, or two that cancel.
3. S is an integer multiple of the product of the grids of its factors. Modulo 2⁶⁴ it is summed without rounding. That
   alone would lose bits where every dₖ is a multiple of 2^j: no more than 2^-min(k, 64 - j) could be said.
4. So S is summed in float64 as well, with a bound on the rounding. Where that leaves |S| < 2⁶⁴, and S ≡ 0 modulo 2⁶⁴,
   S = 0: nothing is lost, and nothing need be known of the size or the grid of g*.
5. Directions are drawn independently: m of them leave 2^-(m·k). A block of entries that has outputs of its own has an
   identity of its own. The sum over the blocks is that of the whole, so 2. holds whether the blocks are so or not.

What 1. needs of f is tested by one more evaluation, at the sum of all directions: J(Σ v) = Σ J v, to the last bit. It
fails for code that rounds on the way (a transform, float32 inside), and for a function that bends there.
"""

from collections.abc import Sequence
from math import ceil, log2
from typing import NamedTuple

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.layers.locality import Same, Tie
from convcheck.numeric.data import scale_of
from convcheck.numeric.plan import directions_needed
from convcheck.numeric.probing import Probing

# Residues are those of 64-bit words.
WORD = 64
NOT_ON_A_GRID = "{} has values that are not multiples of one power of two"
NOT_ADDITIVE = "differences of forward along several directions do not add up to the last bit"
NO_ROOM = "the data leaves no bits for random directions"


class Projections(NamedTuple):
    """For each block, whether it agrees in every direction; `obstacle` is why nothing can be said, "" where it can.

    The blocks lie along the axes of the output that the entries share no output across. A wrong gradient would have
    agreed in all of them with probability 2^-`miss_bits` at most.
    """

    agrees: Array
    miss_bits: int
    obstacle: str = ""

    @property
    def proved(self) -> bool:
        """Whether the whole gradient agrees."""
        return not self.obstacle and bool(self.agrees.all())


class GridValues(NamedTuple):
    """An array as integers modulo 2⁶⁴ times 2^`exponent`; `floats` are the same integers in float64."""

    residues: Array
    floats: Array
    exponent: int


def project(probing: Probing, gradient: Array) -> Projections:
    """Hold a gradient of `probing.x` against random projections.

    Costs `directions_needed(probing.room).evaluations` of forward, none where that is None. Raises `Raised` or
    NotWritten where forward does.
    """
    room = probing.room
    needed = directions_needed(room)
    # An integer of `room` bits is less than 2^room units, and |x + v| less than twice the size of the data.
    unit = 2.0 ** (ceil(log2(scale_of(probing.x))) + 1 - room)
    if needed is None or not np.array_equal(np.rint(probing.x / unit), probing.x / unit):
        return _not_applicable(NO_ROOM)
    drawn = [unit * random_integers(probing.x.shape, needed.bits, probing.rng) for _ in range(needed.directions)]
    with np.errstate(all="ignore"):
        slopes = [probing.probe(direction) - probing.base for direction in drawn]
        together = probing.probe(sum_of(drawn)) - probing.base
        if not np.array_equal(together, sum_of(slopes)):
            return _not_applicable(NOT_ADDITIVE)
    agrees = np.ones((), dtype=bool)
    for direction, slope in zip(drawn, slopes, strict=True):
        identity = blocks_agree(direction, gradient, slope, probing.dout, probing.claim.ties)
        if isinstance(identity, str):
            return _not_applicable(identity)
        agrees = agrees & identity
    return Projections(agrees, needed.miss_bits)


def random_integers(shape: Sequence[int], bits: int, rng: Draws) -> Array:
    """Integers from -2^(bits-1) to 2^(bits-1) - 1, all as likely, in float64; `bits` is 53 at most."""
    half = 2.0 ** (bits - 1)
    return np.asarray(np.floor(rng.uniform(-half, half, tuple(shape))))


def blocks_agree(v: Array, gradient: Array, slope: Array, dout: Array, ties: Sequence[Tie]) -> Array | str:
    """Whether Σ v·gradient = Σ dout·slope in each block; or a sentence, where a value is on no grid."""
    # An output axis that two axes of the input are tied to makes blocks by one of them.
    axes = {tie.axis: number for number, tie in reversed([*enumerate(ties)]) if isinstance(tie, Same)}
    order = sorted(axes)
    factors = {"the direction": v, "the gradient": gradient, "the slope": slope, "dout": dout}
    on_grids = {name: on_grid(values) for name, values in factors.items()}
    for name, values in on_grids.items():
        if values is None:
            return NOT_ON_A_GRID.format(name)
    a, b, c, d = (values for values in on_grids.values() if values is not None)
    left, right = a.exponent + b.exponent, c.exponent + d.exponent
    unit = min(left, right)
    sums = _sums(a, b, left - unit, [axes[o] for o in order]), _sums(c, d, right - unit, order)
    (residue, size, error), (other_residue, other_size, other_error) = sums
    with np.errstate(all="ignore"):
        below_a_word = np.abs(size - other_size) + error + other_error < 2.0**WORD
    return np.asarray((residue == other_residue) & below_a_word)


def on_grid(values: Array) -> GridValues | None:
    """The values as integers times the largest power of two that allows it; None where those have 63 bits or more."""
    values = values.astype(np.float64, copy=False)
    size = np.abs(values).max(initial=0)
    if not np.isfinite(size):
        return None
    # The finest grid on which the largest value has no more bits than that.
    exponent = int(np.frexp(size)[1]) - (WORD - 2) if size else 0
    floats = shifted(values, -exponent)
    digits = floats.astype(np.int64)
    # Beside a large value a tiny one may have become zero.
    if not np.array_equal(digits, floats) or (exponent > 0 and not np.array_equal(shifted(floats, exponent), values)):
        return None
    # The lowest digit that is set in any of them.
    used = int(np.bitwise_or.reduce(digits, axis=None))
    unused = (used & -used).bit_length() - 1 if used else 0
    return GridValues((digits >> unused).view(np.uint64), shifted(floats, -unused), exponent + unused)


def shifted(values: Array, exponent: int) -> Array:
    """values·2^exponent, as np.ldexp has it in many times the time; in two factors, each of which is a float64."""
    return np.asarray(values * 2.0 ** (exponent // 2) * 2.0 ** (exponent - exponent // 2))


def sum_of(arrays: Sequence[Array]) -> Array:
    """Their sum, in their order."""
    total = arrays[0].copy()
    for array in arrays[1:]:
        total += array
    return total


def _sums(a: GridValues, b: GridValues, shift: int, kept: Sequence[int]) -> tuple[Array, Array, Array]:
    """Σ a·b·2^shift over all axes but those kept, in their order: modulo 2⁶⁴; in float64; a bound on its error."""
    summed = tuple(axis for axis in range(a.floats.ndim) if axis not in kept)
    order = [sorted(kept).index(axis) for axis in kept]
    factor = np.uint64(2**shift if shift < WORD else 0)
    with np.errstate(all="ignore"):
        residue = (a.residues * b.residues).sum(axis=summed, dtype=np.uint64) * factor
        terms = a.floats * b.floats
        total = terms.sum(axis=summed)
        # Higham (2002), section 4.2: n·u/(1 - n·u), in any order, and u more for each product; eps is 2u.
        count = terms.size // residue.size + 2
        error = count * np.finfo(np.float64).eps * np.abs(terms).sum(axis=summed)
        sums = residue, np.ldexp(total, shift), np.ldexp(error, shift)
    first, second, third = (np.asarray(each).transpose(order) for each in sums)
    return first, second, third


def _not_applicable(why: str) -> Projections:
    return Projections(np.zeros((), dtype=bool), 0, why)
