"""Where entries are large a warning says what is not finite, and nothing is said of code that is right there."""

from __future__ import annotations

import pytest

from tests.implementations.files import checked, found, write
from tests.implementations.running import told

CODE = """
import numpy as np
def softmax_loss(x, y):
    rows = np.arange(len(y))
    SHIFT
    e = np.exp(x)
    p = e / e.sum(axis=1, keepdims=True)
    log_p = LOG
    dx = p.copy()
    dx[rows, y] -= 1
    return -log_p[rows, y].mean(), dx / len(y)
"""
SHIFT, STABLE, OF_P = "x = x - x.max(axis=1, keepdims=True)", "x - np.log(e.sum(axis=1, keepdims=True))", "np.log(p)"


@pytest.mark.parametrize(
    ("shift", "log", "said"),
    [
        (SHIFT, STABLE, []),
        (SHIFT, OF_P, ["the output is not finite where entries of x are 1024 times as large, and should be"]),
        ("", OF_P, ["the output and dx are not finite where entries of x are 1024 times as large, and should be"]),
        # Not equal to anything, and none of it raises.
        ("assert np.abs(x).max() < 100", STABLE, []),
    ],
)
def test_what_is_not_finite_at_large_entries_is_a_warning(tmp_path, shift, log, said):
    source = write(tmp_path, CODE.replace("SHIFT", shift).replace("LOG", log))
    (one,) = found(source)
    result = checked(source, one)
    assert result.status == "pass", told(result)
    found_there = [finding for finding in result.findings if finding.code == "overflow"]
    assert [finding.message for finding in found_there] == said
    assert all(f.severity == "warning" and "neither exp nor log overflows" in f.hint for f in found_there)


OF_STEPS = """
import numpy as np
def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    flat, labels, rows = x.reshape(N * T, V), y.reshape(N * T), np.arange(N * T)
    e = np.exp(flat - flat.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    kept = mask.reshape(N * T)
    dx = p.copy()
    dx[rows, labels] -= 1
    return -(kept * np.log(p[rows, labels])).sum() / N, (dx * kept[:, None] / N).reshape(x.shape)
"""


def test_the_mend_is_that_of_the_logarithm_where_the_largest_score_is_taken_away(tmp_path):
    source = write(tmp_path, OF_STEPS)
    (one,) = found(source)
    (warning,) = (finding for finding in checked(source, one).findings if finding.code == "overflow")
    assert warning.tensor == "forward"
    assert "neither exp nor log overflows" in warning.hint
