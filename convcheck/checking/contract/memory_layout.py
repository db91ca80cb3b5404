"""Whether forward and backward give the same values for arrays that are not contiguous in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convcheck.checking.agreement.criterion import rounding_factor
from convcheck.checking.contract.rounding import movement_by_inputs
from convcheck.checking.gradients.precision import arithmetic_epsilon
from convcheck.checking.result import Finding, Severity
from convcheck.checking.subject import Backward, Subject
from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function

LAYOUT_HINT = (
    "do not rely on memory order: use x.reshape, not x.view or x.shape = ...; copy with np.ascontiguousarray, or "
    "x.contiguous()"
)


def scattered(a: Array) -> Array:
    """The same values in memory that is neither in C nor in Fortran order, with NaN in between."""
    base = np.full((*a.shape[::-1], 2), np.nan, dtype=a.dtype)
    view = base[..., 0].T
    view[...] = a
    return view


def check_layout(
    subject: Subject,
    function: Function,
    backward: Backward,
    out: Array,
    gradients: Sequence[tuple[str, Array | None]],
) -> list[Finding]:
    """A finding where scattered inputs and dout give anything but `out` and `gradients`. Costs one call of each pass.

    Raises NotWritten where the code under test turns out not to be written; what else it raises is a finding.
    """
    try:
        received, cache = function.received([scattered(a) for a in subject.data.inputs])
        again = received.real
        returned = backward(scattered(subject.data.dout), cache)
    except Raised as error:
        message = f"with inputs that are not contiguous, {error.sentence()}"
        return [Finding("layout", "warning", message, None, LAYOUT_HINT)]
    names = ["forward", *(name for name, _ in gradients)]
    before = [out, *(g for _, g in gradients)]
    pairs = list(zip(names, before, [again, *returned], strict=False))
    if all(a is None or _agree(subject, name, a, b) for name, a, b in pairs):
        return []
    movement = movement_by_inputs(subject, function, backward)
    differing = [
        name
        for (name, a, b), moved in zip(pairs, movement, strict=False)
        if a is not None and not _agree(subject, name, a, b, moved)
    ]
    if not differing:
        return []
    what = " and ".join("the output" if name == "forward" else name for name in differing)
    verb = "differs" if len(differing) == 1 else "differ"
    message = f"{what} {verb} where the inputs are the same numbers in another memory layout"
    # Where no layer says what the output should be, forward may depend on layout by nature: a strided view, a mask that
    # is drawn in the order of memory.
    severity: Severity = "warning" if differing[0] == "forward" and subject.reference is None else "error"
    return [Finding("layout", severity, message, differing[0], LAYOUT_HINT)]


def _agree(subject: Subject, name: str, a: Array, b: Any, moved: Array | float = 0.0) -> bool:
    """Equal but for the order in which sums are formed, which may depend on layout, and for what rounding `moved`."""
    if not isinstance(b, np.ndarray) or a.shape != b.shape:
        return False
    if np.array_equal(a, b):
        return True
    with np.errstate(all="ignore"):
        difference = np.abs(a.astype(float) - b.astype(float))
        finite = np.isfinite(a)
        size = float(np.abs(a[finite]).max(initial=0)) if subject.scale is None else subject.scale[name]
        epsilon = subject.epsilon
        if subject.noise is not None:
            # Another layout may be computed by other instructions, which round otherwise where nothing else moves.
            epsilon = arithmetic_epsilon(epsilon, subject.noise)
        slack = 2 * rounding_factor(subject.terms.get(name, a.size)) * epsilon * size + moved
        # Entries that are not finite have a finding of their own.
        return bool((difference <= slack)[finite].all())
