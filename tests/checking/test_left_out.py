"""Settings that forward is not handed: its own defaults are held to the convention's."""

import numpy as np
import pytest

from convcheck.checking.check import run_bound
from convcheck.checking.settings import Settings
from convcheck.implementations.functions.function_pair import binding_of_functions
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.checking.variants import findings

NORM = LAYERS["batchnorm"]
SIZES = {"N": 5, "D": 3}


def norm(eps=1e-5, momentum=0.9, mean=0.0, var=0.0):
    """A batchnorm whose defaults are these."""

    def batchnorm_forward(x, gamma, beta, bn_param):
        e, m = bn_param.get("eps", eps), bn_param.get("momentum", momentum)
        D = x.shape[1]
        running_mean, running_var = bn_param.get("running_mean", np.full(D, mean)), bn_param.get("running_var", var)
        mu, variance = x.mean(axis=0), ((x - x.mean(axis=0)) ** 2).mean(axis=0)
        bn_param["running_mean"] = m * running_mean + (1 - m) * mu
        bn_param["running_var"] = m * running_var + (1 - m) * variance
        ivar = 1 / np.sqrt(variance + e)
        xhat = (x - mu) * ivar
        return gamma * xhat + beta, (xhat, gamma, ivar)

    return batchnorm_forward


def batchnorm_backward(dout, cache):
    xhat, gamma, ivar = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
    return gamma * ivar * (dout - dbeta / len(dout) - xhat * dgamma / len(dout)), dgamma, dbeta


def run(forward, leave_out="all", **sizes):
    sizes = NORM.sizes(**SIZES | sizes)
    check = Check("norm", "batchnorm", sizes, Manner(leave_out=leave_out))
    return run_bound(
        check,
        NORM,
        binding_of_functions(forward, batchnorm_backward, NORM, sizes, "norm"),
        Settings(suite=True),
    )


@pytest.mark.parametrize(("leave_out", "sizes"), [("all", {}), ("running", {"momentum": 0.7, "eps": 0.1})])
def test_the_convention_s_defaults_are_right(leave_out, sizes):
    result = run(norm(), leave_out, **sizes)
    assert result.status == "pass"
    (note,) = findings(result, "left-out")
    both = "eps = 1e-05, momentum = 0.9, " if leave_out == "all" else ""
    assert note.message == (
        f"forward is not handed what has a default: by convention {both}running_mean = 0 and running_var = 0"
    )


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"eps": 1e-8}, "forward-wrong"),
        ({"momentum": 0.1}, "running-statistics"),
        ({"var": 1.0}, "running-statistics"),
        ({"mean": 1.0}, "running-statistics"),
    ],
    ids=["eps", "momentum", "variance", "mean"],
)
def test_a_default_of_another_value_fails_only_where_the_key_is_left_out(wrong, code):
    assert run(norm(**wrong), "nothing").status == "pass"
    result = run(norm(**wrong))
    assert result.status == "fail"
    assert code in {f.code for f in result.findings if f.severity == "error"}


def test_a_key_that_the_spec_sets_otherwise_is_handed():
    result = run(norm(eps=1e-8), eps=0.5)
    assert result.status == "pass"
    assert "eps" not in findings(result, "left-out")[0].message


def test_code_that_needs_a_key_is_handed_it_and_not_accused():
    def batchnorm_forward(x, gamma, beta, bn_param):
        bn_param["eps"]
        return norm(eps=1e-8)(x, gamma, beta, bn_param)

    result = run(batchnorm_forward)
    assert result.status == "pass"
    assert "by convention momentum = 0.9, running_mean" in findings(result, "left-out")[0].message


def test_code_that_makes_nothing_of_a_missing_key_is_handed_all_of_them():
    def batchnorm_forward(x, gamma, beta, bn_param):
        assert bn_param.get("running_mean").shape == (3,)
        return norm()(x, gamma, beta, bn_param)

    result = run(batchnorm_forward)
    assert result.status == "pass"
    said = "forward has no default for what is left out: all were handed to it"
    assert findings(result, "left-out")[0].message == said


def test_code_that_takes_its_settings_one_by_one_is_handed_all_of_them():
    def batchnorm_forward(x, gamma, beta, running_mean, running_var, mode, eps=1e-3, momentum=0.99):
        bn_param = {"eps": eps, "momentum": momentum, "running_mean": running_mean, "running_var": running_var}
        out, cache = norm()(x, gamma, beta, bn_param)
        running_mean[:], running_var[:] = bn_param["running_mean"], bn_param["running_var"]
        return out, cache

    result = run(batchnorm_forward)
    assert result.status == "pass"
    said = "forward takes its settings one by one: all were handed to it"
    assert findings(result, "left-out")[0].message == said
