"""A tolerance as PyTorch and JAX have it, atol + rtol·|numeric|, for what convcheck's own bounds call wrong."""

from typing import NamedTuple

import numpy as np

from convcheck.checking.given import HandedOver
from convcheck.checking.result import WRONG, Finding, Result, TensorResult
from convcheck.checking.termination import status_of
from convcheck.implementations.plain_exception import LEAVING

# What hangs on chance in backward.
BY_CHANCE = ("backward-not-deterministic", "backward-not-repeatable")
# Runs of backward that are compared with `nondet_tol`.
RUNS = 4


class Tolerated(NamedTuple):
    """What is tolerated where it was given: None is what was not."""

    atol: float | None = None
    rtol: float | None = None
    nondet_tol: float = 0.0

    @property
    def linear_within(self) -> float:
        """What backward of a sum may be off, as far as gradients may be off."""
        return max(self.atol or 0.0, self.rtol or 0.0)


def with_tolerance(result: Result, given: HandedOver, tolerated: Tolerated) -> Result:
    """The `result`, with what is within the tolerance called right, and its status."""
    if result.status == "pass":
        return result
    tensors = tuple(_tolerant(tensor, tolerated) for tensor in result.tensors)
    right = {one.name for one, before in zip(tensors, result.tensors, strict=True) if one is not before}
    findings = [finding for finding in result.findings if finding.tensor not in right or finding.severity != "note"]
    if tolerated.nondet_tol and any(f.code in BY_CHANCE for f in findings) and _apart(given) <= tolerated.nondet_tol:
        message = f"two runs of backward are apart, and no more than nondet_tol={tolerated.nondet_tol:g}"
        findings = [f if f.code not in BY_CHANCE else Finding("nondet-tol", "note", message) for f in findings]
    if not right and len(findings) == len(result.findings) and findings == [*result.findings]:
        return result
    # What raised is no error of a tensor's.
    if result.status == "error":
        return result
    return result._replace(
        tensors=tensors, findings=tuple(findings), status=status_of("whole", tensors, findings, "pass")
    )


def _tolerant(tensor: TensorResult, tolerated: Tolerated) -> TensorResult:
    """The verdict where each entry that is wrong is within atol + rtol·|numeric|: its map has them all."""
    atol, rtol = tolerated.atol, tolerated.rtol
    if tensor.verdict != "wrong" or (atol is None and rtol is None) or tensor.map is None:
        return tensor
    wrong = np.array([state == WRONG for state in tensor.map.states])
    analytic, numeric = np.array(tensor.map.analytic)[wrong], np.array(tensor.map.numeric)[wrong]
    allowed = (atol or 0.0) + (rtol or 0.0) * np.abs(numeric)
    if not wrong.any() or not (np.abs(analytic - numeric) <= allowed).all():
        return tensor
    sentence = f"|analytic − numeric| ≤ {atol or 0:g} + {rtol or 0:g}·|numeric|, as was asked"
    return tensor._replace(verdict="within_bound", wrong=0, criterion=sentence, listed=(), map=None)


def _apart(given: HandedOver) -> float:
    """How far runs of backward are apart, on dout of ones."""
    runs = []
    try:
        for _ in range(RUNS):
            out, cache = given.pair.forward(*(values.copy() for values in given.arrays.values()))
            ones = np.ones(np.shape(out))
            for _ in range(2):
                got = given.pair.backward(ones.copy(), cache)
                got = got if isinstance(got, tuple) else (got,)
                runs.append(np.concatenate([np.ravel(np.asarray(one)) for one in got]))
    except LEAVING:  # what it raised is a finding already
        return np.inf
    return max(float(np.abs(run - runs[0]).max(initial=0)) for run in runs)
