"""The findings on code that breaks its contract: each function here words one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from convcheck.checking.result import Finding, Severity, Verdict
from convcheck.checking.subject import NOTHING
from convcheck.implementations.received import Received
from convcheck.spec.showing import count
from convcheck.spec.sizes import Shape

# The codes of what differs from one call to the next without a reason.
BY_CHANCE = ("not-deterministic", "backward-not-deterministic")
RANDOM = "look for random numbers, state kept between calls, or memory that is never written (np.empty)"


def wrong_shape(
    by: str, tensor: str, got: Received, expected: Shape | None, hints: Mapping[str, str] = NOTHING
) -> Finding:
    """`got`, which the pass `by` returned as `tensor`, is not an array of real numbers of the shape expected.

    `hints` are what the layer says of its arrays (`Words.hints`).
    """
    received = got.described
    if got.values is not None and got.real is None:
        received += " with imaginary parts"
    wanted = "an array of real numbers" if expected is None else f"real numbers of shape {expected}"
    if expected is not None and got.real is not None:
        wanted = f"shape {expected}"
    message = f"{by} returned {received} as {_in_words(tensor)}, expected {wanted}"
    return Finding("wrong-shape", "error", message, tensor, _shape_hint(got, expected, hints))


def _shape_hint(got: Received, expected: Shape | None, hints: Mapping[str, str]) -> str | None:
    """What the layer says of an image that is empty, or two rows and two columns off."""
    if expected == () and got.shape is not None and "one number" in hints:
        return hints["one number"]
    if expected is not None and got.shape is not None and (axes := _broadcast_along(expected, got.shape)):
        along = str(axes[0]) if len(axes) == 1 else str(tuple(axes))
        kept = ", keepdims=True" if len(expected) == len(got.shape) else ""
        return f"where forward broadcasts it, its gradient is added up again: .sum(axis={along}{kept})"
    if expected is None or got.shape is None or len(got.shape) != len(expected) or len(expected) < 2:
        return None
    rows, columns = (a - b for a, b in zip(got.shape[-2:], expected[-2:], strict=True))
    if rows == columns and abs(rows) == 2:
        return hints.get("two off")
    return hints.get("cropped") if 0 in got.shape[-2:] and 0 not in expected[-2:] else None


def _broadcast_along(shape: Shape, wider: Shape) -> list[int]:
    """The axes along which an array of this shape has to be broadcast to be as wide; none where it cannot be."""
    short = (1,) * (len(wider) - len(shape)) + tuple(shape)
    if len(short) != len(wider) or any(one not in (1, many) for one, many in zip(short, wider, strict=True)):
        return []
    new = len(wider) - len(shape)
    return [axis for axis, (one, many) in enumerate(zip(short, wider, strict=True)) if axis < new or one != many]


def misshapen(tensor: str, got: Shape, expected: Shape, verdict: Verdict | None) -> Finding:
    """Backward returned `tensor` in another shape, in which its values could be compared, with this verdict if any."""
    right, wrong = verdict in ("exact", "within_bound"), verdict == "wrong"
    what = "values right, shape wrong" if right else "values and shape wrong" if wrong else "shape wrong"
    message = f"{what}: backward returned {tensor} in shape {got}, expected {expected}"
    in_order = [n for n in got if n != 1] == [n for n in expected if n != 1] or len(got) != len(expected)
    mend = f"{tensor}.reshape({tensor[1:]}.shape)"
    hint = mend if in_order else f"its axes stand in another order than those of {tensor[1:]}: transpose it"
    return Finding("wrong-shape", "error", message, tensor, hint)


def swapped(names: Sequence[str], order: Sequence[int]) -> Finding:
    """Backward returned the gradients in another order: that of input number i is in place `order[i]`."""
    given = ", ".join(name for _, name in sorted(zip(order, names, strict=True)))
    wanted = ", ".join(names)
    message = f"backward returned the gradients in the order {given}, expected {wanted}"
    return Finding("swapped", "error", message, None, f"return {wanted}")


def wrong_container(by: str, tensor: str, got: Received) -> list[Finding]:
    """A finding where numbers came in anything but a plain array: an error where that holds no gradient of NumPy's.

    Subclasses of ndarray have the right numbers, and another arithmetic (np.matrix) or other rules (a mask).
    """
    if not got.container:
        return []
    what = f"{by} returned {got.described} as {_in_words(tensor)}"
    if got.masked:
        message = f"{what}, with {count(got.masked, 'masked entry', 'masked entries')}: what is masked has no value"
        return [Finding("wrong-type", "error", message, tensor, "fill them: a.filled(0)")]
    severity: Severity = "warning" if got.described.startswith("an array") else "error"
    message = f"{what}, expected a plain array: its values are compared"
    return [Finding("wrong-type", severity, message, tensor, "np.asarray makes it one")]


def wrong_count(got: int, names: list[str]) -> Finding:
    """Backward returned another number of gradients than there are inputs."""
    wanted = ", ".join(names)
    in_order = ", in this order" if len(names) > 1 else ""
    message = f"backward returned {count(got, 'gradient')}, expected {len(names)}: {wanted}"
    return Finding("wrong-shape", "error", message, None, f"return {wanted}{in_order}")


def dtype_and_finiteness(tensor: str, got: Received, dtype: np.dtype[Any]) -> list[Finding]:
    """Findings on the dtype of an array of real numbers, and on entries that are NaN or infinite."""
    findings = []
    given = got.dtype
    # The order of the bytes is no matter of precision.
    if given is not None and given != dtype and given.newbyteorder("=") != dtype:
        # Code that allocates with np.zeros returns float64 for float32: more digits than were asked for do no harm.
        wider = given.kind == "f" and given.itemsize > dtype.itemsize
        severity: Severity = "warning" if wider else "error"
        message = f"{_in_words(tensor)} is {given}, expected {dtype}, the dtype of the inputs"
        hint = "allocate results with the dtype of x, np.zeros_like(x)"
        if wider:
            # Numbers of Python's take the dtype of what they meet; those that NumPy makes of them do not.
            hint += "; what NumPy makes of plain numbers has 64 bits and widens x: np.sqrt(2), np.where(x > 0, 1, 0)"
        findings.append(Finding("wrong-dtype", severity, message, tensor, hint))
    assert got.real is not None
    if bad := got.real.size - np.count_nonzero(np.isfinite(got.real)) - got.masked:
        message = f"{bad} of {got.real.size} entries of {_in_words(tensor)} are NaN or infinite"
        findings.append(Finding("not-finite", "error", message, tensor))
    return findings


def overwritten(by: str, tensor: str) -> Finding:
    """The pass `by` changed one of its arguments. Much right code scales dout in place, so that is a warning."""
    severity: Severity = "warning" if tensor == "dout" else "error"
    hint = f"work on a copy: {tensor} = {tensor}.copy()"
    return Finding("input-overwritten", severity, f"{by} overwrites {tensor}", tensor, hint)


def not_deterministic() -> Finding:
    """Forward was called again with the same input, and gave other bits."""
    message = "forward gives different bits when it is called again with the same input"
    return Finding("not-deterministic", "error", message, "forward", RANDOM)


def backward_not_deterministic(tensor: str | None) -> Finding:
    """Forward and backward were called again with the same input, and backward gave other bits."""
    message = "backward gives different bits when forward and backward are called again with the same input"
    return Finding("backward-not-deterministic", "error", message, tensor, RANDOM)


def backward_not_repeatable(tensor: str | None) -> Finding:
    """Backward was called again with the same cache, and gave other bits."""
    message = "backward gives something else when it is called a second time with the same cache"
    hint = "backward changes what forward stored; copy it first"
    return Finding("backward-not-repeatable", "warning", message, tensor, hint)


def not_linear(tensor: str) -> Finding:
    """Backward of a sum of two upstream gradients is not the sum of backward of each."""
    message = f"{tensor} of dout + dout' is not {tensor} of dout plus {tensor} of dout'"
    hint = "a gradient is linear in dout: look for dout squared, a clip, a sign, or a term without dout"
    return Finding("not-linear-in-dout", "error", message, tensor, hint)


def without_dout(tensor: str) -> Finding:
    """Backward of one upstream gradient is that of another."""
    message = f"{tensor} is the same whatever dout is"
    return Finding("not-linear-in-dout", "error", message, tensor, "multiply by dout, or sum over it: nothing does")


def dout_not_used() -> Finding:
    """Backward of a loss gives the same for any upstream gradient."""
    message = "backward gives the same gradient whatever dout is: right where nothing comes after the loss"
    return Finding("dout-not-used", "note", message)


def _in_words(tensor: str) -> str:
    return "the output" if tensor == "forward" else tensor
