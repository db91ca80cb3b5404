"""Specs for the tests beside this file."""

from __future__ import annotations

from functools import cache

from convcheck.audit.audit import LayerFound, audit_layer
from convcheck.audit.trial import AuditCheck
from convcheck.layers.catalogue import FORMS, suite_file, suite_text
from convcheck.spec.reader import read_text

# Of the layer with the fewest mistakes, half of which show in the other mode alone.
WEAK = "{layer: dropout, N: 1, D: 1}"


def checks_of(text: str, file: str = "spec.yaml") -> list[AuditCheck]:
    """The checks of a spec."""
    reading = read_text(text, file, FORMS)
    assert reading.errors == ()
    return [AuditCheck(check) for check in reading.checks]


def suite_of(layer: str) -> list[AuditCheck]:
    """The checks of a built-in suite, as such."""
    return [AuditCheck(one.check, suite=True) for one in checks_of(suite_text(layer), suite_file(layer))]


@cache
def found_of_weak() -> LayerFound:
    """What an audit finds of WEAK."""
    return audit_layer("dropout", checks_of(WEAK))
