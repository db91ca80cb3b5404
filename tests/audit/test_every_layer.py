"""Every built-in suite notices every mistake that is one, and so do the specs that ship."""

from __future__ import annotations

import pytest

from convcheck.audit.audit import audit_layer, in_processes
from convcheck.audit.trial import AuditCheck
from convcheck.layers.catalogue import NAMES
from tests.audit.specs import suite_of
from tests.layers.cases import shipped

# One layer in so many is audited by CI, but for one that takes minutes, and all of them by `pytest -m exhaustive`.
ONE_OF, FIRST, LONGEST = 5, 2, "multi_head_attention"
LAYERS = [
    pytest.param(
        name, marks=[pytest.mark.thorough if number % ONE_OF == FIRST and name != LONGEST else pytest.mark.exhaustive]
    )
    for number, name in enumerate(NAMES)
]


def missed(told):
    return [(one.id, one.why) for one in told.mistakes if one.fate in ("hidden", "unseen")]


@pytest.mark.parametrize("layer", LAYERS)
def test_the_suite_notices_every_mistake(layer):
    with in_processes(2) as run:
        told = audit_layer(layer, suite_of(layer), run).told
    assert missed(told) == []
    assert told.left_out == {}


@pytest.mark.parametrize("layer", LAYERS)
def test_the_specs_that_ship_notice_every_mistake(layer):
    checks = [AuditCheck(check) for check in shipped() if check.layer == layer]
    with in_processes(2) as run:
        assert missed(audit_layer(layer, checks, run).told) == []
