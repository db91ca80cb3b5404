"""What is weighed before a gradient is called right, wrong or undecided, and in which order.

`weigh_entries` and `weigh_directions` are that order, step by step: the one for gradients of which every entry is
compared, the other for gradients that are compared in a few random directions. Before either, the widest dtype that the
code carries is chosen, in which forward is differentiated (precision.py). Each step can change the verdict of the steps
before it; a step that costs further evaluations is taken only where the verdict hangs on it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from convcheck.checking.agreement.compare import missing_tensor
from convcheck.checking.gradients.analytic import AnalyticGradient
from convcheck.checking.gradients.every_entry import EntryEvidence
from convcheck.checking.gradients.precision import Precision, probing_of, widest_precision
from convcheck.checking.result import Finding, TensorResult
from convcheck.checking.subject import Backward, Subject
from convcheck.layers.layer import Array, Input
from convcheck.numeric.function import Function
from convcheck.numeric.plan import DIRECTIONS, planned_direction_probes, planned_probes

if TYPE_CHECKING:
    from convcheck.checking.gradients.directions import DirectionEvidence


def weigh_entries(evidence: EntryEvidence) -> TensorResult:
    """The order for a gradient of which every entry is compared."""
    evidence.compare_with_differences()
    # A layer's own scale says how much rounding there may be, and a tolerance asks for no bound.
    if evidence.gradient.rounding_is_unknown and evidence.certified:
        if evidence.looks_wrong:
            evidence.allow_input_rounding()
        evidence.probe_small_entries()
    if evidence.looks_wrong:
        evidence.find_patterns()
    evidence.check_last_digits()
    return evidence.result


def weigh_directions(evidence: DirectionEvidence) -> TensorResult:
    """The order for a gradient that is compared in random directions."""
    evidence.compare_with_differences()
    if evidence.looks_wrong and evidence.gradient.rounding_is_unknown:
        evidence.allow_input_rounding()
    if evidence.looks_wrong and evidence.gradient.tolerance is None:
        evidence.bisect()
    return evidence.result


class GradientVerdicts:
    """The verdict on each gradient of one subject, one after the other; `findings` is what there is to say beside them.

    `out` is what forward gave, `scheme` is groups, full or probe. `affordable(n)` answers whether n more evaluations of
    forward may be spent. `prove`: what random projections prove right is looked at no further.
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
        directions: int = DIRECTIONS,
        *,
        prove: bool = False,
    ) -> None:
        self._subject = subject
        self._function = function
        self._out = out
        self._backward = backward
        self._scheme = scheme
        self._tolerance = tolerance
        self._affordable = affordable
        self._directions = directions
        self._prove = prove
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
        )
        entries = None
        if self._prove:
            from convcheck.checking.gradients.proof import proof

            proved = proof(gradient, closely=self._scheme == "groups")
            if isinstance(proved, TensorResult):
                return proved
            entries = proved
        if self._scheme == "probe" and not self._has_few_groups(claim):
            return self._by_directions(gradient)
        evidence = EntryEvidence(gradient, self._scheme == "full", self.findings, entries)
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

    def _has_few_groups(self, claim: Input) -> bool:
        """Whether every entry of an exact gradient costs no more evaluations than directions do, as those of biases."""
        if not self._prove or not self._subject.data.exact or claim.kind != "linear":
            return False
        groups = planned_probes(claim, self._out.shape, full=False)
        return groups <= planned_direction_probes(claim, self._directions)

    def _by_directions(self, gradient: AnalyticGradient) -> TensorResult:
        from convcheck.checking.gradients.directions import DirectionEvidence

        evidence = DirectionEvidence(gradient, self._directions)
        result = weigh_directions(evidence)
        self.findings += evidence.findings
        return result

    @cached_property
    def _precision(self) -> Precision:
        return widest_precision(self._subject, self._function, self._out)
