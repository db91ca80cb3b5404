"""What cuts an examination short: code that is not written yet, that declines the sizes, or that raises.

Covers examine.py, with the checks of test_check.py.
"""

import pytest

from convcheck.checking.settings import Settings
from convcheck.implementations.errors.declined import NotWritten, Refusal
from convcheck.layers.catalogue import LAYERS
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


def test_the_same_assertion_where_the_stride_tiles_is_an_exception():
    def forward(x, pool_param):
        assert x.shape[2] == 100
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
