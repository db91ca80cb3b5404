"""Whether forward left the running statistics as the layer's definition asks: updated in train mode, else unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from convcheck.checking.agreement.criterion import rounding_factor
from convcheck.checking.result import Finding
from convcheck.layers.layer import Array, Params
from convcheck.spec.showing import numeral
from convcheck.spec.sizes import Shape

UPDATE_HINT = (
    "running = momentum * running + (1 - momentum) * the batch's, written back to bn_param; in test mode unchanged"
)


def check_running_statistics(
    params: Params, expected: Mapping[str, Array], given: Mapping[str, Any], x: Shape, epsilon: float
) -> list[Finding]:
    """Findings where `given`, the state after one forward with `params`, is not as `expected`.

    `x` is the shape of x. A variance over n - 1 values, as PyTorch keeps it, is accepted as one over n is, and so are
    axes of length one that do the next forward no harm: (1, D) for (D,).
    """
    findings = []
    for name, right in expected.items():
        if given.get(name) is None:
            continue
        rows = prod(x) // max(1, right.size)
        slack = 4 * rounding_factor(rows) * epsilon
        shape = np.shape(given[name])
        if not _serves(shape, right.shape, x):
            problem: str | None = f"after forward, {name} has shape {shape}, expected {right.shape}"
        else:
            problem = _problem(name, params, right.astype(float), np.asarray(given[name]), rows, slack)
        if problem:
            findings.append(Finding("running-statistics", "error", problem, None, UPDATE_HINT))
    return findings


def _serves(shape: Shape, right: Shape, x: Shape) -> bool:
    """Whether statistics of this shape do what those of the right one do: behind axes of length one, or beside x."""
    if prod(shape) != prod(right):
        return False
    behind = len(shape) >= len(right) and shape[len(shape) - len(right) :] == right
    return behind or (len(shape) <= len(x) and all(n in (1, m) for n, m in zip(shape[::-1], x[::-1], strict=False)))


def _problem(name: str, params: Params, right: Array, given: Array, rows: int, slack: float) -> str | None:
    now = given.reshape(right.shape).astype(float)
    before = np.asarray(params[name]).astype(float)
    if any(_near(now, each, slack) for each in _accepted(name, params, before, right, rows)):
        return None
    if _near(now, before, slack):
        return f"forward does not update {name} in train mode"
    if _near(right, before, slack):
        return f"forward changes {name} in test mode"
    at = int(np.abs(now - right).argmax())
    digits = next(d for d in range(6, 18) if numeral(now[at], d) != numeral(right[at], d) or d == 17)
    is_now, wanted = numeral(now[at], digits), numeral(right[at], digits)
    return f"after forward, {name}[{at}] is {is_now}, expected {wanted} (it was {numeral(before[at])})"


def _accepted(name: str, params: Params, before: Array, right: Array, rows: int) -> Iterator[Array]:
    yield right
    if name == "running_var" and rows > 1:
        kept = params["momentum"] * before
        yield kept + (right - kept) * rows / (rows - 1)


def _near(a: Array, b: Array, slack: float) -> bool:
    return bool((np.abs(a - b) <= slack * max(1.0, float(np.abs(b).max(initial=0)))).all())
