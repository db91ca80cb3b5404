"""The findings on code that breaks its contract: each function here words one of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.checking.result import Finding, Severity
from convcheck.layers.layer import Array
from convcheck.spec.sizes import Shape

NUMBERS = "iufb"
COPY = "work on a copy: x = x.copy()"
RANDOM = "look for random numbers, state kept between calls, or memory that is never written (np.empty)"


def is_numbers(got: Any) -> bool:
    """Whether `got` is an array of real numbers."""
    return isinstance(got, np.ndarray) and got.dtype.kind in NUMBERS


def wrong_shape(by: str, tensor: str, got: Any, expected: Shape | None) -> Finding:
    """`got`, which the pass `by` returned as `tensor`, is not an array of real numbers of the shape expected."""
    received = f"an array of shape {got.shape}" if isinstance(got, np.ndarray) else type(got).__name__
    if isinstance(got, np.ndarray) and not is_numbers(got):
        received += f" and dtype {got.dtype}"
    wanted = "an array" if expected is None else f"shape {expected}"
    hint = None
    if isinstance(got, np.ndarray) and expected is not None:
        if got.size == 0:
            hint = "it is empty: a crop like [pad:-pad] selects nothing when pad is 0"
        elif got.size == int(np.prod(expected)):
            hint = f"it has the right number of entries: reshape it to {expected}"
    return Finding(
        "wrong-shape", "error", f"{by} returned {received} as {_in_words(tensor)}, expected {wanted}", tensor, hint
    )


def wrong_count(got: int, names: list[str]) -> Finding:
    """Backward returned another number of gradients than there are inputs."""
    wanted = ", ".join(names)
    message = f"backward returned {got} gradients, expected {len(names)}: {wanted}"
    return Finding("wrong-shape", "error", message, None, f"return {wanted}, in this order")


def dtype_and_finiteness(tensor: str, got: Array, dtype: np.dtype[Any]) -> list[Finding]:
    """Findings on the dtype of an array of the right shape, and on entries that are NaN or infinite."""
    findings = []
    if got.dtype != dtype:
        # Code that allocates with np.zeros returns float64 for float32: more digits than were asked for do no harm.
        wider = got.dtype.kind == "f" and got.dtype.itemsize > dtype.itemsize
        severity: Severity = "warning" if wider else "error"
        message = f"{_in_words(tensor)} is {got.dtype}, expected {dtype}, the dtype of the inputs"
        hint = "allocate results with the dtype of x, e.g. np.zeros_like(x)"
        findings.append(Finding("wrong-dtype", severity, message, tensor, hint))
    if bad := int((~np.isfinite(got)).sum()):
        message = f"{bad} of {got.size} entries of {_in_words(tensor)} are NaN or infinite"
        findings.append(Finding("not-finite", "error", message, tensor))
    return findings


def overwritten(by: str, tensor: str) -> Finding:
    """The pass `by` changed one of its arguments. Much right code scales dout in place, so that is a warning."""
    severity: Severity = "warning" if tensor == "dout" else "error"
    return Finding("input-overwritten", severity, f"{by} overwrites {tensor}", tensor, COPY)


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


def _in_words(tensor: str) -> str:
    return "the output" if tensor == "forward" else tensor
