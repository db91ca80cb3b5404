"""Every planted bug is caught, with the verdict that fits, and nothing that is right is called wrong."""

from __future__ import annotations

import pytest

from convcheck.checking.check import run_variant
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.planted import batchnorm, conv, max_pool, norms, relu, spatial_batchnorm
from tests.planted.unusual import RIGHT

BUGS = [b for file in (conv, max_pool, relu, batchnorm, spatial_batchnorm, norms) for b in file.BUGS]


def outcome(planted, **manner):
    layer = LAYERS[planted.layer]
    manner = Manner(**planted.manner | manner)
    check = Check(f"{planted.layer}:{planted.name}", planted.layer, layer.sizes(**planted.sizes), manner)
    return run_variant(check, layer, planted.variant)


@pytest.mark.parametrize("bug", BUGS, ids=lambda b: f"{b.layer}:{b.name}")
def test_a_planted_bug_is_caught_with_the_verdict_that_fits(bug):
    result = outcome(bug)
    verdicts = {t.name: t.verdict for t in result.tensors}
    codes = {f.code for f in result.findings if f.severity == "error"}
    warnings = {f.code for f in result.findings if f.severity == "warning"}
    said = f"{result.status}: {verdicts}, {codes}, {warnings}"
    assert result.status == ("pass" if "warning" in bug.expect else "fail"), said
    assert bug.expect.get("warning") in warnings | {None}, said
    if "wrong" in bug.expect:
        assert {name for name, verdict in verdicts.items() if verdict == "wrong"} == bug.expect["wrong"], said
        assert "undecided" not in verdicts.values(), said
    if "forward" in bug.expect:
        assert verdicts["forward"] == bug.expect["forward"], said
    if "finding" in bug.expect:
        assert bug.expect["finding"] in codes, said


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("data", ["dyadic", "normal"])
@pytest.mark.parametrize("sound", RIGHT, ids=lambda r: r.name)
def test_an_unusual_implementation_that_is_right_passes(sound, data, dtype):
    result = outcome(sound, data=data, dtype=dtype)
    assert result.status == "pass", [(t.name, t.verdict, t.worst) for t in result.tensors] + list(result.findings)


def test_there_are_bugs_enough_and_each_has_a_name():
    assert len(BUGS) >= 70
    assert len({(b.layer, b.name) for b in BUGS}) == len(BUGS)
    # Of the layers that have no planted bugs the corpus has wrong code, and their catalogues make it.
    assert {"conv", "max_pool", "relu", "batchnorm", "spatial_batchnorm"} <= {b.layer for b in BUGS} <= set(LAYERS)
