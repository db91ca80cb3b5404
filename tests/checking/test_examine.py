"""What cuts an examination short: code that is not written yet, that declines the sizes, or that raises.

Covers examine.py, with the checks of test_check.py, and checking/termination.py.
"""

import numpy as np
import pytest

from convcheck.checking.settings import Settings
from convcheck.implementations.errors.declined import NothingStored, NotWritten, Refusal
from convcheck.layers.catalogue import LAYERS
from convcheck.reports.wording.words import expectation
from tests.checking.variants import findings, run


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


def test_an_assertion_on_what_is_computed_is_an_exception_where_the_stride_tiles():
    def forward(x, pool_param):
        assert x.max() == 100
        return None, None

    result = run("max_pool", forward, settings=Settings(suite=True), sizes={"H": 6, "W": 6})
    assert result.status == "error"
    assert findings(result, "raised")


def test_what_was_not_seen_is_a_warning_where_the_sizes_tile_and_nothing_where_they_do_not():
    def forward(x, pool_param):
        assert x.shape[2] % pool_param["pool_height"] == 0, "the window must tile"
        return LAYERS["max_pool"].variants["vectorized"].forward(x, pool_param)

    tiles = run("max_pool", forward, settings=Settings(suite=True), sizes={"H": 5, "H1": 3, "W1": 3})
    assert tiles.status == "skipped"
    (said,) = findings(tiles, "untested")
    assert (said.severity, said.message) == (
        "warning",
        "these sizes tile, and nothing is left over: what this check is there for was not seen",
    )
    left_over = run("max_pool", forward, settings=Settings(suite=True))
    assert left_over.status == "skipped"
    assert findings(left_over, "untested") == []


def test_what_code_has_no_word_for_is_no_warning():
    def forward(x, pool_param):
        raise Refusal("it has no parameter for the stride")

    (said,) = findings(run("max_pool", forward, settings=Settings(suite=True), sizes={"H": 6, "W": 6}), "untested")
    assert (said.severity, said.message) == ("note", "what this check is there for was not seen")


NORM = LAYERS["batchnorm"].variants["vectorized"]
TEST = {"mode": "test", "eps": 0.5}


def with_train_formula(dout, cache):
    xhat, gamma, ivar, bn_param = cache
    return NORM.backward(dout, (xhat, gamma, ivar, bn_param | {"mode": "train"}))


def test_the_formula_of_train_mode_in_test_mode_is_a_warning_in_the_suite_and_wrong_where_a_spec_asks():
    suite = run("batchnorm", None, with_train_formula, Settings(suite=True), TEST)
    assert suite.status == "pass"
    assert [t.name for t in suite.tensors] == ["forward", "dgamma", "dbeta"]
    (warning,) = suite.findings
    assert (warning.code, warning.severity, warning.tensor) == ("train-formula", "warning", "dx")
    assert warning.message == (
        "dx is what the formula of train mode gives, through the running mean and variance: this is test mode, where "
        "mean and variance are constants; here it is a warning: nobody trains in test mode, and a spec with mode: test "
        "makes it an error"
    )
    asked = run("batchnorm", None, with_train_formula, sizes=TEST)
    assert asked.status == "fail"
    assert [t.name for t in asked.tensors if t.verdict == "wrong"] == ["dx"]
    assert [f.severity for f in findings(asked, "train-formula")] == ["note"]


def test_another_wrong_gradient_of_test_mode_and_a_wrong_output_beside_it_fail_in_the_suite():
    def halved(dout, cache):
        dx, dgamma, dbeta = NORM.backward(dout, cache)
        return dx / 2, dgamma, dbeta

    assert run("batchnorm", None, halved, Settings(suite=True), TEST).status == "fail"

    def forward(x, gamma, beta, bn_param):
        out, cache = NORM.forward(x, gamma, beta, bn_param)
        return 2 * out, cache

    result = run("batchnorm", forward, with_train_formula, Settings(suite=True), TEST)
    assert result.status == "fail"
    assert "dx" in [t.name for t in result.tensors if t.verdict == "wrong"]


def no_test_mode(dout, cache):
    raise ValueError("backward is for training")


def nothing_stored(dout, cache):
    raise NothingStored("forward stores nothing for backward in test mode")


def nothing_to_unpack(dout, cache):
    x, gamma = None
    return x, gamma


def never_bound(dout, cache):
    if dout is None:
        stored = cache
    return stored


class Norm:
    """A layer that writes its attributes in train mode."""


def never_written(dout, cache):
    return Norm().xhat * dout


@pytest.mark.parametrize("backward", [no_test_mode, nothing_stored, nothing_to_unpack, never_bound, never_written])
def test_a_right_output_of_test_mode_is_a_pass_that_says_it_is_forward_only(backward):
    result = run("batchnorm", None, backward, Settings(suite=True), TEST)
    assert {result.status, run("batchnorm", None, backward, sizes=TEST).status} == {"pass"}
    assert [t.name for t in result.tensors] == ["forward"]
    (note,) = findings(result, "forward-only")
    assert note.message.startswith("the output is compared alone, since there is no backward in test mode: ")
    assert expectation(result) == "(forward only)"


@pytest.mark.parametrize(
    "slip",
    [
        lambda dout, cache: dout[:, 99],
        lambda dout, cache: dout @ dout,
        lambda dout, cache: dout.sum2(),
        lambda dout, cache: np.sun(dout),
        lambda dout, cache: dx,  # noqa: F821
        # Nor does a name that speaks of a cache.
        lambda dout, cache: cache_of_test,  # noqa: F821
        lambda dout, cache: dout / 0 + 1 / 0,
    ],
)
def test_a_slip_in_a_backward_of_test_mode_is_an_error(slip):
    result = run("batchnorm", None, slip, Settings(suite=True), TEST)
    assert result.status == "error"
    assert findings(result, "raised")


def test_a_wrong_output_of_test_mode_without_a_backward_fails():
    def forward(x, gamma, beta, bn_param):
        out, cache = NORM.forward(x, gamma, beta, bn_param)
        return out + 1, cache

    assert run("batchnorm", forward, no_test_mode, Settings(suite=True), TEST).status == "fail"


def test_a_backward_that_is_not_written_is_skipped_in_test_mode_too():
    def backward(dout, cache):
        raise NotWritten("batchnorm_backward is not written yet: its body does nothing", "backward")

    assert run("batchnorm", None, backward, Settings(suite=True), TEST).status == "skipped"
