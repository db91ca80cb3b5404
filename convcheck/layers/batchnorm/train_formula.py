"""Whether a gradient of test mode is what the formula of train mode gives, whichever statistics are put into it.

In test mode mean and variance are given: dx = dout gamma / √(running_var + eps), and nothing more. Code with one
backward for both modes carries dvar and dmean through all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from convcheck.layers.layer import Array, Mistake, Params

TRAIN_FORMULA = Mistake(
    "train-formula",
    "{name} is what the formula of train mode gives, through the mean and the variance: this is test mode, where both "
    "are constants",
    "in test mode mean and variance are constants: dx = dout · gamma / √(running_var + eps)",
    tolerated="nobody trains in test mode, and a spec with mode: test makes it an error",
)


def train_formula(
    name: str, gradient: Array, inputs: list[Array], dout: Array, params: Params | None
) -> Mistake | None:
    """The mistake, where `gradient`, called `name`, makes it; x and dout are (N, D)."""
    if name != "dx" or params is None or params["mode"] != "test" or not np.isfinite(gradient).all():
        return None
    x, gamma, _ = (a.astype(np.float64) for a in inputs)
    upstream = dout.astype(np.float64) * gamma
    near = float(np.sqrt(np.finfo(gradient.dtype).eps)) if gradient.dtype.kind == "f" else 0.0
    given = gradient.astype(np.float64)
    with np.errstate(all="ignore"):
        known = _of_train_mode(x, upstream, params)
        same = any((np.abs(given - dx) <= near * np.abs(dx).max(initial=0)).all() for dx in known)
    return TRAIN_FORMULA if same else None


def _of_train_mode(x: Array, upstream: Array, params: Params) -> Iterator[Array]:
    """dx of train mode, in one formula and stage by stage, with the statistics of the batch and with the running ones.

    Stage by stage dmean has a term through the variance, which the batch's own mean makes zero.
    """
    means = (params["running_mean"], x.mean(axis=0))
    variances = (params["running_var"], x.var(axis=0))
    N = len(x)
    for mean, var in product(means, variances):
        ivar = 1 / np.sqrt(np.asarray(var, np.float64) + params["eps"])
        xhat = (x - mean) * ivar
        closed = ivar * (upstream - upstream.mean(axis=0) - xhat * (upstream * xhat).mean(axis=0))
        yield closed
        dvar = (upstream * (x - mean)).sum(axis=0) * -0.5 * ivar**3
        yield closed + dvar * (-2 * (x - mean)).mean(axis=0) / N
