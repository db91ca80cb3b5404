"""What code is held to beside the mathematics: each lapse has a finding of its own, and sound code has none."""

import warnings

import numpy as np
import pytest

from convcheck.checking.check import run_variant
from convcheck.checking.contract.memory_layout import scattered
from convcheck.checking.settings import Settings
from convcheck.implementations.source import NotWritten
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


CONV, NORM, RELU = (LAYERS[name].variants["vectorized"] for name in ("conv", "batchnorm", "relu"))


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_sound_code_has_no_finding(name, dtype):
    assert not [f for f in run(name, dtype=dtype).findings if f.code != "unread"]


def test_scattered_arrays_hold_the_same_values_and_are_contiguous_in_no_order(rng):
    x = rng.standard_normal((3, 4, 5))
    view = scattered(x)
    assert (view == x).all()
    assert not view.flags.c_contiguous
    assert not view.flags.f_contiguous


def test_code_that_reads_memory_rather_than_the_array_is_found():
    def forward(x):
        flat = np.lib.stride_tricks.as_strided(x, (x.size,), (x.itemsize,))
        return np.maximum(flat, 0).reshape(x.shape), x

    (finding,) = findings(run("relu", forward), "layout")
    assert finding.severity == "error"
    assert finding.message == "the output differs where the inputs are the same numbers in another memory layout"


def test_code_that_refuses_another_layout_is_warned_about_and_passes():
    def forward(x):
        if not x.flags.c_contiguous:
            raise ValueError("ndarray is not C-contiguous")
        return RELU.forward(x)

    result = run("relu", forward)
    (finding,) = findings(result, "layout")
    assert finding.severity == "warning"
    assert "ndarray is not C-contiguous" in finding.message
    assert result.status == "pass"


def left_alone(x, gamma, beta, bn_param):
    return NORM.forward(x, gamma, beta, dict(bn_param))


def with_statistics(change):
    def forward(x, gamma, beta, bn_param):
        before = dict(bn_param)
        out, cache = NORM.forward(x, gamma, beta, bn_param)
        change(bn_param, before, x.real)
        return out, cache

    return forward


def momentum_swapped(bn_param, before, x):
    bn_param["running_mean"] = 0.3 * before["running_mean"] + 0.7 * x.mean(axis=0)


def deviation_for_variance(bn_param, before, x):
    bn_param["running_var"] = 0.7 * before["running_var"] + 0.3 * x.std(axis=0)


def with_eps(bn_param, before, x):
    bn_param["running_var"] = bn_param["running_var"] + 1e-9


def test_statistics_that_differ_far_down_are_shown_with_digits_enough():
    (finding,) = findings(run("batchnorm", with_statistics(with_eps)), "running-statistics")
    given, wanted = finding.message.split(" is ")[1].split(" (")[0].split(", expected ")
    assert given != wanted


def over_one_less(bn_param, before, x):
    bn_param["running_var"] = 0.7 * before["running_var"] + 0.3 * x.var(axis=0, ddof=1)


@pytest.mark.parametrize(
    ("forward", "sizes", "said"),
    [
        (left_alone, {}, ["forward does not update running_mean", "forward does not update running_var"]),
        (with_statistics(momentum_swapped), {}, ["after forward, running_mean["]),
        (with_statistics(deviation_for_variance), {}, ["after forward, running_var["]),
        (with_statistics(over_one_less), {}, []),
        (with_statistics(momentum_swapped), {"mode": "test"}, ["forward changes running_mean in test mode"]),
    ],
    ids=["alone", "momentum", "deviation", "unbiased", "test"],
)
def test_running_statistics_are_held_to_the_definition(forward, sizes, said):
    for dtype in ("float64", "float32"):
        result = run("batchnorm", forward, sizes=sizes, dtype=dtype)
        messages = [f.message for f in findings(result, "running-statistics")]
        assert len(messages) == len(said)
        assert all(message.startswith(start) for message, start in zip(messages, said, strict=True))
        assert result.status == ("fail" if said else "pass")


def test_a_gradient_divided_by_the_batch_is_named():
    def backward(dout, cache):
        return tuple(g / 2 for g in CONV.backward(dout, cache))

    messages = [f.message for f in findings(run("conv", backward=backward), "scaled")]
    assert messages == [f"{g} is 1/N = 1/2 times the right gradient" for g in ("dx", "dw", "db")]


def test_warnings_are_counted_and_named_once():
    def forward(x):
        for _ in range(3):
            np.log(-np.abs(x[0, 0, 0, :1]))
        warnings.warn("mind the step", UserWarning, stacklevel=1)
        return RELU.forward(x)

    result = run("relu", forward)
    messages = [f.message for f in findings(result, "warned")]
    assert len(messages) == 2
    assert messages[0].startswith("RuntimeWarning: invalid value encountered in log (line ")
    assert messages[0].endswith(" of test_contract.py), 3 times")
    assert result.status == "pass"


@pytest.mark.parametrize("suite", [True, False])
def test_what_is_not_written_yet_is_skipped_in_the_suite_and_an_error_elsewhere(suite):
    def backward(dout, cache):
        raise NotWritten("relu_backward is not written yet: it returns None")

    result = run("relu", backward=backward, settings=Settings(suite=suite))
    assert result.status == ("skipped" if suite else "error")
    assert findings(result, "not-written")[0].message == "relu_backward is not written yet: it returns None"


@pytest.mark.parametrize("suite", [True, False])
def test_an_assertion_on_a_stride_that_does_not_tile_is_a_refusal(suite):
    def forward(x, pool_param):
        assert x.shape[2] % pool_param["stride"] == 0, "does not tile"
        return LAYERS["max_pool"].variants["vectorized"].forward(x, pool_param)

    result = run("max_pool", forward, settings=Settings(suite=suite))
    assert result.status == ("skipped" if suite else "error")
    assert "does not tile" in findings(result, "refused")[0].message
    whole = run("max_pool", forward, settings=Settings(suite=suite), sizes={"H": 6, "W": 6})
    assert whole.status == "pass"


def test_the_same_assertion_where_the_stride_tiles_is_an_exception():
    def forward(x, pool_param):
        assert x.shape[2] == 100
        return None, None

    result = run("max_pool", forward, settings=Settings(suite=True), sizes={"H": 6, "W": 6})
    assert result.status == "error"
    assert findings(result, "raised")
