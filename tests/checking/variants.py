"""Whole checks of variants of the built-in layers, for the tests of what code is held to beside the mathematics."""

from convcheck.checking.check import run_variant
from convcheck.checking.settings import Settings
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Variant
from convcheck.spec.check import Check, Manner

SIZES = {
    "conv": {"N": 2, "C": 2, "H": 5, "W": 4, "F": 3, "H1": 3, "W1": 2, "stride": 2, "pad": 1},
    "batchnorm": {"N": 6, "D": 3, "momentum": 0.7},
    "relu": {"N": 2, "C": 2, "H": 3, "W": 4},
    "max_pool": {"N": 2, "C": 2, "H": 5, "W": 5, "H1": 2, "W1": 2, "stride": 2},
}


def run(name, forward=None, backward=None, settings=Settings(), sizes=None, **manner):  # noqa: B008
    layer = LAYERS[name]
    right = layer.variants["vectorized"]
    variant = Variant(forward or right.forward, backward or right.backward, "")
    check = Check(name, name, layer.sizes(**SIZES[name] | (sizes or {})), Manner(**manner))
    return run_variant(check, layer, variant, settings)


def findings(result, code):
    return [f for f in result.findings if f.code == code]
