"""A gradient that is proved right, all entries at once, where forward is linear and rounds nothing."""

from __future__ import annotations

import numpy as np

from convcheck.checking.agreement.criterion import EQUAL
from convcheck.checking.gradients.analytic import AnalyticGradient
from convcheck.checking.result import TensorResult
from convcheck.numeric.plan import planned_probes, projections_planned

PROJECTIONS = "random projections, exact"


def proof(gradient: AnalyticGradient) -> TensorResult | None:
    """The verdict "exact" on every entry; None where that is not proved, or where groups cost no more.

    What is the layer's to the last bit at the data is linear there by the layer's mathematics, and the projections show
    that it is so where they look. Any other forward is tested for it, near and far. Raises `Raised` or NotWritten where
    forward does.
    """
    probing, reference = gradient.probing, gradient.subject.reference
    planned = projections_planned(probing.claim, probing.base.shape, probing.room)
    if planned is None:
        return None
    from convcheck.numeric.projection import LINEARITY_COST, is_exactly_linear, on_grid, project

    is_the_layer = reference is not None and np.array_equal(probing.base, reference)
    if not is_the_layer:
        cost = planned.evaluations(probing.claim.kind) + LINEARITY_COST
        if cost >= planned_probes(probing.claim, probing.base.shape, full=False):
            return None
        if reference is not None and (grid := on_grid(reference)):
            units = np.ldexp(probing.base, -grid.exponent)
            # Numbers that are not on the reference's grid were rounded, as a transform does.
            if not np.array_equal(np.rint(units), units):
                return None
    projections = project(probing, gradient.wide)
    if not projections.proved or not (is_the_layer or is_exactly_linear(probing)):
        return None
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
        directions=planned.directions,
        method="projection",
        miss_probability=2.0**-projections.miss_bits,
    )
