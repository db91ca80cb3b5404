"""A check of code from a `Source`. It imports and runs that code, so it should be called in a worker process."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from convcheck.checking.check import run_bound
from convcheck.checking.check_of_no_layer import run_of_no_layer
from convcheck.checking.contract.replaced import in_the_way, with_replaced
from convcheck.checking.other_settings import call_with_other_settings
from convcheck.checking.result import Finding, Result
from convcheck.checking.settings import DEFAULT_SETTINGS, Settings
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.loading.load import Loaded, load_source
from convcheck.implementations.module_snapshot import modules_kept
from convcheck.implementations.open import binding_on
from convcheck.implementations.pair import Binding
from convcheck.implementations.source import Found, Source
from convcheck.layers.catalogue import LAYERS, OPEN
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Layer
from convcheck.layers.without import left_out, without
from convcheck.spec.check import Check
from convcheck.spec.sizes import Sizes


def run_source(check: Check, source: Source, found: Found, settings: Settings = DEFAULT_SETTINGS) -> Result:
    """Check the implementation that was `found` in `source`.

    In the suite, whose sizes nobody asked for, a constant that the code has built in replaces that of the check. Raises
    CannotOpen where the source cannot be imported any more, and KeyError for a layer that is not built in.
    """
    return run_loaded(check, lambda: load_source(source), found, settings)


def run_loaded(check: Check, load: Callable[[], Loaded], found: Found, settings: Settings = DEFAULT_SETTINGS) -> Result:
    """Check the implementation that was `found` in what `load` imports, as `run_source` does. Raises what that does."""
    with modules_kept() as replaced:
        try:
            result = _checked(check, load(), found, settings)
        except CannotOpen:
            raise
        except Exception as error:
            if better := in_the_way(replaced(), error):
                raise better from error
            raise
        return with_replaced(result, replaced())


def _checked(check: Check, loaded: Loaded, found: Found, settings: Settings) -> Result:
    if check.layer in OPEN:
        return run_of_no_layer(check, loaded, found, settings)
    layer, binding = opened(check, loaded, found)
    if settings.suite:
        call_with_other_settings(check, layer, partial(binding_on, loaded, found, layer))

    def bind(sizes: Sizes) -> Binding:
        return binding_on(loaded.afresh() if loaded.afresh else loaded, found, layer, sizes)

    built_in = _built_in(check, layer, bind) if settings.suite and any(c.adopted for c in layer.words.built_in) else {}
    lacking = [name for name in LAYERS[check.layer].input_names if name not in layer.input_names]
    notes = [Finding("no-input", "note", f"the code has no {name}: checked without d{name}", None) for name in lacking]
    if not built_in:
        result = run_bound(check, layer, binding, settings)
        if settings.suite and check.manner.where_taken:
            result = _not_taken(result)
        return result._replace(findings=(*notes, *result.findings))
    check = check._replace(sizes=dataclasses.replace(check.sizes, **built_in))
    result = run_bound(check, layer, bind(check.sizes), settings)
    own = [
        Finding("built-in", "note", f"checked with {name} = {_shown(value)}, which is built into it", None)
        for name, value in built_in.items()
    ]
    return result._replace(findings=(*own, *notes, *result.findings))


def _not_taken(result: Result) -> Result:
    """Code that raises where the suite sets what most code has no word for does not do it, and was not asked to.

    Where forward is right it does it, and its backward is wrong.
    """
    raised = [finding for finding in result.findings if finding.code == "raised"]
    does = any(tensor.name == "forward" and tensor.verdict in ("exact", "within_bound") for tensor in result.tensors)
    if result.status != "error" or not raised or does:
        return result
    said = [finding._replace(code="refused", severity="warning") for finding in raised]
    return result._replace(status="skipped", findings=tuple(said))


def _shown(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def opened(check: Check, loaded: Loaded, found: Found) -> tuple[Layer, Binding]:
    """The layer, and what makes a pair: without optional inputs where only that can be opened. Raises CannotOpen."""
    whole = LAYERS[check.layer]
    try:
        return whole, binding_on(loaded, found, whole, check.sizes)
    except CannotOpen as error:
        said = error
        lacking = _lacking(error, whole)
        for names in left_out(whole):
            if not lacking <= {*names}:
                continue
            layer = whole
            for name in names:
                layer = without(layer, name, check.sizes)
            try:
                return layer, binding_on(loaded, found, layer, check.sizes)
            except CannotOpen as other:
                # What it may lack is not the reason.
                said = other if any(f"no place for {name}:" in str(error) for name in names) else said
                lacking |= _lacking(other, whole)
        raise said from None


def _lacking(error: CannotOpen, layer: Layer) -> set[str]:
    """The optional inputs for which it says that the code has no place: whatever else it lacks, it lacks these."""
    said = re.findall(r"found no place for (\w+):|looked for one parameter for (\w+),", str(error))
    return {name for pair in said for name in pair if name in layer.words.optional}


def _built_in(check: Check, layer: Layer, bind: Callable[[Sizes], Binding]) -> Mapping[str, float | str]:
    """The constants that the code has built in, by the spec's names for them: it declines to be given others."""
    own: dict[str, float | str] = {}
    for _ in layer.words.built_in:
        refused = _refused(dataclasses.replace(check.sizes, **own), np.dtype(check.manner.dtype), layer, bind)
        if not refused:
            break
        own |= refused
    return own


def _refused(
    sizes: Sizes, dtype: np.dtype[Any], layer: Layer, bind: Callable[[Sizes], Binding]
) -> Mapping[str, float | str]:
    """What the code asks for instead of the first of these sizes that it declines; nothing where it declines none."""
    shapes = [sizes.shapes()[name] for name in layer.input_names]
    try:
        pair = bind(sizes)(layer.params(sizes, Draws("any"), dtype))
        pair.forward(*(np.ones(shape, dtype) for shape in shapes))
    except Raised as error:
        return error.error.instead if isinstance(error.error, Refusal) else {}
    except Refusal as error:
        return error.instead
    except KeyboardInterrupt:
        raise
    except BaseException:  # whatever else is wrong with the code, the check itself will report
        return {}
    return {}
