"""How sizes are written where no name says it: one number, one for each side, or the whole shape of the filters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.plain_exception import LEAVING
from convcheck.spec.sizes import Sizes

Spelling = Mapping[str, str]
T = TypeVar("T")

# Each quantity's ways, the plainest first. Who writes "number" takes (rows, columns) for a window that is not square.
# A "pair" has one number for each side of the window.
WAYS: Mapping[str, tuple[str, ...]] = {
    "kernel": ("number", "pair", "filters", "filter"),
    "stride": ("number", "pair"),
    "pad": ("number", "pair"),
    "input_shape": ("image", "batch"),
}
# The letters of a window's sides.
SIDES = ("T1", "H1", "W1")
# Quantities that are written as another one is.
LIKE: Mapping[str, str] = {"dilation": "stride"}
PLAIN: Spelling = {key: ways[0] for key, ways in WAYS.items()}

# What Python says where one number is taken apart.
_OF_ONE_NUMBER = re.compile(
    r"non-iterable int|'int' object is not (iterable|subscriptable)|iterable, not int|object of type 'int' has no len"
)
_OF_A_FEW = re.compile(r"(not enough|too many) values to unpack")


def written(key: str, way: str, values: Mapping[str, Any]) -> Any:
    """The value of the quantity, written in this way; None where the layer has nothing that could be."""
    if key == "input_shape":
        return values[key] if way == "image" else (values["N"], *values[key])
    if key != "kernel" and way == "number":
        return values[key]
    sides = values["kernel"]
    if key != "kernel":
        return (values[key],) * len(sides)
    if way in ("filter", "filters"):
        if "F" not in values:
            return None
        channels = values["C"] // values.get("groups", 1)
        return (channels, *sides) if way == "filter" else (values["F"], channels, *sides)
    return sides[0] if len({*sides}) == 1 and way == "number" else sides


class Speller:
    """Finds out in which spelling the code called `name` can be run, and keeps to it."""

    def __init__(self, name: str, sizes: Sizes) -> None:
        self._name, self._sizes = name, sizes
        self._spelling = PLAIN
        self._settled = False

    def run(self, attempt: Callable[[Spelling], T], output: Callable[[T], Any]) -> T:
        """`attempt` in the spelling that fits; `output` gives the array by whose shape that is seen.

        Other spellings than the plain one are tried only where that raises, as code does that takes a number apart.
        Raises what that raised where all of them do; Refusal where the code means one number for an oblong window.
        """
        if self._settled:
            return attempt(self._spelling)
        try:
            done = attempt(self._spelling)
        except Exception as error:
            if not _may_be_spelling(error):
                raise
            done = self._search(attempt, output, error)
        self._settled = True
        return done

    def _search(self, attempt: Callable[[Spelling], T], output: Callable[[T], Any], error: Exception) -> T:
        wanted = tuple(self._sizes.shapes()["out"])
        runs: list[tuple[T, Spelling]] = []
        lacking: CannotOpen | None = None
        told_all: Raised | None = None
        for spelling in _others():
            try:
                done = attempt(spelling)
            except CannotOpen as told:
                # Told a pair, as it wants to be, it is something else that it lacks.
                lacking = lacking or (None if told.misshapen else told)
                continue
            except LEAVING as raised:
                if told_all is None and isinstance(raised, Raised) and not _may_be_spelling(raised):
                    told_all = raised
                continue
            runs.append((done, spelling))
            if tuple(getattr(output(done), "shape", ())) == wanted:
                self._spelling = spelling
                return done
        if runs:
            done, self._spelling = runs[0]
            return done
        sides = {name: getattr(self._sizes, name) for name in SIDES if hasattr(self._sizes, name)}
        if len({*sides.values()}) > 1 and _is_of_a_tuple(error):
            asked = ", ".join(f"{name} = {side}" for name, side in sides.items())
            raise Refusal(f"{self._name} takes one number for the window: {asked} cannot be asked of it") from error
        # What is wrong in the plain spelling is what is said; of one number, what is wrong where it is told two.
        raise (told_all or lacking or error) if _OF_ONE_NUMBER.search(str(error)) else error


def _others() -> Iterator[Spelling]:
    """Every other spelling, those with the fewest departures from the plain one first."""
    every = (dict(zip(WAYS, ways, strict=True)) for ways in itertools.product(*WAYS.values()))
    apart = sorted(every, key=lambda spelling: sum(spelling[key] != PLAIN[key] for key in WAYS))
    return iter(apart[1:])


def _may_be_spelling(error: Exception) -> bool:
    if isinstance(error, Raised):
        # Forward has been handed its arrays by then, so that only what speaks of a number or a tuple is meant.
        inner, said = error.error, str(error.error)
        about = _OF_ONE_NUMBER.search(said) or "tuple" in said
        return isinstance(inner, (TypeError, ValueError)) and bool(about or _OF_A_FEW.search(said))
    if isinstance(error, CannotOpen):
        return error.misshapen
    unpacked = isinstance(error, ValueError) and not isinstance(error, Refusal)
    return isinstance(error, (TypeError, IndexError)) or unpacked


def _is_of_a_tuple(error: Exception) -> bool:
    """Whether it comes of (rows, columns) given to code that means a number: the constructor, or what it says."""
    if isinstance(error, Raised):
        return isinstance(error.error, TypeError) and "tuple" in str(error.error)
    return isinstance(error, (TypeError, IndexError))
