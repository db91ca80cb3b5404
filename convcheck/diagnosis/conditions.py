"""What the checks that fail have in common, and those that pass have not: where no known mistake explains them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from convcheck.checking.result import Result


class Condition(NamedTuple):
    """A sentence on the sizes of a check, such as "stride > 1", and for each check whether it holds."""

    sentence: str
    holds: tuple[bool, ...]


def shared_conditions(failing: Sequence[Result], passing: Sequence[Result]) -> list[str]:
    """The conditions that hold for all failing checks and for no passing one, the simplest first.

    None where all checks fail: then there is nothing to tell.
    """
    if not failing or not passing:
        return []
    results = [*failing, *passing]
    wanted = (True,) * len(failing) + (False,) * len(passing)
    return [condition.sentence for condition in _conditions(results) if condition.holds == wanted]


def _conditions(results: Sequence[Result]) -> Iterator[Condition]:
    sizes = [_sizes(result) for result in results]
    letters = [name for name in sizes[0] if all(isinstance(each.get(name), int) for each in sizes)]

    def over(sentence: str, holds: Sequence[Any]) -> Condition:
        return Condition(sentence, tuple(map(bool, holds)))

    def values(name: str) -> list[Any]:
        return [each[name] for each in sizes]

    for name in letters:
        least = min(values(name))
        yield over(f"{name} > {max(1, least)}", [value > max(1, least) for value in values(name)])
        yield over(f"{name} = {least}", [value == least for value in values(name)])
        yield over(f"{name} > 0", [value > 0 for value in values(name)])
    for name in sizes[0]:
        if name not in letters and len({str(each.get(name)) for each in sizes}) > 1:
            for value in {str(each.get(name)) for each in sizes}:
                yield over(f"{name} = {value}", [str(each.get(name)) == value for each in sizes])
    for dtype in sorted({result.dtype for result in results}):
        yield over(f"dtype {dtype}", [result.dtype == dtype for result in results])
    for data in sorted({result.data for result in results}):
        yield over(f"data: {data}", [result.data == data for result in results])
    unread = [any(finding.code == "unread" for finding in result.findings) for result in results]
    yield over("rows or columns that no window reads", unread)
    yield over("windows that tile", [not each for each in unread])
    for a, b in combinations(letters, 2):
        pairs = [(each[a], each[b]) for each in sizes]
        yield over(f"{a} ≠ {b}", [x != y for x, y in pairs])
        yield over(f"{a} = {b}", [x == y for x, y in pairs])
        yield over(f"{a} > {b}", [x > y for x, y in pairs])
        yield over(f"{a} < {b}", [x < y for x, y in pairs])
    for name in letters:
        yield over(f"{name} even", [value % 2 == 0 for value in values(name)])
        yield over(f"{name} odd", [value % 2 == 1 for value in values(name)])


def _sizes(result: Result) -> Mapping[str, Any]:
    return {name: value for name, value in result.spec.items() if value is not None}
