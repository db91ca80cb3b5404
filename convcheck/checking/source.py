"""A check of code from a `Source`. It imports and runs that code, so it belongs into a worker process."""

from __future__ import annotations

from convcheck.checking.check import run_bound
from convcheck.checking.result import Result
from convcheck.checking.settings import DEFAULTS, Settings
from convcheck.implementations.open import binding_of
from convcheck.implementations.source import Found, Source
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check


def run_source(check: Check, source: Source, found: Found, settings: Settings = DEFAULTS) -> Result:
    """Check the implementation that was `found` in `source`. Raises CannotOpen where it cannot be imported any more."""
    layer = LAYERS[check.layer]
    return run_bound(check, layer, binding_of(source, found, layer, check.sizes), settings)
