"""A gradient that is proved right, all entries at once, where forward is linear and rounds nothing."""

from __future__ import annotations

import numpy as np

from convcheck.checking.agreement.criterion import EQUAL
from convcheck.checking.gradients.analytic import AnalyticGradient
from convcheck.checking.result import TensorResult
from convcheck.numeric.plan import projections_planned

PROJECTIONS = "random projections, exact"


def proof(gradient: AnalyticGradient) -> TensorResult | None:
    """The verdict "exact" on every entry; None where that is not proved, or where groups cost no more.

    Forward has to be the layer's to the last bit at the data: then it is linear there by the layer's mathematics, and
    the projections show that it is so where they look. Raises `Raised` or NotWritten where forward does.
    """
    probing, reference = gradient.probing, gradient.subject.reference
    planned = projections_planned(probing.claim, probing.base.shape, probing.room)
    if planned is None or reference is None or not np.array_equal(probing.base, reference):
        return None
    from convcheck.numeric.projection import project

    projections = project(probing, gradient.wide)
    if not projections.proved:
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
