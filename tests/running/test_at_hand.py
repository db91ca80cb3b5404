"""Functions and classes that a test or a notebook has at hand, checked as a layer's: `convcheck.check` and `suite`.

Covers running/at_hand.py, implementations/loading/at_hand.py and reports/concluded.py.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from numpy.random import default_rng

import convcheck

SIZES = {"N": 2, "C": 2, "H": 4, "W": 5, "H1": 2, "W1": 3, "stride": 1}


def pool(x, pool_param):
    """Max-pool with two settings by keywords of a dictionary, and what it keeps."""
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.max(axis=(4, 5)), (x, height, width, stride)


def pool_backward(dout, cache):
    return _pool_backward(dout, cache, add=True)


def pool_backward_assigned(dout, cache):
    return _pool_backward(dout, cache, add=False)


def _pool_backward(dout, cache, *, add):
    x, height, width, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        window = x[n, c, top : top + height, left : left + width]
        k, m = np.unravel_index(window.argmax(), window.shape)
        before = dx[n, c, top + k, left + m] if add else 0
        dx[n, c, top + k, left + m] = before + dout[n, c, i, j]
    return dx


class Swish:
    """A class without its parameter beta, which is one."""

    def forward(self, x):
        self.x = x
        return x / (1 + np.exp(-x))

    def backward(self, dout):
        s = 1 / (1 + np.exp(-self.x))
        return dout * (s + self.x * s * (1 - s))


def test_a_forward_and_a_backward_are_checked_as_the_layer_that_is_named():
    outcome = convcheck.check("max_pool", pool, pool_backward, **SIZES)
    assert outcome
    assert outcome.implementation == "pool,pool_backward"
    assert {tensor.name for tensor in outcome.tensors} == {"forward", "dx"}


def test_what_is_wrong_is_said_with_its_mend_and_the_call_that_repeats_it():
    outcome = convcheck.check("max_pool", pool, pool_backward_assigned, **SIZES)
    assert not outcome
    text = str(outcome)
    assert "mend: " in text
    assert "convcheck.check('max_pool', pool, pool_backward_assigned, N=2, C=2, H=4, W=5, H1=2, W1=3, stride=1" in text
    with pytest.raises(convcheck.CheckFailed, match="mend: "):
        outcome.raise_for_status()


def test_the_settings_of_a_spec_go_with_the_sizes_and_a_mapping_or_a_check_takes_code_as_well():
    outcome = convcheck.check("max_pool", pool, pool_backward, dtype="float32", seed=7, **SIZES)
    assert (outcome.dtype, outcome.seed, outcome.status) == ("float32", 7, "pass")
    check = convcheck.check({"layer": "max_pool", **SIZES}, pool, pool_backward, seed=7)
    assert (check.seed, check.implementation, check.status) == (7, "pool,pool_backward", "pass")
    assert convcheck.check("max_pool", **SIZES).implementation == "naive"
    given = {"layer": "function", "inputs": {"x": [3, 4]}}
    assert convcheck.check(given, np.sin, lambda dout, x: dout * np.cos(x))
    assert not convcheck.check(given, np.sin, lambda dout, x: dout * np.sin(x))


def test_a_suite_finds_what_one_check_may_not_and_concludes():
    right = convcheck.suite("max_pool", pool, pool_backward)
    assert right
    assert right.conclusion is None
    assert len(right.outcomes) > 5
    wrong = convcheck.suite("max_pool", pool, pool_backward_assigned)
    assert not wrong
    assert wrong.conclusion.wrong == ("dx",)
    assert Path(wrong.conclusion.file).absolute() == Path(__file__)
    assert wrong.conclusion.line == pool_backward_assigned.__code__.co_firstlineno
    assert wrong.conclusion.failed < wrong.conclusion.checks
    assert wrong.conclusion.causes[0].mend in str(wrong).replace("\n    ", " ")
    assert str(wrong).splitlines()[-1].startswith(f"{len(wrong.outcomes)} checks: ")
    assert "mend" in wrong._repr_html_()
    with pytest.raises(convcheck.CheckFailed) as raised:
        wrong.raise_for_status()
    assert raised.value.outcome is wrong
    right.raise_for_status()


def test_a_class_is_made_with_the_sizes_of_each_check():
    assert convcheck.suite("swish", Swish)
    assert convcheck.check("swish", Swish, shape=[3, 4])


def test_functions_that_nothing_but_the_test_knows():
    def forward(x):
        return np.maximum(0, x), x

    assert convcheck.suite("relu", forward, lambda dout, x: dout * (x > 0))
    assert not convcheck.suite("relu", forward, lambda dout, x: dout * (x > 0.5))
    assert not convcheck.suite("relu", lambda x: (np.maximum(0, x), x), lambda dout, x: dout)


def dropout(x, p, mode):
    mask = (default_rng().random(x.shape) < p) / p
    return (x * mask, mask) if mode == "train" else (x, None)


def test_code_that_draws_numbers_draws_the_same_and_the_callers_own_go_on():
    random.seed(3)
    np.random.seed(3)
    expected = random.random(), np.random.random()
    random.seed(3)
    np.random.seed(3)
    given = {"p": 0.6, "mode": "train", "shape": [4, 5]}
    outcome = convcheck.check("dropout", dropout, lambda dout, mask: dout * mask, **given)
    assert outcome, str(outcome)
    assert (random.random(), np.random.random()) == expected


def test_what_the_code_raises_is_a_finding_and_what_it_leaves_is_no_pass():
    def raising(x):
        raise KeyError("gamma")

    def leaving(x):
        raise SystemExit(0)

    for forward in (raising, leaving):
        outcome = convcheck.check("relu", forward, lambda dout, x: dout, shape=[2, 3])
        assert outcome.status == "error", forward
        assert not convcheck.suite("relu", forward, lambda dout, x: dout)
    assert "gamma" in str(convcheck.check("relu", raising, lambda dout, x: dout, shape=[2, 3]))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: convcheck.check("swish", Swish(), shape=[2]), TypeError, "hand over Swish itself"),
        (lambda: convcheck.check("relu", "layers.py", shape=[2]), TypeError, "forward: expected a function"),
        (lambda: convcheck.check("relu", np.sin, 5, shape=[2]), TypeError, "backward: expected a function"),
        (lambda: convcheck.check("relu", np.sin, np.sin, np.sin, shape=[2]), TypeError, "received 3 objects"),
        (lambda: convcheck.check("max_pool", pool, **SIZES), ValueError, "hand over its backward as well"),
        (lambda: convcheck.check("relu", Swish), convcheck.InvalidSpec, "relu needs"),
        (lambda: convcheck.check("rleu", Swish, shape=[2]), convcheck.InvalidSpec, "did you mean relu?"),
        (lambda: convcheck.check("relu", Swish, shape=[2], sede=3), convcheck.InvalidSpec, "did you mean seed?"),
        (lambda: convcheck.suite("relu"), TypeError, "expected code to check"),
        (lambda: convcheck.suite("rleu", Swish), ValueError, "did you mean relu?"),
        (lambda: convcheck.suite("function", Swish), ValueError, "is checked by gradcheck"),
        (lambda: convcheck.suite("relu", Swish, sede=3), TypeError, "did you mean seed?"),
    ],
)
def test_a_mistake_in_a_call_is_a_sentence(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
