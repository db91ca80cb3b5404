"""The same check at further points: every entry of a kinked input is seen on both sides of its kinks.

At each of them the output is held against the reference and every gradient against differences, as at the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod

import numpy as np

from convcheck.checking.contract.contract import Contract
from convcheck.checking.forward import compare_forward
from convcheck.checking.gradients.evidence import GradientVerdicts
from convcheck.checking.result import MOST_SAMPLED, Finding, Sample, TensorResult, sampled
from convcheck.checking.subject import Subject
from convcheck.layers.layer import Input
from convcheck.numeric.data import moved, rooms_of
from convcheck.numeric.function import Function
from convcheck.numeric.plan import planned_gradients

GRAVITY = ("exact", "within_bound", "undecided", "wrong")


class FurtherPoints:
    """The points under way: `tensors` is the gravest verdict on each tensor so far, `findings` what is said beside it.

    `scheme`, `tolerance`, `affordable` are as for `GradientVerdicts`. `known` are the findings at the
    first point, which are not repeated.
    """

    def __init__(
        self,
        subject: Subject,
        function: Function,
        tensors: Sequence[TensorResult],
        known: Iterable[Finding],
        scheme: str,
        tolerance: float | None,
        affordable: Callable[[int], bool],
    ) -> None:
        self._subject = subject
        self._function = function
        self._scheme = scheme
        self._tolerance = tolerance
        self._affordable = affordable
        self._said = {(finding.code, finding.tensor) for finding in known}
        self.tensors = list(tensors)
        self.findings: list[Finding] = []
        # Of what is wrong at one of the points, with the inputs there, unless they are many.
        self.samples: list[Sample] = []
        self.backward_evaluations = 0

    def look(self) -> None:
        """At one point after the other, until something is wrong or more than the budget allows.

        Raises `Raised` or NotWritten where the code under test does.
        """
        for number, place in enumerate(further_subjects(self._subject)):
            if any(t.verdict == "wrong" for t in self.tensors):
                return
            if not self._is_affordable(place):
                self.findings.append(_over_budget(number, sum(claim.points.total for claim in place.claims)))
                return
            self._look_at(place)
        for claim in self._subject.claims:
            if claim.points.missed:
                self.findings.append(_missed(claim))

    def _is_affordable(self, place: Subject) -> bool:
        assert place.reference is not None
        rooms, in_float64 = rooms_of(place.data), place.dtype != np.float64
        shape, scheme = place.reference.shape, self._scheme
        return self._affordable(1 + planned_gradients(place.claims, shape, scheme, in_float64=in_float64, rooms=rooms))

    def _look_at(self, place: Subject) -> None:
        contract = Contract(place, self._function)
        found: list[Finding] = []
        try:
            forward = contract.check_forward()
            tensors, digits = compare_forward(place, forward, self._tolerance)
            found += digits
            if forward.out is not None:
                gradients = contract.check_backward(forward)
                verdicts = GradientVerdicts(
                    place,
                    self._function,
                    forward.out,
                    contract.backward,
                    self._scheme,
                    self._tolerance,
                    self._affordable,
                )
                tensors += [verdicts.verdict(i, values) for i, values in enumerate(gradients.values())]
                found += verdicts.findings
        finally:
            self.backward_evaluations += contract.backward_evaluations
        outcome = contract.outcome(forward)
        if sum(a.size for a in place.data.inputs) <= MOST_SAMPLED:
            inputs = tuple(tuple(a.astype(float).ravel().tolist()) for a in place.data.inputs)
            for name in (tensor.name for tensor in tensors if tensor.verdict == "wrong"):
                if (values := outcome.get(name)) is not None:
                    self.samples.append(Sample(name, values.shape, sampled(values), inputs))
        self._take(tensors, [*contract.findings, *found])

    def _take(self, tensors: Sequence[TensorResult], found: Iterable[Finding]) -> None:
        here = {t.name: t for t in tensors}
        graver = [name for name, t in here.items() if _gravity(t) > max(map(_gravity, self._named(name)), default=-1)]
        if any(here[name].verdict == "wrong" for name in graver):
            self.findings.append(_other_side([name for name in graver if here[name].verdict == "wrong"]))
        self.tensors = [here[t.name] if t.name in graver else t for t in self.tensors]
        for finding in found:
            if (finding.code, finding.tensor) not in self._said:
                self._said.add((finding.code, finding.tensor))
                self.findings.append(finding)

    def _named(self, name: str) -> list[TensorResult]:
        return [t for t in self.tensors if t.name == name]


def further_subjects(subject: Subject) -> Iterator[Subject]:
    """The subject at each further point of each of its kinked inputs; none where no layer is known."""
    if subject.elsewhere is None:
        return
    for position, claim in enumerate(subject.claims):
        for x in claim.points.draw(subject.data.inputs[position], subject.rng):
            yield subject.elsewhere(moved(subject.data, position, x, claim.points.kinks))


def _gravity(tensor: TensorResult) -> int:
    return GRAVITY.index(tensor.verdict)


def _other_side(names: Sequence[str]) -> Finding:
    what = " and ".join("the output" if name == "forward" else name for name in names)
    verb = "is" if len(names) == 1 else "are"
    message = f"{what} {verb} right at the data drawn first, and wrong where entries have other signs, sizes or ranks"
    return Finding("other-side", "note", message, names[0])


def _over_budget(number: int, total: int) -> Finding:
    return Finding(
        "not-every-point",
        "warning",
        f"{number} of {total} further points were looked at, which is all that the budget allows: "
        "entries may be wrong on the other side of their kinks",
        None,
        "give more time with --budget SECONDS, or a smaller size",
    )


def _missed(claim: Input) -> Finding:
    share = f"{claim.points.missed} of {prod(claim.shape)} entries of {claim.name}"
    message = f"{share} were not brought to the other side of their kinks"
    return Finding("one-side", "note", message, "d" + claim.name, "at a smaller size all of them are seen on both")
