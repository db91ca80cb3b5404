"""Gradients proved at once: what passes costs a few evaluations, and what does not is reported as by groups."""

import dataclasses

import numpy as np
import pytest

from convcheck.checking.check import planned_evaluations, run_bound, run_check
from convcheck.implementations.pair import Pair
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner

CONV = {"N": 2, "C": 3, "H": 6, "W": 5, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
LAYER = LAYERS["conv"]
RIGHT = LAYER.variants["vectorized"]


def conv_check(**manner):
    return Check("a.yaml::conv", "conv", LAYER.sizes(**CONV), Manner(**manner))


def run_own(change=lambda gradients: None, forward=RIGHT.forward, **manner):
    """A check of the layer whose gradients, and whose forward, are changed."""

    def backward(dout, cache):
        gradients = [a.copy() for a in RIGHT.backward(dout, cache)]
        change(gradients)
        return gradients

    def binding(params):
        return Pair("mine", lambda *inputs: forward(*inputs, params), backward)

    return run_bound(conv_check(**manner), LAYER, binding)


def by_name(result):
    return {tensor.name: tensor for tensor in result.tensors}


@pytest.mark.parametrize(("dtype", "evaluations"), [("float64", 12), ("float32", 13)])
def test_a_passing_convolution_is_proved_in_a_few_evaluations(dtype, evaluations):
    check = conv_check(dtype=dtype)
    result = run_check(check)
    assert result.status == "pass"
    assert result.forward_evaluations == planned_evaluations(check) == evaluations
    for name in ("dx", "dw"):
        tensor = by_name(result)[name]
        assert (tensor.verdict, tensor.method, tensor.checked) == ("exact", "projection", tensor.entries)
        assert tensor.scheme.startswith("random projections, exact")
        assert 0 < tensor.miss_probability <= 2.0**-60
        assert tensor.max_abs_error == 0
    # Its one group costs less.
    assert (by_name(result)["db"].method, by_name(result)["db"].miss_probability) == ("groups", None)


POOL = {"N": 2, "C": 3, "H": 7, "W": 6, "H1": 3, "W1": 3, "stride": 2}


@pytest.mark.parametrize(("dtype", "extra"), [("float64", 0), ("float32", 1)])
def test_a_kinked_input_is_proved_from_both_sides_at_every_point(dtype, extra):
    layer = LAYERS["max_pool"]
    check = Check("a.yaml::max_pool", "max_pool", layer.sizes(**POOL), Manner(dtype=dtype, implementation="vectorized"))
    result = run_check(check)
    dx = by_name(result)["dx"]
    assert (result.status, dx.verdict, dx.method) == ("pass", "exact", "projection")
    assert 0 < dx.miss_probability <= 2.0**-60
    # Two directions from both sides and their sum, at the data and at nine further points; the contract, and ties.
    at_a_point = 5 + extra
    assert result.forward_evaluations == planned_evaluations(check) == 4 + at_a_point + 9 * (1 + at_a_point) + 5 + extra


@pytest.mark.parametrize(("scheme", "method"), [("groups", "groups"), ("full", "entries"), ("probe", "directions")])
def test_who_asks_for_a_scheme_gets_it(scheme, method):
    result = run_check(conv_check(scheme=scheme))
    assert {tensor.method for tensor in result.tensors if tensor.name in ("dx", "dw")} == {method}
    assert result.scheme == scheme


def last_image(gradients):
    gradients[0][-1] = 0


def one_unit(gradients):
    gradients[1].flat[7] += 2.0**-22


def zeros(gradients):
    gradients[0][...] = 0


@pytest.mark.parametrize("change", [last_image, one_unit, zeros])
def test_a_wrong_gradient_is_reported_as_by_groups(change):
    proved, grouped = (run_own(change, scheme=scheme) for scheme in ("auto", "groups"))
    wrong = {name: tensor for name, tensor in by_name(proved).items() if tensor.method == "groups" and name != "db"}
    assert len(wrong) == 1
    assert all(tensor == by_name(grouped)[name] for name, tensor in wrong.items())
    assert (proved.status, proved.findings) == (grouped.status, grouped.findings)


def transformed(x, w, b, params):
    x = np.fft.irfft(np.fft.rfft(x, axis=3), n=x.shape[3], axis=3)
    return RIGHT.forward(x, w, b, params)


def doubled(x, w, b, params):
    out, cache = RIGHT.forward(x, w, b, params)
    return 2 * out, cache


@pytest.mark.parametrize("forward", [transformed, doubled])
def test_a_forward_that_is_not_the_layers_to_the_last_bit_proves_nothing(forward):
    results = [run_own(forward=forward, scheme=scheme) for scheme in ("auto", "groups")]
    assert all(tensor.method != "projection" for tensor in results[0].tensors)
    one, other = (result._replace(seconds=0.0) for result in results)
    assert one == other


def test_normal_data_proves_nothing():
    check = conv_check(data="normal")
    result = run_check(check)
    assert all(tensor.miss_probability is None for tensor in result.tensors)
    assert result.forward_evaluations == planned_evaluations(check)


def test_a_check_of_many_sizes_takes_no_more_evaluations_than_by_groups():
    for c, h1 in ((1, 1), (1, 2), (2, 1), (3, 2)):
        sizes = LAYER.sizes(**{**CONV, "C": c, "H1": h1, "W1": h1, "pad": 0})
        auto = conv_check()._replace(sizes=sizes)
        groups = auto._replace(manner=dataclasses.replace(auto.manner, scheme="groups"))
        assert planned_evaluations(auto) <= planned_evaluations(groups)
        assert run_check(auto).forward_evaluations == planned_evaluations(auto)
