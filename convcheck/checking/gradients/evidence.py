"""What is weighed before a gradient is called right, wrong or undecided, and in which order.

`GradientVerdicts` asks what is cheapest first: a proof by exact projections, random directions, and every entry where
neither settles it. `weigh_entries` and `weigh_directions` are the order within the last two, step by step; each step
can change the verdict of the steps before it, and one that costs further evaluations is taken only where the verdict
hangs on it. Before all that, the widest dtype that the code carries is chosen, in which forward is differentiated
(precision.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from convcheck.checking.agreement.compare import missing_tensor
from convcheck.checking.gradients.analytic import AnalyticGradient
from convcheck.checking.gradients.every_entry import EntryEvidence, SeenAlong
from convcheck.checking.gradients.precision import Precision, in_float64, probing_of, widest_precision
from convcheck.checking.result import Finding, TensorResult
from convcheck.checking.subject import Backward, Subject
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array
from convcheck.numeric.entries import ProbedEntries
from convcheck.numeric.function import Function
from convcheck.numeric.groups import count_groups
from convcheck.numeric.plan import are_few, planned_probes, projections_planned

if TYPE_CHECKING:
    from convcheck.checking.gradients.directions import DirectionEvidence


def weigh_entries(evidence: EntryEvidence) -> TensorResult:
    """The order for a gradient of which every entry is compared."""
    evidence.compare_with_differences()
    # A layer's own scale says how much rounding there may be, and a tolerance asks for no bound.
    if evidence.gradient.rounding_is_unknown and evidence.certified:
        if evidence.hangs_on_rounding:
            evidence.allow_input_rounding()
        evidence.probe_small_entries()
    if evidence.looks_wrong:
        evidence.find_patterns()
    evidence.check_last_digits()
    return evidence.result


def weigh_directions(evidence: DirectionEvidence, cost_of_entries: int) -> bool:
    """The order for a gradient that is compared in random directions; the answer is whether that settles the verdict.

    What they do not show to be right is looked at entry by entry, if `cost_of_entries` in evaluations can be afforded.
    """
    gradient = evidence.gradient
    evidence.look(gradient.affordable(cost_of_entries))
    if not evidence.agrees and gradient.rounding_is_unknown and not evidence.is_far_off:
        evidence.allow_input_rounding()
    if evidence.agrees and evidence.suffices:
        return True
    if gradient.affordable(cost_of_entries):
        return False
    if not evidence.agrees and gradient.tolerance is None:
        evidence.bisect()
    evidence.tell_what_is_left()
    return True


class GradientVerdicts:
    """The verdict on each gradient of one subject, one after the other; `findings` is what there is to say beside them.

    `out` is what forward gave, `scheme` is auto, entries or full. `affordable(n)` answers whether n more evaluations of
    forward may be spent. `otherwise` are the gradients for another dout of the same size, if there are any.
    """

    def __init__(
        self,
        subject: Subject,
        function: Function,
        out: Array,
        backward: Backward,
        scheme: str,
        tolerance: float | None,
        affordable: Callable[[int], bool],
        otherwise: Sequence[Array] | None = None,
    ) -> None:
        self._subject = subject
        self._function = function
        self._out = out
        self._backward = backward
        self._scheme = scheme
        self._tolerance = tolerance
        self._affordable = affordable
        self._otherwise = otherwise
        self.findings: list[Finding] = []
        # By position: what backward gave, and what the differences say.
        self._wrong: dict[int, tuple[Array, Array]] = {}

    def verdict(self, position: int, values: Array | None) -> TensorResult:
        """The verdict on the gradient of input number `position`; `values` is None where backward gave none.

        Raises `Raised` or NotWritten where the code under test does; the findings until then are kept.
        """
        claim = self._subject.claims[position]
        if values is None:
            return missing_tensor("d" + claim.name, claim.shape, "not compared")
        gradient = AnalyticGradient(
            subject=self._subject,
            function=self._function,
            backward=self._backward,
            position=position,
            values=values,
            probing=probing_of(self._subject, self._function, self._precision, position),
            arithmetic=self._precision.arithmetic,
            tolerance=self._tolerance,
            affordable=self._affordable,
            otherwise=None if self._otherwise is None else self._otherwise[position],
        )
        found = self._all_at_once(gradient) if self._scheme == "auto" else None
        if isinstance(found, TensorResult):
            return found
        entries = found if isinstance(found, ProbedEntries) else None
        along = found if isinstance(found, SeenAlong) else None
        evidence = EntryEvidence(gradient, self._scheme == "full", self.findings, entries, along)
        result = weigh_entries(evidence)
        if evidence.looks_wrong:
            self._wrong[position] = gradient.wide, evidence.numeric
        return result

    @property
    def order(self) -> tuple[int, ...]:
        """For each input the position at which its right gradient stands, as far as the values tell."""
        number = len(self._subject.claims)
        if len(self._wrong) < 2:
            return tuple(range(number))
        from convcheck.checking.diagnosis.exchanged import true_order

        return true_order(self._wrong, number)

    def _all_at_once(self, gradient: AnalyticGradient) -> TensorResult | ProbedEntries | SeenAlong | None:
        """The verdict by a proof or by random directions; or the entries, where a proof led to those that are wrong.

        None where all entries have to be looked at, or cost little; what directions have shown where some have to.
        """
        probing = gradient.probing
        claim, output = probing.claim, probing.base.shape
        disproved = False
        if gradient.subject.data.exact:
            planned = projections_planned(claim, output, probing.room)
            affordable = self._affordable(planned_probes(claim, output, full=False))
            if planned is not None:
                from convcheck.checking.gradients.proof import proof

                verdict, disproved, entries = proof(gradient, planned, closely=affordable)
                if verdict or entries:
                    return verdict or entries
            if affordable and (disproved or planned is None):
                return None
        cost = count_groups(claim.shape, claim.ties, output) * next(probing.schemes(claim.kind)).cost
        if are_few(cost, claim, exact=gradient.subject.data.exact) and self._affordable(cost):
            return None
        # A proof asks for equality. What directions find within the bound may have been rounded in backward.
        return self._by_directions(gradient, cost)

    def _by_directions(self, gradient: AnalyticGradient, cost_of_entries: int) -> TensorResult | SeenAlong | None:
        from convcheck.checking.gradients.directions import DirectionEvidence

        wide = self._in_float64(gradient)
        evidence = DirectionEvidence(wide)
        if not weigh_directions(evidence, cost_of_entries):
            # Of a narrow gradient they have shown the formula alone, and exact data asks for more.
            if wide.subject is gradient.subject and not gradient.subject.data.exact:
                return evidence.what_was_seen()
            return None
        self.findings += evidence.findings
        result = evidence.result
        if wide.subject is gradient.subject or result.verdict != "within_bound":
            return evidence.with_map(result)
        from convcheck.checking.gradients.small_entries import compare_narrow

        narrow = compare_narrow(gradient, wide, result, evidence.plan, evidence.scheme)
        return None if narrow.verdict == "wrong" and self._affordable(cost_of_entries) else narrow

    def _in_float64(self, gradient: AnalyticGradient) -> AnalyticGradient:
        """The same gradient in float64, where forward is differentiated in it and backward carries it as well."""
        if self._wide_gradients is None:
            return gradient
        subject, values = self._wide_gradients
        return gradient._replace(subject=subject, values=values[gradient.position])

    @cached_property
    def _wide_gradients(self) -> tuple[Subject, list[Array]] | None:
        if not self._precision.epsilon < self._subject.epsilon:
            return None
        subject = in_float64(self._subject)
        try:
            _, cache = self._function.call([a.copy() for a in subject.data.inputs])
            values = [np.asarray(values) for values in self._backward(subject.data.dout, cache)]
        except (Raised, NotWritten):  # code that takes float32 and nothing else
            return None
        same = all(v.shape == c.shape and v.dtype == np.float64 for v, c in zip(values, subject.claims, strict=True))
        return (subject, values) if same else None

    @cached_property
    def _precision(self) -> Precision:
        return widest_precision(self._subject, self._function, self._out)
