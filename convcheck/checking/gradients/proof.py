"""A gradient that is proved right, all entries at once, where forward is linear and rounds nothing; or found wrong."""

from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import EQUAL
from convcheck.checking.gradients.analytic import AnalyticGradient
from convcheck.checking.result import TensorResult
from convcheck.numeric.entries import ProbedEntries
from convcheck.numeric.plan import DirectionCount, planned_probes

PROJECTIONS = "random projections, exact"
# Among thousands of groups, a direction of fewer bits may overlook one that disagrees.
TELLING_BITS = 20


class Proof(NamedTuple):
    """What projections show of a gradient: the verdict "exact" on every entry, or that some are wrong.

    `entries` are those, where they were looked at closely. Nothing of it where projections can say nothing.
    """

    verdict: TensorResult | None = None
    disproved: bool = False
    entries: ProbedEntries | None = None


def proof(gradient: AnalyticGradient, planned: DirectionCount, *, closely: bool) -> Proof:
    """What the projections that are `planned` show, and the entries that disagree, if asked for `closely`.

    Forward is linear at the data by the layer's mathematics, where it is the layer's to the last bit, and the
    projections show that it is so where they look. Any other forward is tested for it, near and far. Raises `Raised` or
    NotWritten where forward does.
    """
    probing, reference, scale = gradient.probing, gradient.subject.reference, gradient.subject.scale
    from convcheck.numeric.projection import is_exactly_linear, project

    is_the_layer = reference is not None and bool((probing.base == reference).all())
    if not (is_the_layer or _may_be_another(gradient, planned)):
        return Proof()
    projections = project(probing, gradient.wide)
    # Groups tell what is wrong, whatever forward is.
    grouped = projections.disproved and closely
    if projections.obstacle or not (is_the_layer or grouped or is_exactly_linear(probing)):
        return Proof()
    if projections.proved:
        return Proof(_proved(gradient, planned.directions, projections.miss_bits))
    if not grouped or not is_the_layer or planned.bits < TELLING_BITS or scale is None:
        return Proof(disproved=True)
    from convcheck.numeric.halving import probe_what_disagrees

    return Proof(None, True, probe_what_disagrees(probing, projections, gradient.wide, scale[gradient.name]))


def _may_be_another(gradient: AnalyticGradient, planned: DirectionCount) -> bool:
    """Whether forward may be another function that rounds nothing, and to prove a gradient of it costs less."""
    from convcheck.numeric.projection import LINEARITY_COST, on_grid

    probing, reference = gradient.probing, gradient.subject.reference
    cost = planned.evaluations(probing.claim.kind) + LINEARITY_COST
    if cost >= planned_probes(probing.claim, probing.base.shape, full=False):
        return False
    grid = None if reference is None else on_grid(reference)
    if grid is None:
        return True
    # Numbers that are not on the reference's grid were rounded, as a transform does.
    units = np.ldexp(probing.base, -grid.exponent)
    return np.array_equal(np.rint(units), units)


def _proved(gradient: AnalyticGradient, directions: int, miss_bits: int) -> TensorResult:
    size = gradient.values.size
    return TensorResult(
        name=gradient.name,
        shape=tuple(gradient.values.shape),
        verdict="exact",
        entries=size,
        checked=size,
        wrong=0,
        undecided=0,
        max_abs_error=0.0,
        max_rel_error=0.0,
        max_error_over_bound=0.0,
        criterion=EQUAL,
        scheme=gradient.scheme_in_words(PROJECTIONS),
        directions=directions,
        method="projection",
        miss_probability=2.0**-miss_bits,
    )
