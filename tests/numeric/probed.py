"""A `Probing` of any function of one array, for tests."""

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Input
from convcheck.numeric.data import far_steps
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.groups import no_locality
from convcheck.numeric.probing import Probing

EPS = float(np.finfo(float).eps)


def probing_of(forward, x, kind="smooth", dout=None, steps=None, exact=False):
    base = np.asarray(forward(x))
    return Probing(
        claim=Input("x", x.shape, kind, no_locality(x.shape)),
        probe=InputProbe(Function(lambda x: (forward(x), None)), [x], 0),
        base=base,
        dout=np.ones(base.shape) if dout is None else dout,
        steps=steps or far_steps(x),
        exact=exact,
        noise=16 * EPS * np.abs(base),
        roundoff=16 * EPS,
        epsilon=EPS,
        lost=np.zeros(base.shape),
        rng=Draws("any"),
    )
