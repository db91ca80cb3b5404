"""Running statistics are held to the layer's definition: updated in train mode, unchanged in test mode."""

import pytest

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
