"""The comparison of one tensor, entry by entry, and its verdict."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import Criterion
from convcheck.checking.result import Entry, TensorResult, Verdict
from convcheck.layers.layer import Array
from convcheck.spec.sizes import Shape

# At most so many entries of a tensor are listed.
LISTED = 20
SMALLEST = 1e-8  # CS231n's floor under a relative error's denominator
# Where every entry is equal.
NO_ERRORS: Mapping[str, Any] = {"max_abs_error": 0.0, "max_rel_error": 0.0, "max_error_over_bound": 0.0}


class Comparison(NamedTuple):
    """The verdict, which entries are wrong and which undecided, and what was compared: float64, and the bound."""

    result: TensorResult
    wrong: Array
    undecided: Array
    analytic: Array
    numeric: Array
    bound: Array
    # Which entries were looked at by themselves; None where all of them were.
    seen: Array | None = None

    @property
    def with_map(self) -> TensorResult:
        """The verdict; of what is wrong or undecided, with a map of where."""
        if self.result.verdict not in ("wrong", "undecided"):
            return self.result
        from convcheck.checking.agreement.tensor_map import map_of

        drawn = map_of(self.analytic, self.numeric, self.bound, self.wrong, self.undecided, self.seen)
        return self.result._replace(map=drawn)


def compare_entries(
    name: str,
    analytic: Array,
    numeric: Array,
    criterion: Criterion,
    scheme: str,
    undecided: dict[str, Array] | None = None,
) -> Comparison:
    """Hold `analytic` (for "forward": the output) against `numeric`, both of the tensor's shape.

    `undecided` marks entries that have no numeric value, by the reason. An entry whose analytic value is not finite is
    wrong wherever the numeric one is finite.
    """
    analytic, numeric = analytic.astype(np.float64, copy=False), numeric.astype(np.float64, copy=False)
    equal = analytic == numeric
    reasons = _reasons(numeric, criterion, equal, undecided or {})
    wrong, open_entries = np.zeros((2, *analytic.shape), dtype=bool)
    verdict: Verdict = "exact"
    errors = NO_ERRORS
    listed: list[int] = []
    worst = 0
    if reasons or not equal.all():
        for where in reasons.values():
            open_entries |= where
        with np.errstate(all="ignore"):
            error = np.abs(analytic - numeric)
            wrong = ~equal & ~(error <= criterion.bound) & ~open_entries
        verdict = verdict_of(wrong, open_entries, equal)
        errors = largest_errors(analytic, numeric, criterion.bound)
        severity = np.where(np.isfinite(error), error, np.inf).reshape(-1)
        listed = [*_worst_first(wrong, severity), *_worst_first(open_entries, severity)][:LISTED]
        worst = listed[0] if listed else int(severity.argmax())

    def entry(flat: int) -> Entry:
        index = tuple(map(int, np.unravel_index(flat, analytic.shape)))
        # -0 is 0: no report is to show a difference between them.
        a, n, bound = [float(array.flat[flat]) + 0.0 for array in (analytic, numeric, criterion.bound)]
        why = [reason for reason, where in reasons.items() if where.flat[flat]]
        return Entry(index, a, n, bound, why[-1] if why else None)

    result = TensorResult(
        name=name,
        shape=tuple(analytic.shape),
        verdict=verdict,
        entries=analytic.size,
        checked=analytic.size,
        wrong=int(np.count_nonzero(wrong)),
        undecided=int(np.count_nonzero(open_entries)),
        **errors,
        criterion=(criterion.if_equal if verdict == "exact" else None) or criterion.sentence,
        scheme=scheme,
        worst=entry(worst),
        listed=tuple(entry(i) for i in listed),
    )
    return Comparison(result, wrong, open_entries, analytic, numeric, criterion.bound)


def missing_tensor(name: str, shape: Shape, scheme: str) -> TensorResult:
    """The verdict on a tensor that the code under test did not give, or not in its shape: wrong, all of it."""
    size = int(np.prod(shape))
    return TensorResult(
        name, tuple(shape), "wrong", size, 0, size, 0, None, None, None, "an array of the right shape", scheme
    )


def unseen_tensor(name: str, shape: Shape, why: str) -> TensorResult:
    """The verdict on a gradient that was not compared at all, and `why`: undecided."""
    size = int(np.prod(shape))
    return TensorResult(name, tuple(shape), "undecided", size, 0, 0, size, None, None, None, why, "not compared")


def verdict_of(wrong: Array, undecided: Array, equal: Array) -> Verdict:
    """The verdict on a tensor by what holds of each of its entries, or of each direction: the gravest counts."""
    if wrong.any():
        return "wrong"
    if undecided.any():
        return "undecided"
    return "exact" if equal.all() else "within_bound"


def largest_errors(analytic: Array, numeric: Array, bound: Array) -> Mapping[str, Any]:
    """The largest error: absolute, relative as CS231n defines it, and over the bound; of the finite ones."""
    if analytic.size and np.array_equal(analytic, numeric) and np.isfinite(analytic).all():
        return NO_ERRORS
    with np.errstate(all="ignore"):
        error = np.abs(analytic - numeric)
        relative = error / np.maximum(SMALLEST, np.abs(analytic) + np.abs(numeric))
        over_bound = np.where(bound > 0, error / bound, np.where(error > 0, np.inf, 0.0))
    return {
        "max_abs_error": _largest(error),
        "max_rel_error": _largest(relative),
        "max_error_over_bound": _largest(over_bound),
    }


def _worst_first(where: Array, severity: Array) -> list[int]:
    entries = np.flatnonzero(where)
    return [int(i) for i in entries[np.argsort(-severity[entries], kind="stable")][:LISTED]]


def _largest(values: Array) -> float | None:
    finite = values[np.isfinite(values)]
    return float(finite.max()) if finite.size else None


def _reasons(numeric: Array, criterion: Criterion, equal: Array, undecided: dict[str, Array]) -> dict[str, Array]:
    """Which entries have no verdict, by those reasons that any has; of several reasons the last one is told."""
    reasons = {"bound too wide": criterion.too_wide & ~equal, **undecided, "overflow": ~np.isfinite(numeric)}
    return {reason: where for reason, where in reasons.items() if where.any()}
