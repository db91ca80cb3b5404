"""What code is held to beside the mathematics: sound code has no finding, and each break of the contract has its own.

Covers contract/contract.py, contract/findings.py and contract/warnings.py, with the bugs of tests/planted.

Covers checking/contract/findings.py as well.
"""

import warnings

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from tests.checking.variants import SIZES, findings, run

RELU = LAYERS["relu"].variants["vectorized"]


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_sound_code_has_no_finding(name, dtype):
    assert not [f for f in run(name, dtype=dtype).findings if f.code != "unread"]


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
