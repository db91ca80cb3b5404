"""What forward and backward are held to beside the mathematics: shapes, dtypes, purity, the same bits twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convcheck.checking.result import Finding, Severity
from convcheck.checking.subject import Subject
from convcheck.checking.warned import counted
from convcheck.implementations.raised import guarded
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function


@dataclass
class Observed:
    """What the code under test gave at the data: its output, and its gradients by name.

    `out` or a gradient is None where the code gave nothing that could be compared. `steady` is whether forward gave
    the same bits twice: without that no difference of it means anything. `state` is what the first forward left in its
    parameters.
    """

    out: Array | None
    gradients: dict[str, Array | None]
    steady: bool = True
    state: Mapping[str, Any] = field(default_factory=dict)


class Contract:
    """Runs forward and backward at the data of a subject, as often as its questions need, and collects `findings`."""

    def __init__(self, subject: Subject, function: Function) -> None:
        self._subject = subject
        self._function = function
        self._names = ["d" + claim.name for claim in subject.claims]
        self.findings: list[Finding] = []
        self.backward_evaluations = 0
        self._given: list[Array] = []
        self._kept: list[Array] = []

    def observe(self) -> Observed:
        """Forward and backward once, then again, then backward of a sum: see the findings' codes for what is asked."""
        subject = self._subject
        dout = subject.data.dout
        with counted(self.findings):
            out, cache = self._forward(check_purity=True)
        state = self._state()
        if not isinstance(out, np.ndarray) or (subject.reference is not None and out.shape != subject.reference.shape):
            self._say_shape("forward", "forward", out, None if subject.reference is None else subject.reference.shape)
            return Observed(None, dict.fromkeys(self._names))
        self._say_dtype("forward", out)
        self._say_finite("forward", out)
        out = out.copy()
        with counted(self.findings):
            first = self.backward(dout, cache, check_purity=True)
        gradients = {name: self._examine(name, first) for name in self._names}
        again, fresh_cache = self._forward()
        steady = same_bits(out, again)
        if not steady:
            self._find(
                "not-deterministic",
                "forward gives different bits when it is called again with the same input",
                "forward",
                "look for random numbers, state kept between calls, or memory that is never written (np.empty)",
            )
        self._repeat(first, dout, cache, fresh_cache, steady)
        return Observed(out, gradients, steady, state)

    def _state(self) -> Mapping[str, Any]:
        """Copies of what forward left in its parameters, where the pair can tell."""
        left = self._subject.pair.state() if self._subject.pair.state else {}
        return {name: np.array(left[name]) for name in self._subject.state if left.get(name) is not None}

    def findings_of(self, *codes: str) -> list[Finding]:
        """The findings so far that have one of these codes."""
        return [finding for finding in self.findings if finding.code in codes]

    def _repeat(self, first: list[Any], dout: Array, cache: Any, fresh_cache: Any, steady: bool) -> None:
        """Backward again from a fresh cache, again from the first one, and of a sum of two upstream gradients."""
        if len(first) != len(self._names) or not all(isinstance(g, np.ndarray) for g in first):
            return
        second = self.backward(dout, fresh_cache)
        if steady and not same_bits_all(first, second):
            self._find(
                "backward-not-deterministic",
                "backward gives different bits when forward and backward are called again with the same input",
                self._differing(first, second),
                "look for random numbers, state kept between calls, or memory that is never written (np.empty)",
            )
            return
        repeated = self.backward(dout, cache)
        repeatable = same_bits_all(first, repeated)
        if not repeatable:
            self._find(
                "backward-not-repeatable",
                "backward gives something else when it is called a second time with the same cache",
                self._differing(first, repeated),
                "backward changes what forward stored; copy it first",
                severity="warning",
            )
        self._linear(first, cache if repeatable else None)

    def _linear(self, first: list[Any], cache: Any) -> None:
        """Backward of dout + dout' is backward of dout plus backward of dout': true of every derivative."""
        dout, other = self._subject.data.dout, self._subject.data.other_dout
        kept = cache is not None
        of_other = self.backward(other, cache if kept else self._forward()[1])
        of_sum = self.backward(dout + other, cache if kept else self._forward()[1])
        for name, a, b, both in zip(self._names, first, of_other, of_sum, strict=False):
            if np.shape(a) == np.shape(b) == np.shape(both) and not self._adds_up(name, a, b, both):
                self._find(
                    "not-linear-in-dout",
                    f"{name} of dout + dout' is not {name} of dout plus {name} of dout'",
                    name,
                    "a gradient is linear in dout: look for dout squared, a clip, a sign, or a term without dout",
                )

    def _adds_up(self, name: str, a: Array, b: Array, both: Array) -> bool:
        with np.errstate(all="ignore"):
            size = max(float(np.abs(t).max(initial=0)) for t in (a, b, both))
            scale = 0.0 if self._subject.scale is None else float(self._subject.scale[name].max(initial=0))
            slack = np.sqrt(self._subject.epsilon) * size + 1e3 * self._subject.epsilon * (scale + 1.0)
            difference = np.abs(both.astype(float) - a - b)
        # A gradient that is not finite has a finding of its own.
        return bool((difference <= slack).all()) or not np.isfinite(size)

    def _forward(self, check_purity: bool = False) -> tuple[Any, Any]:
        inputs = [a.copy() for a in self._subject.data.inputs]
        out, cache = self._function.call(inputs)
        if check_purity:
            self._given = inputs
            self._kept = self._subject.data.inputs
            self._say_overwritten("forward")
        return out, cache

    def backward(self, dout: Array, cache: Any, check_purity: bool = False) -> list[Any]:
        """What backward returns for a copy of `dout`, as a list; the arrays in it are copies."""
        given = dout.copy()
        self.backward_evaluations += 1
        gradients = guarded("backward", self._subject.pair.backward, given, cache)
        returned = list(gradients) if isinstance(gradients, (tuple, list)) else [gradients]
        if check_purity:
            self._say_overwritten("backward")
            if not same_bits(given, dout):
                self._find("input-overwritten", "backward overwrites dout", "dout", _COPY, severity="warning")
        return [np.array(g) if isinstance(g, (np.ndarray, np.generic, float)) else g for g in returned]

    def _say_overwritten(self, by: str) -> None:
        for claim, given, kept in zip(self._subject.claims, self._given, self._kept, strict=True):
            if not same_bits(given, kept):
                self._find("input-overwritten", f"{by} overwrites {claim.name}", claim.name, _COPY)
        # What forward left there belongs to its cache, so backward is asked about changes since then.
        self._kept = [a.copy() for a in self._given]

    def _examine(self, name: str, returned: Sequence[Any]) -> Array | None:
        """The named gradient if it has the shape of its input; findings on its shape, dtype and finiteness."""
        if len(returned) != len(self._names):
            if name == self._names[0]:
                wanted = ", ".join(self._names)
                message = f"backward returned {len(returned)} gradients, expected {len(self._names)}: {wanted}"
                self._find("wrong-shape", message, None, f"return {wanted}, in this order")
            return None
        position = self._names.index(name)
        gradient, shape = returned[position], self._subject.claims[position].shape
        if not isinstance(gradient, np.ndarray) or gradient.shape != shape or gradient.dtype.kind not in "iufb":
            self._say_shape("backward", name, gradient, shape)
            return None
        self._say_dtype(name, gradient)
        self._say_finite(name, gradient)
        return gradient

    def _say_shape(self, by: str, tensor: str, got: Any, expected: tuple[int, ...] | None) -> None:
        received = f"an array of shape {got.shape}" if isinstance(got, np.ndarray) else f"{type(got).__name__}"
        if isinstance(got, np.ndarray) and got.dtype.kind not in "iufb":
            received += f" and dtype {got.dtype}"
        wanted = "an array" if expected is None else f"shape {expected}"
        what = "its output" if tensor == "forward" else tensor
        hint = None
        if isinstance(got, np.ndarray) and expected is not None and got.size == 0:
            hint = "it is empty: a crop like [pad:-pad] selects nothing when pad is 0"
        elif isinstance(got, np.ndarray) and expected is not None and got.size == int(np.prod(expected)):
            hint = f"it has the right number of entries: reshape it to {expected}"
        self._find("wrong-shape", f"{by} returned {received} as {what}, expected {wanted}", tensor, hint)

    def _say_dtype(self, tensor: str, got: Array) -> None:
        if got.dtype != self._subject.dtype:
            what = "the output" if tensor == "forward" else tensor
            wider = got.dtype.kind == "f" and got.dtype.itemsize > self._subject.dtype.itemsize
            self._find(
                "wrong-dtype",
                f"{what} is {got.dtype}, expected {self._subject.dtype}, the dtype of the inputs",
                tensor,
                "allocate results with the dtype of x, e.g. np.zeros_like(x)",
                severity="warning" if wider else "error",
            )

    def _say_finite(self, tensor: str, got: Array) -> None:
        bad = int((~np.isfinite(got)).sum())
        if bad:
            what = "the output" if tensor == "forward" else tensor
            self._find("not-finite", f"{bad} of {got.size} entries of {what} are NaN or infinite", tensor)

    def _differing(self, first: Sequence[Any], second: Sequence[Any]) -> str | None:
        pairs = zip(self._names, first, second, strict=False)
        return next((name for name, a, b in pairs if not same_bits(a, b)), None)

    def _find(
        self,
        code: str,
        message: str,
        tensor: str | None = None,
        hint: str | None = None,
        *,
        severity: Severity = "error",
    ) -> None:
        self.findings.append(Finding(code, severity, message, tensor, hint))


_COPY = "work on a copy: x = x.copy()"


def same_bits(a: Any, b: Any) -> bool:
    """Equal shape, dtype and bytes: NaN equals NaN, and 0.0 is not -0.0."""
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        return False
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def same_bits_all(first: Sequence[Any], second: Sequence[Any]) -> bool:
    """`same_bits` for every pair, and as many of them."""
    return len(first) == len(second) and all(map(same_bits, first, second))
