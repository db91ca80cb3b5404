"""A function of HIPS' autograd with a `defvjp` is checked by the vjp that was registered for it."""

from __future__ import annotations

import pytest

from convcheck.checking.run_source import run_source
from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import read_mapping

TEXT = """
import autograd.numpy as np
from autograd.extend import primitive, defvjp

@primitive
def scaled_logsumexp(x, scale, power=1):
    top = np.max(x)
    return scale**power * (top + np.log(np.sum(np.exp(x - top))))

defvjp(
    scaled_logsumexp,
    lambda ans, x, scale, power=1: lambda g: g * scale**power * np.exp(x - ans / scale**power),
    lambda ans, x, scale, power=1: lambda g: g * power * ans / scale,
)
"""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("", "", set()),
        ("g * scale**power * np.exp", "g * np.exp", {"dx"}),
        ("g * power * ans / scale", "g * ans / scale", {"dscale"}),
    ],
)
def test_it_is_checked_by_its_own_vjp(tmp_path, old, new, wrong):
    pytest.importorskip("autograd")
    place = tmp_path / "own.py"
    place.write_text(TEXT.replace(old, new) if old else TEXT)
    source = Source(str(place), ("scaled_logsumexp",))
    spec = {"layer": "function", "inputs": {"x": [4, 3], "scale": {"shape": [], "positive": True}}}
    (check,) = read_mapping({**spec, "settings": {"power": 2}}, FORMS).checks
    found = survey(source, ("function",)).found[0]
    assert found.how == "scaled_logsumexp, its defvjp"
    result = run_source(check, source, found)
    assert {tensor.name for tensor in result.tensors if tensor.verdict == "wrong"} == wrong, result.findings
    assert result.status == ("fail" if wrong else "pass")
