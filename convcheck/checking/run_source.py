"""A check of code from a `Source`. It imports and runs that code, so it belongs into a worker process."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from convcheck.checking.check import run_bound
from convcheck.checking.result import Finding, Result
from convcheck.checking.settings import DEFAULTS, Settings
from convcheck.implementations.errors.declined import Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.open import binding_of
from convcheck.implementations.pair import Binding
from convcheck.implementations.source import Found, Source
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Layer
from convcheck.spec.check import Check
from convcheck.spec.sizes import Sizes


def run_source(check: Check, source: Source, found: Found, settings: Settings = DEFAULTS) -> Result:
    """Check the implementation that was `found` in `source`. Raises CannotOpen where it cannot be imported any more.

    In the suite, whose sizes nobody asked for, a constant that the code has built in replaces that of the check.
    """
    layer = LAYERS[check.layer]
    bind = partial(binding_of, source, found, layer)
    built_in = _built_in(check, layer, bind) if settings.suite and any(c.adopted for c in layer.words.built_in) else {}
    if not built_in:
        return run_bound(check, layer, bind(check.sizes), settings)
    check = check._replace(sizes=dataclasses.replace(check.sizes, **built_in))
    result = run_bound(check, layer, bind(check.sizes), settings)
    words = " and ".join(f"{name} = {value:g}" for name, value in built_in.items())
    note = Finding("built-in", "note", f"checked with {words}, which is built into it", None)
    return result._replace(findings=(note, *result.findings))


def _built_in(check: Check, layer: Layer, bind: Callable[[Sizes], Binding]) -> Mapping[str, float]:
    """What the code declines to be told because it has a value of its own."""
    shapes = list(check.sizes.shapes().values())[:-1]
    dtype = np.dtype(check.manner.dtype)
    try:
        pair = bind(check.sizes)(layer.params(check.sizes, Draws("any"), dtype))
        pair.forward(*(np.ones(shape, dtype) for shape in shapes))
    except Raised as error:
        return error.error.instead if isinstance(error.error, Refusal) else {}
    except Refusal as error:
        return error.instead
    except Exception:  # what else is wrong with it, the check itself will say
        return {}
    return {}
