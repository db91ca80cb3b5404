"""Code in float16 or bfloat16: of its 8 to 11 bits differences have few to spare.

Where the same code runs in float64, or else in float32, and forward gives there what it gives in half precision but for
rounding, it is checked there in full, and the gradients in half precision are held against those, which the differences
have shown to be right. What is left to see is how backward rounds them: its bound is that of the dtype.

Code that takes half precision and nothing else is differentiated by long steps, with the error that these leave: what
is far off is wrong, what is near is right, and what is neither is undecided.
"""

import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from convcheck.checking.agreement.compare import compare_entries, missing_tensor
from convcheck.checking.agreement.criterion import (
    FAR_OFF,
    OVERHEAD,
    Criterion,
    at_least_mean,
    rounding_factor,
    tolerance_criterion,
)
from convcheck.checking.given import HandedOver
from convcheck.checking.result import Finding, Result, TensorResult
from convcheck.checking.subject import stream
from convcheck.checking.termination import status_of
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised, guarded
from convcheck.implementations.of_no_layer.given import HALVES, half_of
from convcheck.implementations.pair import Pair
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function

# Calls of backward with other signs of dout, and at inputs that are rounded otherwise.
SIGNS, ROUNDED = 8, 4
# Long steps, as shares of an entry's size.
STEPS = (*(2.0**-power for power in range(1, 9)),)
# So many of them, the shortest, show stairs alone.
FINER = 3
# By long steps, what is off by no more than so many bounds is undecided, and so is what a wider bound calls right.
MARGIN, WIDEST = 4.0, 0.25
# Entries of an output that code in half precision inside gives have no more bits.
BITS = 11
# Numbers of this size times the epsilon and less are not normal, in float16 above all.
SMALLEST = 2.0**-14


class _Reference(NamedTuple):
    """What gradients are held against: a value for each entry, its error, and the size of the terms behind it.

    By long steps, `shorter` has for each shorter step and each entry the slopes of both sides and their noise.
    """

    value: Array
    error: Array
    size: Array
    said: str
    shorter: Array | None = None


def checked_in_half(given: HandedOver, checked: Callable[..., Result], dout: Any, seed: int) -> Result:
    """The `Result` of what is given in half precision; `checked` gives that of the same in a wider dtype.

    `checked` raises TypeError and ValueError as it does.
    """
    start, rng = time.perf_counter(), stream(seed, "half precision")
    dtype = _coarsest(given)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        narrow = _Passes(given, Function(given.pair.forward))
        try:
            narrow.run()
        except (Raised, NotWritten):
            return checked(given._replace(wider=()), dout, seed=seed)._replace(dtype=dtype)
        wide = next((one for one in given.wider if _is_the_same(one, narrow, HALVES[dtype], rng)), None)
        if wide is not None:
            result = checked(wide, dout, seed=seed)
            if result.status in ("pass", "undecided"):
                tolerance = getattr(checked, "keywords", {}).get("tolerance")
                result = _with_rounding(result, wide, narrow, dtype, rng, tolerance)
            else:
                result = _with_note(result, f"checked in {result.dtype}, in which the same code is called")
        else:
            result = _by_long_steps(narrow, dtype, seed, rng)
    return result._replace(dtype=dtype, seconds=time.perf_counter() - start)


def _coarsest(given: HandedOver) -> str:
    return max((name for name in map(half_of, given.inputs.values()) if name), key=HALVES.__getitem__)


class _Passes:
    """Both passes on plain arrays, at the inputs that were handed over or others."""

    def __init__(self, given: HandedOver, function: Function) -> None:
        self.given, self.function = given, function
        self.arrays = [*given.arrays.values()]
        self.backward_evaluations = 0
        self.out = np.empty(0)

    def run(self, inputs: Sequence[Array] | None = None) -> tuple[Array, Any]:
        """The output, and the cache. Raises Raised and NotWritten."""
        got, cache = self.function.received([a.copy() for a in (self.arrays if inputs is None else inputs)])
        out = np.empty(0) if got.values is None else np.asarray(got.values)
        if inputs is None:
            self.out = out
        return out, cache

    def gradients(self, dout: Array, inputs: Sequence[Array] | None = None) -> list[Any]:
        """Those of all inputs. Raises Raised and NotWritten."""
        out, cache = self.run(inputs)
        return self.of(dout.astype(out.dtype), cache)

    def of(self, dout: Array, cache: Any) -> list[Any]:
        """Those of one forward. Raises Raised and NotWritten."""
        self.backward_evaluations += 1
        got = guarded("backward", _called, self.given.pair, dout.copy(), cache)
        return [np.asarray(one, dtype=float) for one in (got if isinstance(got, (tuple, list)) else (got,))]


def _called(pair: Pair, dout: Array, cache: Any) -> Any:
    return pair.backward(dout, cache)


def _is_the_same(given: HandedOver, narrow: _Passes, epsilon: float, rng: Draws) -> bool:
    """Whether the code takes this wider dtype, and gives there what it gives in half precision, but for rounding."""
    wide = _Passes(given, Function(given.pair.forward))
    try:
        out, cache = wide.run()
        if out.dtype not in (np.float64, np.float32) or out.shape != narrow.out.shape or not out.size:
            return False
        finite = np.isfinite(narrow.out) & np.isfinite(out)
        size = float(np.abs(out[finite]).max(initial=0))
        slack = rounding_factor(max(a.size for a in wide.arrays)) * epsilon * size
        if not (np.abs(out - narrow.out)[finite] <= slack).all() or _rounds_to_half(wide, rng):
            return False
        wide.of(np.ones(out.shape, out.dtype), cache)
    except (Raised, NotWritten):
        return False
    return True


def _rounds_to_half(wide: _Passes, rng: Draws) -> bool:
    """Whether what forward gives has no more digits than half precision, though its inputs have."""
    inputs = [(a * (1 + 2.0**-6 * rng.uniform(0.5, 1.0, a.shape))).astype(a.dtype) for a in wide.arrays]
    out, _ = wide.run(inputs)
    fraction, _ = np.frexp(out[np.isfinite(out)].astype(float))
    scaled = fraction * 2.0**BITS
    return bool((scaled == np.rint(scaled)).all()) and not np.array_equal(out, np.rint(out))


def _dout(out: Array, rng: Draws) -> Array:
    """One of so few bits that half precision has them all, and no zeros."""
    drawn = np.minimum(np.maximum(np.rint(np.asarray(rng.normal(out.shape)) * 16), -64), 64)
    return np.asarray(np.where(drawn == 0, 1, drawn) / 16)


def _with_rounding(
    result: Result, given: HandedOver, narrow: _Passes, dtype: str, rng: Draws, tolerance: float | None
) -> Result:
    """The `result` in a wider dtype with the verdicts on the gradients in half precision."""
    epsilon, wide = HALVES[dtype], _Passes(given, Function(given.pair.forward))
    dout = _dout(narrow.out, rng)
    try:
        got, again = narrow.gradients(dout), narrow.gradients(dout)
    except (Raised, NotWritten) as error:
        said = error.sentence() if isinstance(error, Raised) else str(error.args[0])
        findings = (*result.findings, Finding("raised", "error", f"in {dtype}, {said}"))
        return result._replace(findings=findings, status="error")
    expected = wide.gradients(dout)
    sizes = [np.abs(one) for one in expected]
    for _ in range(SIGNS):
        flipped = wide.gradients(dout * rng.signs(dout.shape))
        sizes = [np.fmax(size, np.abs(one)) for size, one in zip(sizes, flipped, strict=True)]
    moved = [np.zeros(one.shape) for one in expected]
    for _ in range(ROUNDED):
        other = [(a * (1 + epsilon / 2 * rng.uniform(-1, 1, a.shape))).astype(a.dtype) for a in wide.arrays]
        near = wide.gradients(dout * (1 + epsilon / 2 * rng.uniform(-1, 1, dout.shape)), other)
        moved = [np.fmax(m, np.abs(one - right)) for m, one, right in zip(moved, near, expected, strict=True)]
    said = f"the gradient in {result.dtype}, which differences of forward in {result.dtype} show to be right"
    tensors = []
    for number, tensor in enumerate(result.tensors):
        if tensor.verdict == "undecided":
            tensors.append(tensor)
            continue
        if number >= len(got) or got[number].shape != expected[number].shape:
            tensors.append(missing_tensor(tensor.name, tensor.shape, said))
            continue
        reference = _Reference(expected[number], OVERHEAD / 2 * moved[number], sizes[number], said)
        tensors.append(_compared(tensor.name, got[number], reference, narrow, number, dout, epsilon, tolerance))
    found = [*result.findings]
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(got, again, strict=True)):
        message = f"in {dtype}, backward gives different bits when forward and backward are called again"
        found.append(Finding("backward-not-deterministic", "error", message))
    result = result._replace(
        tensors=tuple(tensors),
        findings=tuple(found),
        status=status_of("whole", tensors, found, "pass"),
        backward_evaluations=result.backward_evaluations + narrow.backward_evaluations + wide.backward_evaluations,
        forward_evaluations=result.forward_evaluations + narrow.function.evaluations + wide.function.evaluations,
    )
    message = (
        f"slopes are forward's in {result.dtype}, where the same code was checked; backward was called in {dtype} as "
        f"well, and its bound there is {dtype}'s rounding"
    )
    return _with_note(result, message)


def _compared(
    name: str,
    got: Array,
    reference: _Reference,
    narrow: _Passes,
    number: int,
    dout: Array,
    epsilon: float,
    tolerance: float | None,
) -> TensorResult:
    """The verdict on one gradient in half precision, held against the same in a wider dtype."""
    undecided = {"overflow": ~np.isfinite(got) & (not np.isfinite(narrow.out).all())}
    if tolerance is not None:
        criterion = tolerance_criterion(tolerance, got, reference.value)
    else:
        factor = rounding_factor(dout.size)
        least = epsilon * SMALLEST * factor * float(np.abs(dout).max(initial=0))
        bound = factor * epsilon * at_least_mean(reference.size) + reference.error + least
        limit = f"{factor:.3g}·{epsilon:g}·Σ|terms| + {OVERHEAD / 2:g}·(how far it moves when inputs are rounded)"
        criterion = Criterion(bound, np.zeros(bound.shape, bool), f"|analytic − numeric| ≤ {limit}")
        undecided["bound too wide"] = _may_be_rounding(
            np.abs(got - reference.value), bound, narrow, number, dout, epsilon
        )
    return compare_entries(name, got, reference.value, criterion, reference.said, undecided).with_map


def _may_be_rounding(off: Array, bound: Array, narrow: _Passes, number: int, dout: Array, epsilon: float) -> Array:
    """What is beyond the bound, and no more than what rounding of the output could hide.

    So it is where the output does not move with its input, as behind what is saturated: what backward makes of
    the rounded output there is rounding altogether.
    """
    x = np.abs(narrow.arrays[number]).max(initial=0)
    natural = float(np.abs(dout).max(initial=0)) * float(np.abs(narrow.out).max(initial=0)) / max(float(x), SMALLEST)
    return np.asarray((off > bound) & (off <= FAR_OFF * epsilon * natural))


def _with_note(result: Result, message: str) -> Result:
    return result._replace(findings=(*result.findings, Finding("half-precision", "note", message)))


def _by_long_steps(narrow: _Passes, dtype: str, seed: int, rng: Draws) -> Result:
    """The `Result` for code that takes half precision and nothing else."""
    epsilon, given = HALVES[dtype], narrow.given
    dout = _dout(narrow.out, rng)
    findings: list[Finding] = []
    tensors: list[TensorResult] = []
    ended: Any = "whole"
    try:
        got, again = narrow.gradients(dout), narrow.gradients(dout)
        if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(got, again, strict=True)):
            message = "backward gives different bits when forward and backward are called again with the same input"
            findings.append(Finding("backward-not-deterministic", "error", message))
        for number, (name, x) in enumerate(given.arrays.items()):
            said = f"central differences of forward in {dtype}, by long steps"
            if number >= len(got) or got[number].shape != x.shape:
                tensors.append(missing_tensor("d" + name, x.shape, said))
                continue
            reference = _long_slopes(narrow, number, dout, epsilon, said)
            tensors.append(_by_reference("d" + name, got[number], reference, narrow, number, dout, epsilon))
    except (Raised, NotWritten) as error:
        ended, message = "raised", error.sentence() if isinstance(error, Raised) else str(error.args[0])
        findings.append(Finding("raised", "error", message))
    message = (
        f"the code takes {dtype} alone: its slopes are those of long steps, and small mistakes are not seen in them"
    )
    findings.append(Finding("half-precision", "note", message))
    return Result(
        id="gradcheck",
        layer="function",
        spec={name: list(array.shape) for name, array in given.arrays.items()},
        output_shape=tuple(narrow.out.shape),
        implementation=given.pair.name,
        dtype=dtype,
        data="given",
        seed=seed,
        scheme="auto",
        expect="pass",
        status=status_of(ended, tensors, findings, "pass"),
        tensors=tuple(tensors),
        findings=tuple(findings),
        forward_evaluations=narrow.function.evaluations,
        backward_evaluations=narrow.backward_evaluations,
        seconds=0.0,
    )


def _by_reference(
    name: str, got: Array, reference: _Reference, narrow: _Passes, number: int, dout: Array, epsilon: float
) -> TensorResult:
    """The verdict by long steps: right, far off, or neither."""
    size = at_least_mean(reference.size)
    bound = reference.error + rounding_factor(dout.size) * epsilon / 2 * size
    off = np.abs(got - reference.value)
    near, zero = (off > bound) & (off <= MARGIN * bound), (got == 0) & (off > bound)
    wide = (off <= bound) & (bound > WIDEST * size) & (off > 0)
    # A stair looks like that: its gradient is zero, and long steps climb it.
    unknown = (
        near
        | zero
        | wide
        | _is_seen_by_shorter_steps(got, off, reference)
        | _may_be_rounding(off, bound, narrow, number, dout, epsilon)
    )
    criterion = Criterion(bound, unknown, f"|analytic − numeric| ≤ the error of long steps + {epsilon:g}·Σ|terms|")
    overflow = {"overflow": ~np.isfinite(got) & (not np.isfinite(narrow.out).all())}
    return compare_entries(name, got, reference.value, criterion, reference.said, overflow).with_map


def _is_seen_by_shorter_steps(got: Array, off: Array, reference: _Reference) -> Array:
    """Which gradients are the slope of either side, as far as a shorter step shows one: longer ones climb a stair."""
    assert reference.shorter is not None
    above, below, noise = reference.shorter
    nearer = np.minimum(np.abs(above - got), np.abs(below - got))
    return np.asarray(((4 * noise <= off) & (nearer <= 2 * noise + off / 4)).any(axis=0))


def _long_slopes(narrow: _Passes, number: int, dout: Array, epsilon: float, said: str) -> _Reference:
    """The slopes of Σ dout·out along each entry of one input, with their errors. Raises Raised and NotWritten."""
    form, name = narrow.given.form, [*narrow.given.arrays][number]
    x, like = narrow.arrays[number], narrow.given.inputs[name]

    def rounded(values: Array) -> Array:
        return np.asarray(form.numbers(form.made(values.copy(), like)), dtype=float)

    typical = float(np.sqrt((x * x).mean())) or 1.0
    value, error, size = (np.zeros(x.shape) for _ in range(3))
    shorter = np.full((3, len(STEPS), x.size), np.nan)
    for entry in range(x.size):
        base = max(abs(float(x.flat[entry])), typical)
        central, sides, noise, terms = [], [], [], []
        best, chosen = np.inf, 0
        for step, share in enumerate(STEPS):
            high, low = x.copy(), x.copy()
            high.flat[entry] += share * base
            low.flat[entry] -= share * base
            high, low = rounded(high), rounded(low)
            up, down = (
                narrow.run([a if i != number else moved for i, a in enumerate(narrow.arrays)])[0]
                for moved in (high, low)
            )
            width = float(high.flat[entry] - low.flat[entry])
            moves = up != down
            central.append(float((dout * (up - down)).sum()) / width)
            above, below = float((high - x).flat[entry]), float((x - low).flat[entry])
            slopes = (up - narrow.out) / above, (narrow.out - down) / below
            right, left = (float((dout * slope).sum()) for slope in slopes)
            sides.append(right - left)
            weight = np.abs(dout) * np.maximum(np.abs(up), np.abs(down))
            noise.append(2 * epsilon * float(weight[moves].sum()) / width)
            terms.append(float(np.abs(dout * (up - down)).sum()) / width)
            shorter[:, step, entry] = right, left, 2 * noise[-1]
        # Two steps that agree by chance are not to be believed where the one before is far from them.
        for k in range(1, len(STEPS) - FINER):
            apart = abs(central[k] - central[k - 1])
            before = abs(central[k - 1] - central[k - 2]) / 4 if k > 1 else 0.0
            bend = abs(2 * sides[k] - sides[k - 1]) / 2
            # What shorter steps show beyond their noise is a stair that longer ones climb.
            finer = [abs(central[j] - central[k]) - noise[j] for j in range(k + 1, len(STEPS))]
            sure = 2 * max(apart, before) + noise[k] + bend + max(0.0, *finer)
            if sure < best:
                best, value.flat[entry], size.flat[entry], chosen = sure, central[k], terms[k], k
        error.flat[entry] = best
        shorter[:, : chosen + 1, entry] = np.nan
        if not np.isfinite(best):
            value.flat[entry] = np.nan
    return _Reference(value, error, size, said, shorter.reshape(3, len(STEPS), *x.shape))
