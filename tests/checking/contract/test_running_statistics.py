"""Running statistics are held to the layer's definition: updated in train mode, unchanged in test mode."""

import numpy as np
import pytest

from convcheck.checking.contract.running_statistics import check_running_statistics
from convcheck.layers.catalogue import LAYERS
from tests.checking.variants import findings, run

NORM = LAYERS["batchnorm"].variants["vectorized"]


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


def kept(shape):
    """The statistics in another shape."""

    def change(bn_param, before, x):
        for name in ("running_mean", "running_var"):
            bn_param[name] = bn_param[name].reshape(shape)

    return with_statistics(change)


@pytest.mark.parametrize("mode", ["train", "test"])
def test_an_axis_of_length_one_that_does_no_harm_is_accepted_and_one_that_turns_columns_to_rows_is_not(mode):
    assert run("batchnorm", kept((1, 3)), sizes={"mode": mode}).status == "pass"
    turned = run("batchnorm", kept((3, 1)), sizes={"mode": mode})
    assert turned.status == "fail"
    messages = [f.message for f in findings(turned, "running-statistics")]
    assert messages == [f"after forward, running_{n} has shape (3, 1), expected (3,)" for n in ("mean", "var")]


def test_the_values_behind_a_kept_axis_are_compared():
    def change(bn_param, before, x):
        bn_param["running_mean"] = (bn_param["running_mean"] + 1)[None]

    (finding,) = findings(run("batchnorm", with_statistics(change)), "running-statistics")
    assert finding.message.startswith("after forward, running_mean[")


@pytest.mark.parametrize(
    ("shape", "serves"),
    [((4,), True), ((1, 4), True), ((4, 1, 1), True), ((1, 4, 1, 1), True), ((4, 1), False), ((2, 2), False)],
)
def test_of_images_the_statistics_may_lie_beside_the_channels(shape, serves):
    expected = {"running_mean": np.arange(4.0)}
    given = {"running_mean": np.arange(4.0).reshape(shape)}
    found = check_running_statistics({"running_mean": np.ones(4)}, expected, given, (2, 4, 3, 5), 1e-16)
    assert [f.message for f in found] == (
        [] if serves else [f"after forward, running_mean has shape {shape}, expected (4,)"]
    )
