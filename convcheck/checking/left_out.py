"""Settings that forward is not handed, so that its own defaults are seen: by the layer's convention they are known."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convcheck.checking.result import Finding
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.plain_exception import LEAVING, plain
from convcheck.implementations.vocabulary import quantity
from convcheck.layers.layer import Array, Layer, Params
from convcheck.spec.check import Check
from convcheck.spec.showing import listed

ALL = "all"
RUNNING = "running"


class Bound(NamedTuple):
    """The pair under test, and its parameters: whole, with the convention's value for each key that is not handed."""

    pair: Pair
    params: Params | None
    findings: tuple[Finding, ...] = ()


def bound(check: Check, layer: Layer, binding: Binding, params: Params | None, inputs: Sequence[Array]) -> Bound:
    """`binding` of the parameters without those that the check leaves out, where forward takes a dictionary of them.

    Keys without which the code raises at `inputs` are handed to it. Raises what `binding` raises.
    """
    pair = binding(params)
    found = _without_settings(check, layer, binding, pair, params, inputs)
    notes = tuple(Finding("other-order", "note", note) for note in pair.notes)
    return found._replace(findings=(*notes, *found.findings))


def _without_settings(
    check: Check, layer: Layer, binding: Binding, pair: Pair, params: Params | None, inputs: Sequence[Array]
) -> Bound:
    convention = _left_out(check, layer)
    if params is None or not convention:
        return Bound(pair, params)
    if not pair.takes_dictionary:
        return Bound(pair, params, (_all_handed("takes its settings one by one"),))
    left = dict(convention)
    while left:
        without = binding({key: value for key, value in params.items() if key not in left})
        needed = _needed(without, layer, left, inputs)
        if needed is None:
            return Bound(without, params | left, (_left_out_in_words(left),))
        for key in needed:
            del left[key]
    return Bound(pair, params, (_all_handed("has no default for what is left out"),))


def _left_out(check: Check, layer: Layer) -> Params:
    """What the convention says of each setting that the check leaves out; one that its spec sets otherwise is given."""
    if check.manner.leave_out not in (ALL, RUNNING):
        return {}
    given = check.sizes.given()
    convention = layer.defaults(check.sizes, np.dtype(check.manner.dtype))
    return {
        key: value
        for key, value in convention.items()
        if (key in layer.words.running or check.manner.leave_out == ALL) and (key not in given or given[key] == value)
    }


def _needed(pair: Pair, layer: Layer, left: Params, inputs: Sequence[Array]) -> list[str] | None:
    """The keys without which forward raises, all of them where it does not say which; None where it runs."""
    try:
        with np.errstate(all="ignore"):
            pair.forward(*(a.copy() for a in inputs))
    except LEAVING as caught:  # whatever is wrong with the code beside that, the check itself will report
        error = caught.error if isinstance(caught, Raised) else plain(caught)
        key = str(error.args[0]) if isinstance(error, KeyError) and error.args else ""
        meant = key if key in left else quantity(key, layer, ())
        return [meant] if meant in left else list(left)
    return None


def _left_out_in_words(left: Params) -> Finding:
    words = listed([f"{key} = {float(np.max(value)):g}" for key, value in left.items()])
    return Finding("left-out", "note", f"forward is not handed what has a default: by convention {words}")


def _all_handed(because: str) -> Finding:
    return Finding("left-out", "note", f"forward {because}: all were handed to it")
