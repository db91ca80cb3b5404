"""Gradients proved at once: what passes costs a few evaluations, and what does not is reported as by groups."""

import dataclasses
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from convcheck.checking.check import planned_evaluations, run_bound, run_check, run_variant
from convcheck.checking.settings import DEFAULT_SETTINGS, Settings
from convcheck.implementations.pair import Pair
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner

CONV = {"N": 2, "C": 3, "H": 6, "W": 5, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
LAYER = LAYERS["conv"]
RIGHT = LAYER.variants["vectorized"]


def conv_check(**keys):
    sizes = {key: keys.pop(key) for key in CONV if key in keys}
    return Check("a.yaml::conv", "conv", LAYER.sizes(**CONV | sizes), Manner(**keys))


def run_own(change=lambda gradients: None, forward=RIGHT.forward, settings=DEFAULT_SETTINGS, **keys):
    """A check of the layer whose gradients, and whose forward, are changed."""

    def backward(dout, cache):
        gradients = [a.copy() for a in RIGHT.backward(dout, cache)]
        change(gradients)
        return gradients

    def binding(params):
        return Pair("mine", lambda *inputs: forward(*inputs, params), backward)

    return run_bound(conv_check(**keys), LAYER, binding, settings)


def by_name(result):
    return {tensor.name: tensor for tensor in result.tensors}


@pytest.mark.parametrize(("dtype", "evaluations"), [("float64", 11), ("float32", 12)])
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
    assert result.forward_evaluations == planned_evaluations(check) == 3 + at_a_point + 9 * (1 + at_a_point) + 5 + extra


@pytest.mark.parametrize(("scheme", "method"), [("entries", "groups"), ("full", "entries")])
def test_who_asks_for_a_scheme_gets_it(scheme, method):
    result = run_check(conv_check(scheme=scheme))
    assert {tensor.method for tensor in result.tensors if tensor.name in ("dx", "dw")} == {method}
    assert result.scheme == scheme


def last_image(gradients):
    gradients[0][-1] = 0


def one_unit(gradients):
    gradients[1].flat[7] += 2.0**-14


def one_filter(gradients):
    gradients[1][2] *= 2


def last_row(gradients):
    gradients[0][..., -1, :] += 1


def zeros(gradients):
    gradients[0][...] = 0


def pairs(gradients):
    gradients[0].flat[3:5] += [0.5, -0.5]


def off_the_grid(gradients):
    gradients[0].flat[3] /= 3


def not_a_number(gradients):
    gradients[0].flat[3] = np.nan


CHANGES = [last_image, one_unit, one_filter, last_row, zeros, pairs, off_the_grid, not_a_number]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_wrong_gradient_is_reported_as_by_groups_and_costs_no_more(change, dtype):
    proved, grouped = (run_own(change, scheme=scheme, dtype=dtype) for scheme in ("auto", "entries"))
    wrong = {name: tensor for name, tensor in by_name(proved).items() if tensor.method == "groups" and name != "db"}
    assert len(wrong) == 1
    # In words, since no NaN is equal to another.
    assert str(wrong) == str({name: by_name(grouped)[name] for name in wrong})
    assert (proved.status, proved.findings) == (grouped.status, grouped.findings)
    # One unit in float32 may be rounding, of which there is a warning.
    assert proved.status == "fail" or (change, dtype, proved.findings[0].code) == (one_unit, "float32", "last-digits")
    # The other gradient is proved, in fewer evaluations than by groups.
    assert proved.forward_evaluations < grouped.forward_evaluations


@pytest.mark.parametrize(("change", "most"), [(one_unit, 1 + 8), (pairs, 2 * 8 + 1)])
def test_few_wrong_entries_cost_few_evaluations(change, most):
    sizes = {"C": 16, "H1": 4, "W1": 4}
    passing = run_own(**sizes)
    assert passing.forward_evaluations == 11
    assert run_own(change, **sizes).forward_evaluations <= 11 + most


@pytest.mark.parametrize("far", [False, True])
def test_a_wrong_gradient_of_a_kinked_input_is_reported_as_by_groups_at_every_point(far):
    layer = LAYERS["max_pool"]
    right = layer.variants["vectorized"]

    def forward(x, params):
        out, cache = right.forward(x, params)
        return out, (x, cache)

    def backward(dout, cache):
        x, cache = cache
        dx = right.backward(dout, cache).copy()
        if not far or np.abs(x).max() > 1e3:
            dx.flat[[5, 11]] += 1
        return dx

    results = []
    for scheme in ("auto", "entries"):
        check = Check("a.yaml::max_pool", "max_pool", layer.sizes(**POOL), Manner(scheme=scheme))
        variant = right._replace(forward=forward, backward=backward)
        results.append(run_variant(check, layer, variant))
    proved, grouped = results
    assert proved.status == "fail"
    dx, expected = (by_name(result)["dx"] for result in results)
    assert (dx.wrong, dx.method, dx.scheme) == (expected.wrong, "groups", expected.scheme) == (2, "groups", dx.scheme)
    assert proved.forward_evaluations < grouped.forward_evaluations


def transformed(x, w, b, params):
    x = np.fft.irfft(np.fft.rfft(x, axis=3), n=x.shape[3], axis=3)
    return RIGHT.forward(x, w, b, params)


def in_float32(x, w, b, params):
    out, cache = RIGHT.forward(*(a.astype(np.float32) for a in (x, w, b)), params)
    return out.astype(x.dtype), cache


def rounding_nearby(x, w, b, params):
    """Exact at the data, and with tenths on the way as soon as there are more bits."""
    return RIGHT.forward(np.where(x * 2.0**11 % 1 == 0, x, x * 0.1 * 10), w, b, params)


# What Winograd's F(2×2, 3×3) does with images and filters, and with their products (Lavin and Gray, 2016).
DATA = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
FILTER = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
PRODUCT = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])


def winograd(x, w, b, params):
    """Tiles of 2 × 2 outputs, with 16 products for each in place of 36."""
    cache = RIGHT.forward(x, w, b, params)[1]
    n, _, h, width = x.shape
    x = np.pad(x, ((0, 0), (0, 0), (1, 1 + h % 2), (1, 1 + width % 2)))
    tiles = np.lib.stride_tricks.sliding_window_view(x, (4, 4), axis=(2, 3))[:, :, ::2, ::2]
    images = np.einsum("ia,ncrsab,jb->ncrsij", DATA, tiles, DATA)
    filters = np.einsum("ia,fcab,jb->fcij", FILTER, w, FILTER)
    out = np.einsum("ki,ncrsij,fcij,lj->nfrksl", PRODUCT, images, filters, PRODUCT)
    out = out.reshape(n, len(w), out.shape[2] * 2, -1)[:, :, :h, :width]
    return (out + b[:, None, None]).astype(x.dtype), cache


@pytest.mark.parametrize(
    ("forward", "dtype"),
    [(transformed, "float64"), (transformed, "float32"), (in_float32, "float32"), (rounding_nearby, "float64")],
)
def test_right_code_that_rounds_on_the_way_passes_in_the_old_way(forward, dtype):
    proved, grouped = (run_own(forward=forward, dtype=dtype, scheme=scheme) for scheme in ("auto", "entries"))
    assert proved.status == "pass"
    assert by_name(proved)["dx"] == by_name(grouped)["dx"]


def float32_alone(x, w, b, params):
    assert x.dtype == w.dtype == np.float32
    return RIGHT.forward(x, w, b, params)


def test_code_that_takes_float32_alone_is_proved_in_more_directions_of_fewer_bits():
    result = run_own(forward=float32_alone, dtype="float32")
    assert (result.status, result.findings) == ("pass", ())
    for name in ("dx", "dw"):
        tensor = by_name(result)[name]
        assert (tensor.method, tensor.scheme) == ("projection", "random projections, exact")
        assert 0 < tensor.miss_probability <= 2.0**-60
    wrong = run_own(one_filter, float32_alone, dtype="float32")
    assert (by_name(wrong)["dw"].verdict, by_name(wrong)["dw"].wrong) == ("wrong", 27)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_code_with_fewer_products_passes(dtype):
    assert run_own(forward=winograd, dtype=dtype).status == "pass"


def doubled(x, w, b, params):
    out, cache = RIGHT.forward(x, w, b, params)
    return 2 * out, cache


def cut_off(x, w, b, params):
    return doubled(np.clip(x, -1e4, 1e4), np.clip(w, -1e4, 1e4), b, params)


def dead_zone(x, w, b, params):
    """What is nearer to the data than directions go makes no difference."""
    return doubled(np.round(x * 2.0**27) * 2.0**-27, np.round(w * 2.0**27) * 2.0**-27, b, params)


def twice(gradients):
    for gradient in gradients:
        np.multiply(gradient, 2, out=gradient)


@pytest.mark.parametrize(("forward", "method"), [(doubled, "projection"), (cut_off, "groups"), (dead_zone, "groups")])
def test_of_another_function_gradients_are_proved_where_it_is_linear_near_and_far(forward, method):
    proved, grouped = (run_own(twice, forward, scheme=scheme) for scheme in ("auto", "entries"))
    assert (proved.status, [f.code for f in proved.findings]) == ("fail", ["forward-wrong"])
    assert {by_name(proved)[name].method for name in ("dx", "dw")} == {method}
    assert [t.verdict for t in proved.tensors] == [t.verdict for t in grouped.tensors] == ["wrong", *["exact"] * 3]
    assert proved.findings == grouped.findings


@pytest.mark.parametrize("forward", [transformed, doubled, cut_off, dead_zone, rounding_nearby])
def test_a_wrong_gradient_of_any_function_is_reported_as_by_groups(forward):
    """That of the convolution, with an entry off by one unit."""
    proved, grouped = (run_own(one_unit, forward, scheme=scheme) for scheme in ("auto", "entries"))
    assert by_name(proved)["dw"] == by_name(grouped)["dw"]
    assert (by_name(proved)["dw"].verdict, proved.findings) == ("wrong", grouped.findings)
    # Two directions and their sum, of x and of w.
    assert proved.forward_evaluations <= grouped.forward_evaluations + 6


def rounded_on_the_way(gradients):
    """As by a backward pass that sums spectra."""
    for gradient in gradients:
        np.add(gradient, np.spacing(gradient), out=gradient)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("budget", [60, 10_000])
def test_a_gradient_that_backward_rounds_is_not_accused_though_no_proof_holds(budget, dtype, monkeypatch):
    """By a clock at which every evaluation takes a second: its 144 groups are too many for the smaller budget."""
    clock = SimpleNamespace(perf_counter=count().__next__)
    monkeypatch.setattr("convcheck.numeric.function.time", clock)
    result = run_own(rounded_on_the_way, dtype=dtype, C=16, settings=Settings(budget=budget))
    assert {by_name(result)[name].verdict for name in ("dx", "dw")} == {"within_bound"}
    assert all(by_name(result)[name].miss_probability is None for name in ("dx", "dw"))


def laid_out(x, w, b, params):
    """Wrong where x is not contiguous."""
    return RIGHT.forward(np.ndarray(x.shape, x.dtype, x) if x.flags.c_contiguous else 2 * x, w, b, params)


def test_what_hangs_on_the_memory_layout_fails_whatever_is_proved():
    result = run_own(forward=laid_out)
    assert result.status == "fail"
    assert [(f.code, f.severity) for f in result.findings] == [("layout", "error")]


def test_normal_data_proves_nothing():
    check = conv_check(data="normal")
    result = run_check(check)
    assert all(tensor.miss_probability is None for tensor in result.tensors)
    assert result.forward_evaluations <= planned_evaluations(check)


def test_a_check_of_many_sizes_takes_no_more_evaluations_than_by_groups():
    for c, h1 in ((1, 1), (1, 2), (2, 1), (3, 2)):
        sizes = LAYER.sizes(**{**CONV, "C": c, "H1": h1, "W1": h1, "pad": 0})
        auto = conv_check()._replace(sizes=sizes)
        groups = auto._replace(manner=dataclasses.replace(auto.manner, scheme="entries"))
        assert planned_evaluations(auto) <= planned_evaluations(groups)
        assert run_check(auto).forward_evaluations == planned_evaluations(auto)
