"""Which checks of a suite are for code that has been found: some set what most code has no word for."""

from __future__ import annotations

from convcheck.implementations.source import Found
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.network.words import asked_of
from convcheck.spec.check import Check
from convcheck.spec.inputs import OpenSizes


def is_for(check: Check, found: Found) -> bool:
    """Whether the check is one for this code, which may have no word for a setting of it."""
    if not check.manner.where_taken:
        return True
    if isinstance(check.sizes, OpenSizes):
        return all(key in found.takes for key in asked_of(check.sizes.settings))
    words = LAYERS[check.layer].words
    asked = (key for key in words.rare if getattr(check.sizes, key) != words.neutral[key])
    return all(key in found.takes for key in asked)
