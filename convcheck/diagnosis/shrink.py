"""The smallest sizes at which code is still wrong, which are those to look at it with a pencil."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from convcheck.diagnosis.conditions import Sizes, letters_of

# Checks that are made to find them, at most.
MOST_TRIED = 24
# The product of the letters beyond which a check may take seconds, and is not made for a conclusion.
MOST_WORK = 200_000
# As large as it takes to show most of what is wrong.
SMALL = 4


def work(sizes: Sizes) -> int:
    """About how many multiplications a forward takes at these sizes: the product of all letters."""
    lengths = (value if isinstance(value, (tuple, list)) else (value,) for value in letters_of(sizes).values())
    return prod(max(1, one) for each in lengths for one in each if isinstance(one, int))


def shrunk(sizes: Sizes, fails: Callable[[Sizes], bool], possible: Callable[[Sizes], bool]) -> Sizes:
    """From sizes at which code fails to smaller ones at which it `fails` as well, one letter after the other.

    Each is tried as small as it may be, then half way, then one less, until no letter can be made smaller. Of large
    ones all letters are made small at once, or none is.
    """
    tried: list[Sizes] = [sizes]
    smaller = True
    if work(sizes) > MOST_WORK:
        small = clamped(sizes)
        smaller = possible(small) and fails(small)
        sizes = small if smaller else sizes
    while smaller:
        smaller = False
        for candidate in _smaller(sizes):
            if candidate in tried or not possible(candidate):
                continue
            if len(tried) > MOST_TRIED:
                return sizes
            tried.append(candidate)
            if fails(candidate):
                sizes, smaller = candidate, True
                break
    return sizes


def clamped(sizes: Sizes) -> Sizes:
    """The same sizes, with no letter larger than `SMALL`."""
    return {name: _clamped(value) for name, value in sizes.items()}


def _clamped(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(map(_clamped, value))
    return min(value, SMALL) if isinstance(value, int) and not isinstance(value, bool) else value


def _smaller(sizes: Sizes) -> Iterator[Sizes]:
    for name, value in letters_of(sizes).items():
        for less in _less(name, value):
            yield {**sizes, name: less}


def _less(name: str, value: Any) -> Iterator[Any]:
    if isinstance(value, (tuple, list)):
        for axis, length in enumerate(value):
            yield from ((*value[:axis], less, *value[axis + 1 :]) for less in _less(name, length))
    elif isinstance(value, int) and not isinstance(value, bool):
        least = 0 if name == "pad" else 1
        yield from (less for less in dict.fromkeys((least, value // 2, value - 1)) if least <= less < value)
