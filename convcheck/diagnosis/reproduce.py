"""Which known mistakes reproduce a wrong tensor, at every check where they can be told from what is right.

That is evidence, and no guess: on exact data a mistake is equal to the last bit, or it is another one. Where a layer
rounds, both sums were formed in another order, and are near each other by far more than chance leaves of two mistakes.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from convcheck.checking.result import Result, Sample, sampled
from convcheck.diagnosis.data import CheckData
from convcheck.layers.catalogue import mistakes_of
from convcheck.layers.layer import Array
from convcheck.layers.mistakes import MadeMistake, Mistakes, values_of

# Two orders of summation differ by fewer epsilons of the largest entry; two mistakes by many times as much.
NEAR = 256
APART = 16
# The share of the terms behind a tensor that counts as its entries do.
OF_WHAT_IS_BEHIND = 1 / 16


class Reproduced(NamedTuple):
    """Mistakes that reproduce a tensor wherever it is wrong, the simplest first; `to_the_last_bit`: each of its bits.

    `is_right`: the tensor is that of the layer, where it was held against a forward that is another one's.
    """

    mistakes: Sequence[MadeMistake]
    to_the_last_bit: bool
    is_right: bool = False


class TensorSeen(NamedTuple):
    """One check: its result, its data, and what was sampled of the tensor, None where the tensor is right.

    `raised` is the type of the exception that ended the pass which makes it, empty where none did.
    """

    result: Result
    data: CheckData
    sample: Sample | None
    raised: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether something else came than should have."""
        return self.sample is not None or self.raised != ""


class _Way:
    """One piece of code that makes a mistake, and whether it has been equal to the last bit so far."""

    def __init__(self, made: MadeMistake, code: Callable[..., Any]) -> None:
        self.made = made
        self.code = code
        self.to_the_last_bit = True
        # A mode in which the tensor is right, where the mistake would show: people write each mode by itself.
        self.not_in = ""


def reproduced(tensor: str, layer: str, seen: Sequence[TensorSeen], *, tied: bool = False) -> Reproduced:
    """What reproduces this tensor of this layer in all checks in which it was `seen`, where entries `tied` or not.

    Where an exception came instead, a mistake reproduces it whose code ends in one of the same type there, and in none
    where the tensor came.
    """
    known = mistakes_of(layer)
    if not known.right(tensor):
        return Reproduced((), to_the_last_bit=False)
    wrong = sorted((one for one in seen if one.is_wrong), key=lambda one: prod(one.result.output_shape))
    ways = [_Way(made, code) for made in known.of(tensor, tied=tied) for code in made.code] if wrong else []
    is_right = bool(wrong) and not tied
    for one in wrong:
        right = _right(known, tensor, one)
        is_right = is_right and _likeness(tensor, one, right, right) != ""
        if not ways and not is_right:
            break
        ways = [way for way in ways if _fits(way, tensor, one, right)]
    if is_right:
        # What comes to the same as right code where it is wrong is no mistake there.
        ways = []
    modes = {one.result.spec.get("mode") for one in wrong}
    for one in seen if ways else ():
        if not one.is_wrong:
            right, mode = _right(known, tensor, one), one.result.spec.get("mode")
            told_apart = [way for way in ways if _is_told_apart(way.code, tensor, one, right)]
            if mode in modes:
                ways = [way for way in ways if way not in told_apart]
            for way in told_apart:
                way.not_in = str(mode)
    if any(not way.not_in for way in ways):
        ways = [way for way in ways if not way.not_in]
    if all(one.data.exact for one in wrong):
        # Where nothing is rounded, what is near and not equal is something else.
        ways = [way for way in ways if way.to_the_last_bit] or ways
    made = {way.made.id: _in_one_mode(way) for way in ways}
    return Reproduced([*made.values()], bool(ways) and all(way.to_the_last_bit for way in ways), is_right)


def narrowed_down(
    found: Mapping[str, Reproduced], layer: str, seen: Callable[[str], Sequence[TensorSeen]]
) -> dict[str, Reproduced]:
    """Of the mistakes that reproduce each tensor those that the others do not speak against: a slip that makes several
    tensors wrong was not made where one of them is right. And of these the ones that explain the most.

    `seen(tensor)`: what checks showed of a tensor that is right.
    """
    slips = {name: {made.slip for made in one.mistakes} for name, one in found.items()}
    # In one order for all tensors, so that those with the same explanation are said together.
    order = {made.slip: None for one in found.values() for made in one.mistakes}
    rank = {known: number for number, known in enumerate(order)}

    def explained(name: str, made: MadeMistake) -> int:
        """How many tensors; 0 where one speaks against it."""
        wrong = [tensor for tensor in made.tensors if tensor in found] or [name]
        right = [tensor for tensor in made.tensors if tensor not in found]
        if any(_shows(tensor, layer, made.slip, seen(tensor)) for tensor in right):
            return 0
        return len(wrong) if all(made.slip in slips[tensor] for tensor in wrong) else 1

    narrowed = {}
    for name, one in found.items():
        counts = [explained(name, made) for made in one.mistakes]
        most = max(counts, default=0)
        kept = [made for made, count in zip(one.mistakes, counts, strict=True) if count == most > 0]
        narrowed[name] = one._replace(mistakes=sorted(kept, key=lambda made: rank[made.slip]))
    return narrowed


def _shows(tensor: str, layer: str, slip: str, seen: Sequence[TensorSeen]) -> bool:
    """Whether a tensor that is right would be wrong if this slip had been made."""
    known = mistakes_of(layer)
    codes = [code for made in known.of(tensor) if made.slip == slip for code in made.code]
    return any(_is_told_apart(code, tensor, one, _right(known, tensor, one)) for one in seen for code in codes)


def _in_one_mode(way: _Way) -> MadeMistake:
    """The mistake, said of one mode alone where the other is right."""
    if not way.not_in:
        return way.made
    mode = "test" if way.not_in == "train" else "train"
    return way.made._replace(sentence=f"{way.made.sentence}, in {mode} mode alone")


def _right(known: Mistakes, tensor: str, one: TensorSeen) -> Array:
    """What the tensor should be."""
    values = values_of(known.right(tensor)[0], one.data.inputs, one.data.dout, one.data.params)
    if isinstance(values, Exception):
        raise values
    return values


def _fits(way: _Way, tensor: str, one: TensorSeen, right: Array) -> bool:
    if one.raised:
        ended = values_of(way.code, one.data.inputs, one.data.dout, one.data.params)
        return type(ended).__name__ == one.raised
    likeness = _likeness(tensor, one, _values(way.code, one), right)
    way.to_the_last_bit = way.to_the_last_bit and likeness == "equal"
    return likeness != ""


def _values(code: Callable[..., Any], one: TensorSeen) -> Array | None:
    values = values_of(code, one.data.inputs, one.data.dout, one.data.params)
    return None if isinstance(values, Exception) else values


def _likeness(tensor: str, one: TensorSeen, values: Array | None, right: Array) -> str:
    """How the sample is like these values: "equal", "near", or "" where it is not."""
    sample = one.sample
    if sample is None or values is None or values.shape != sample.shape:
        return ""
    if not sample.values:
        return "equal" if values.shape != right.shape else ""
    made, given = np.array(sampled(values)), np.array(sample.values)
    if np.array_equal(made, given, equal_nan=True):
        return "equal"
    with np.errstate(all="ignore"):
        near = np.abs(made - given) <= NEAR * _rounding(tensor, one, values, right)
    return "near" if bool((near | (np.isnan(made) & np.isnan(given)) | (made == given)).all()) else ""


def _is_told_apart(code: Callable[..., Any], tensor: str, one: TensorSeen, right: Array) -> bool:
    """Whether this check shows that the code does not make the mistake: it is right, where that is something else."""
    values = _values(code, one)
    if values is not None and values.size == right.size and _passed_in_another_shape(one):
        values = values.reshape(right.shape)
    if values is None or values.shape != right.shape:
        return True
    # Directions may have seen less than rounding leaves.
    sees = max((verdict.sees or 0.0 for verdict in one.result.tensors if verdict.name == tensor), default=0.0)
    noise = max(NEAR, sees / float(np.finfo(one.result.dtype).eps))
    with np.errstate(all="ignore"):
        return not bool((np.abs(values - right) <= APART * noise * _rounding(tensor, one, values, right)).all())


def _passed_in_another_shape(one: TensorSeen) -> bool:
    """Whether a tensor of this check had the right values in another shape."""
    return any(finding.code == "wrong-shape" for finding in one.result.findings)


def _rounding(tensor: str, one: TensorSeen, values: Array, right: Array) -> float:
    finite = [np.abs(each[np.isfinite(each)]).max(initial=0) for each in (values, right)]
    behind = one.data.rounded.get(tensor, 0.0) * OF_WHAT_IS_BEHIND
    return float(np.finfo(one.result.dtype).eps) * max(behind, float(max(finite)))
