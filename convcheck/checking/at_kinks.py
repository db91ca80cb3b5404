"""Entries at a kink, as of |x| at 0: a gradient there is right where it lies between the slopes of both sides.

By itself such an entry is undecided, which no drop-in for PyTorch's or JAX's own check can leave it at: what passes
there is to pass here. Each output is looked at by itself. Where every output's share may be any number between its two
slopes, the gradient may be anything between the sums of the least and of the greatest of them. Where no two slopes
differ there is no kink, and an entry is undecided for another reason.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from convcheck.checking.given import HandedOver
from convcheck.checking.result import UNDECIDED, Finding, TensorResult
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.pair import Pair
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function

SENTENCE = "between the slopes of both sides, where these differ"
# Epsilons to this power are a step that leaves as much to rounding as to curvature; so many of them is the slack.
STEP, SLACK = 1 / 3, 8.0


def with_kinks(
    tensors: Sequence[TensorResult], given: HandedOver, function: Function, rng: Draws
) -> tuple[list[TensorResult], list[Finding]]:
    """The verdicts, with what is between the slopes of both sides called right where nothing else is open; and notes.

    Only where each undecided entry has a place of its own in the map. An entry whose slopes do not settle, as at a
    jump, leaves its tensor undecided.
    """
    found, notes = [], []
    for tensor in tensors:
        right = tensor
        places = _undecided(tensor)
        if places and _all_between(places, tensor.name[1:], given.pair, given.arrays, function, rng):
            count = "1 entry" if len(places) == 1 else f"{len(places)} entries"
            message = f"{count} of {tensor.name} at a kink: {SENTENCE}"
            notes.append(Finding("at-kink", "note", message, tensor.name))
            criterion = f"{tensor.criterion}; {SENTENCE}"
            right = tensor._replace(verdict="within_bound", undecided=0, criterion=criterion, listed=(), map=None)
        found.append(right)
    return found, notes


def _undecided(tensor: TensorResult) -> list[int]:
    """The places of its entries that are undecided; none where others are wrong, or the map has no cell for each."""
    drawn = tensor.map
    if tensor.verdict != "undecided" or drawn is None or drawn.shape != tensor.shape:
        return []
    places = [place for place, state in enumerate(drawn.states) if state == UNDECIDED]
    return places if len(places) == tensor.undecided else []


def _all_between(
    places: Sequence[int], name: str, pair: Pair, arrays: Mapping[str, Array], function: Function, rng: Draws
) -> bool:
    names = [*arrays]
    inputs = [values.copy() for values in arrays.values()]
    position = names.index(name)
    try:
        out, cache = function.call([values.copy() for values in inputs])
        out = np.asarray(out)
        dout = np.asarray(rng.normal(out.shape)).astype(out.dtype)
        gradients = pair.backward(dout.copy(), cache)
        gradient = np.asarray(gradients[position] if isinstance(gradients, (tuple, list)) else gradients)
        if gradient.shape != inputs[position].shape:
            return False
        return all(
            _is_between(float(gradient.flat[place]), place, position, inputs, out, dout, function) for place in places
        )
    except (Raised, NotWritten):
        return False


def _is_between(
    gradient: float, place: int, position: int, inputs: Sequence[Array], out: Array, dout: Array, function: Function
) -> bool:
    x = inputs[position]
    share = float(np.finfo(x.dtype).eps) ** STEP
    size = max(abs(float(x.flat[place])), float(np.sqrt((x.astype(float) ** 2).mean()))) or 1.0

    def slope(step: float) -> Array:
        moved = [values.copy() for values in inputs]
        moved[position].flat[place] += step
        taken = float(moved[position].flat[place]) - float(x.flat[place])
        return (np.asarray(function(moved), dtype=float) - out) / taken

    slopes = []
    for side in (-1, 1):
        far, near = slope(side * share * size), slope(side * share * size / 2)
        settled = np.abs(far - near) <= SLACK * share * (1 + np.abs(near))
        if not settled.all():
            return False
        slopes.append(dout * (2 * near - far))
    least, most = np.minimum(*slopes), np.maximum(*slopes)
    slack = SLACK * share * np.maximum(np.abs(least), np.abs(most))
    is_kink = bool((most - least > 2 * slack).any())
    return is_kink and bool(least.sum() - slack.sum() <= gradient <= most.sum() + slack.sum())
