"""What cuts an examination short: code that is not written yet, that declines the sizes, or that raises.

Covers examine.py, with the checks of test_check.py.
"""

import pytest

from convcheck.checking.settings import Settings
from convcheck.implementations.errors.declined import NotWritten
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
