"""A gradient of test mode that is what the formula of train mode gives is known, whichever statistics are in it."""

import numpy as np
import pytest

from convcheck.layers.catalogue import mistakes_of
from tests.layers.cases import data_for, one, passes


def staged(x, upstream, mean, var, eps):
    """dmean and dvar carried through, one after the other."""
    N = len(x)
    std = np.sqrt(var + eps)
    dvar = (upstream * (x - mean)).sum(axis=0) * -0.5 / std**3
    dmean = -upstream.sum(axis=0) / std + dvar * (-2 * (x - mean)).sum(axis=0) / N
    return upstream / std + dvar * 2 * (x - mean) / N + dmean / N


def closed(x, upstream, mean, var, eps):
    """One formula."""
    std = np.sqrt(var + eps)
    xhat = (x - mean) / std
    N = len(x)
    return (N * upstream - upstream.sum(axis=0) - xhat * (upstream * xhat).sum(axis=0)) / (N * std)


def centred(x, upstream, mean, var, eps):
    """The mean of all that came before is taken from it at the end."""
    std = np.sqrt(var + eps)
    through = upstream / std - (x - mean) * (upstream * (x - mean)).mean(axis=0) / std**3
    return through - through.mean(axis=0)


def mean_alone(x, upstream, mean, var, eps):
    """dvar forgotten, which is wrong in train mode, too."""
    return (upstream - upstream.mean(axis=0)) / np.sqrt(var + eps)


def columns(a):
    return a if a.ndim == 2 else a.transpose(0, 2, 3, 1).reshape(-1, a.shape[1])


def images(a, shape):
    return a if len(shape) == 2 else a.reshape(shape[0], *shape[2:], shape[1]).transpose(0, 3, 1, 2)


CASES = [(layer, dtype) for layer in ("batchnorm", "spatial_batchnorm") for dtype in ("float64", "float32")]


def case(name, dtype):
    layer, sizes = one(name, mode="test")
    inputs, dout, params = data_for(layer, sizes, seed=3, dtype=dtype)
    return layer, inputs, dout, params


def said(layer, dx, inputs, dout, params, name="dx"):
    made = mistakes_of(layer.name).tolerated(name, dx, inputs, dout, params)
    return made and made.mistake.name


@pytest.mark.parametrize("formula", [staged, closed, centred])
@pytest.mark.parametrize("mean", ["running", "batch"])
@pytest.mark.parametrize("var", ["running", "batch"])
@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_it_is_known_in_every_way_to_write_it(name, dtype, var, mean, formula):
    layer, inputs, dout, params = case(name, dtype)
    x, upstream = columns(inputs[0]), columns(dout) * inputs[1]
    statistics = (
        params["running_mean"] if mean == "running" else x.mean(axis=0),
        params["running_var"] if var == "running" else x.var(axis=0),
    )
    dx = images(formula(x, upstream, *statistics, params["eps"]), dout.shape).astype(dtype)
    assert said(layer, dx, inputs, dout, params) == "train-formula"


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_the_right_gradient_and_one_that_is_wrong_in_another_way_are_not(name, dtype):
    layer, inputs, dout, params = case(name, dtype)
    right = passes(layer, layer.variants["vectorized"], inputs, dout, params)["dx"]
    assert said(layer, right, inputs, dout, params) is None
    noise = np.random.default_rng(0).standard_normal(right.shape).astype(dtype)
    one_column = right.copy()
    one_column[:, 0] -= one_column[:, 0].mean()
    x, upstream = columns(inputs[0]), columns(dout) * inputs[1]
    # These add up to zero in each column, as the formula of train mode does.
    alone = mean_alone(x, upstream, params["running_mean"], params["running_var"], params["eps"])
    centred_dout = upstream - upstream.mean(axis=0)
    adds_up = [images(a, dout.shape) for a in (alone, centred_dout, 0 * upstream, np.roll(upstream, 1, 0) - upstream)]
    others = (2 * right, right + noise, right[::-1] * 0.9, one_column, np.full_like(right, np.nan))
    for wrong in (*others, *(a.astype(dtype) for a in adds_up)):
        assert said(layer, wrong, inputs, dout, params) is None


@pytest.mark.parametrize("name", ["batchnorm", "spatial_batchnorm"])
def test_in_train_mode_it_is_right_and_no_mistake_of_other_gradients_is_known(name):
    layer, sizes = one(name)
    inputs, dout, params = data_for(layer, sizes, seed=3)
    right = passes(layer, layer.variants["vectorized"], inputs, dout, params)
    assert said(layer, right["dx"], inputs, dout, params) is None
    assert said(layer, right["dgamma"], inputs, dout, params | {"mode": "test"}, "dgamma") is None
    assert mistakes_of("relu").tolerated("dx", dout, [dout], dout, None) is None
