"""A `Probing` of any function of one array, and of layers on exact data, for tests."""

from dataclasses import replace

import numpy as np

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Input
from convcheck.numeric.blocks import blocks_of
from convcheck.numeric.data import Steps, draw, far_steps, moved, room_beside
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.groups import no_locality
from convcheck.numeric.probing import Probing

EPS = float(np.finfo(float).eps)
F64 = np.dtype(np.float64)
# The bits for random directions that suffice for two.
ROOM = 31
# All of an input as one block.
WHOLE = blocks_of(())
CONV, POOL = LAYERS["conv"], LAYERS["max_pool"]


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


def conv_probing(position, forward=None, dtype=F64, **sizes):
    """A `Probing` of the convolution of these sizes on dyadic data, and the right gradient."""
    sizes = CONV.sizes(**{"N": 2, "C": 2, "H": 5, "W": 4, "F": 3, "H1": 3, "W1": 2, "stride": 1, "pad": 1} | sizes)
    facts, rng = CONV.facts(sizes), Draws("conv")
    data = draw(facts, "dyadic", dtype, rng)
    params = CONV.params(sizes, rng, dtype)
    variant = CONV.variants["vectorized"]
    forward = forward or variant.forward
    function = Function(lambda *inputs: (forward(*inputs, params)[0], None))
    base, (_, cache) = function(data.inputs), variant.forward(*data.inputs, params)
    function.evaluations = 0
    probing = probing_of(
        lambda x: x, data.inputs[0], dout=data.dout.astype(np.float64), steps=Steps(1.0, 2.0), exact=True
    )
    probe = InputProbe(function, data.inputs, position)
    probing = replace(
        probing, claim=facts.inputs[position], probe=probe, base=base, noise=EPS * np.abs(base), rng=rng, room=ROOM
    )
    return probing, variant.backward(data.dout, cache)[position]


def pool_probing(forward=None, dtype=F64, place=None, **sizes):
    """A `Probing` of max-pool on dyadic data, at the data or at one of its further points; and the right gradient."""
    sizes = POOL.sizes(**{"N": 2, "C": 2, "H": 7, "W": 6, "H1": 3, "W1": 2, "stride": 2} | sizes)
    facts, rng = POOL.facts(sizes), Draws("max_pool")
    data = draw(facts, "dyadic", dtype, rng)
    if place is not None:
        data = moved(data, 0, list(facts.inputs[0].points.draw(data.inputs[0], rng))[place])
    params, variant = POOL.params(sizes, rng, dtype), POOL.variants["vectorized"]
    forward = forward or variant.forward
    function = Function(lambda x: (forward(x, params)[0], None))
    x = data.inputs[0].astype(float)
    base, (_, cache) = function([x]), variant.forward(x, params)
    function.evaluations = 0
    probing = probing_of(lambda x: x, x, dout=data.dout.astype(float), steps=data.steps[0], exact=True)
    probe, room = InputProbe(function, [x], 0), room_beside(data.taken[0], EPS)
    probing = replace(
        probing, claim=facts.inputs[0], probe=probe, base=base, noise=EPS * np.abs(base), rng=rng, room=room
    )
    return probing, variant.backward(probing.dout, cache)
