"""One run of a pair before it is checked: what cannot be called shows here, before a check begins."""

from __future__ import annotations

import contextlib
import io
import warnings

import numpy as np

from convcheck.implementations.pair import Pair
from convcheck.implementations.source import CannotOpen
from convcheck.layers.layer import Array, Layer, Params
from convcheck.spec.sizes import Sizes


def usual_params(layer: Layer, sizes: Sizes) -> Params | None:
    """Parameters of the layer as a check of these sizes would give them."""
    return layer.params(sizes, np.random.default_rng(0), np.dtype(np.float64))


def trial_inputs(layer: Layer, sizes: Sizes) -> list[Array]:
    """Arrays of the layer's shapes with values that mean nothing."""
    shapes = sizes.shapes()
    return [np.random.default_rng(0).standard_normal(shapes[name]) for name in layer.input_names]


def trial(pair: Pair, layer: Layer, sizes: Sizes) -> None:
    """Run forward and backward once. Raises CannotOpen where they do.

    Every other exception is left for the check to find, where it is a finding with its line.
    """
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            out, cache = pair.forward(*trial_inputs(layer, sizes))
            pair.backward(np.ones_like(np.asarray(out, np.float64)), cache)
        except CannotOpen:
            raise
        except Exception:
            return
