"""What the checks that fail have in common, and those that pass have not: where no known mistake explains them.

Conditions over the sizes, the simplest first. Several may fit the checks that there are. `telling_checks` are a few
more, each of which differs from one of these in as little as tells two conditions apart; what is left after them has
been tried on purpose, both ways.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Any, NamedTuple

from convcheck.checking.result import Result

Sizes = Mapping[str, Any]


class Condition(NamedTuple):
    """A sentence on the sizes of a check, such as "stride > 1", and what says whether it holds: None where neither."""

    sentence: str
    test: Callable[[Sizes], bool | None]

    def holds(self, sizes: Sizes) -> bool:
        """Whether it does; not where the sizes are of another kind: `test` reads all the letters that it speaks of."""
        try:
            return bool(self.test(sizes))
        except (KeyError, TypeError):
            return False


def _windows(sizes: Sizes) -> tuple[int, int]:
    pad, dilation = sizes.get("pad", 0), sizes.get("dilation", 1)
    H1, W1 = (dilation * (sizes[name] - 1) + 1 for name in ("H1", "W1"))
    return sizes["H"] + 2 * pad - H1, sizes["W"] + 2 * pad - W1


def _outputs(sizes: Sizes) -> tuple[int, int]:
    rows, columns = _windows(sizes)
    return rows // sizes["stride"] + 1, columns // sizes["stride"] + 1


def _features(sizes: Sizes) -> int:
    """D, of an example of one axis or of several."""
    return prod(sizes["D"]) if isinstance(sizes["D"], (list, tuple)) else int(sizes["D"])


def _axes(sizes: Sizes) -> int:
    """How many axes x has, where its shape is given, or D, of an example of one axis or of several."""
    if sizes.get("shape") is not None:
        return len(sizes["shape"])
    return 1 + (len(sizes["D"]) if isinstance(sizes["D"], (list, tuple)) else 1)


# In the order in which they are thought of. Two of the simple ones are joined where none fits by itself.
SIMPLE = (
    Condition("stride > 1", lambda s: s["stride"] > 1),
    Condition("stride = 1", lambda s: s["stride"] == 1),
    Condition("pad = 0", lambda s: s["pad"] == 0),
    Condition("pad > 0", lambda s: s["pad"] > 0),
    Condition("dilation > 1", lambda s: s["dilation"] > 1),
    Condition("groups > 1", lambda s: s["groups"] > 1),
    Condition("N > 1", lambda s: s["N"] > 1),
    Condition("N = 1", lambda s: s["N"] == 1),
    Condition("C > 1", lambda s: s["C"] > 1),
    Condition("C = 1", lambda s: s["C"] == 1),
    Condition("F > 1", lambda s: s["F"] > 1),
    Condition("F = 1", lambda s: s["F"] == 1),
    Condition("D > 1", lambda s: s["D"] > 1),
    Condition("D = 1", lambda s: s["D"] == 1),
    Condition("M > 1", lambda s: s["M"] > 1),
    Condition("M = 1", lambda s: s["M"] == 1),
    Condition("mode is test", lambda s: s["mode"] == "test"),
    Condition("mode is train", lambda s: s["mode"] == "train"),
    Condition("dtype is float32", lambda s: s["dtype"] == "float32"),
    Condition("dtype is float64", lambda s: s["dtype"] == "float64"),
)
CONDITIONS = (
    *SIMPLE,
    Condition("pad > 1", lambda s: s["pad"] > 1),
    Condition("H ≠ W", lambda s: s["H"] != s["W"]),
    Condition("H = W", lambda s: s["H"] == s["W"]),
    Condition("H1 ≠ W1", lambda s: s["H1"] != s["W1"]),
    Condition("H1 = W1", lambda s: s["H1"] == s["W1"]),
    Condition("H1 or W1 is even", lambda s: s["H1"] * s["W1"] % 2 == 0),
    Condition("H1 and W1 are odd", lambda s: s["H1"] * s["W1"] % 2 == 1),
    Condition("H1 > 1 or W1 > 1", lambda s: max(s["H1"], s["W1"]) > 1),
    Condition("H1 is even", lambda s: s["H1"] % 2 == 0),
    Condition("W1 is even", lambda s: s["W1"] % 2 == 0),
    Condition("windows overlap", lambda s: s["stride"] < max(s["H1"], s["W1"])),
    Condition("windows do not overlap", lambda s: s["stride"] >= max(s["H1"], s["W1"])),
    Condition("there are gaps between windows", lambda s: s["stride"] > min(s["H1"], s["W1"])),
    Condition("rows or columns are left over", lambda s: any(n % s["stride"] for n in _windows(s))),
    Condition("columns are left over", lambda s: _windows(s)[1] % s["stride"] != 0),
    Condition("rows are left over", lambda s: _windows(s)[0] % s["stride"] != 0),
    Condition("no rows or columns are left over", lambda s: not any(n % s["stride"] for n in _windows(s))),
    Condition("no columns are left over", lambda s: _windows(s)[1] % s["stride"] == 0),
    Condition("no rows are left over", lambda s: _windows(s)[0] % s["stride"] == 0),
    Condition("H2 ≠ W2", lambda s: _outputs(s)[0] != _outputs(s)[1]),
    Condition("H2 = W2", lambda s: _outputs(s)[0] == _outputs(s)[1]),
    Condition("stride is not H1 and W1", lambda s: (s["H1"], s["W1"]) != (s["stride"], s["stride"])),
    Condition("N = D", lambda s: s["N"] == s["D"]),
    Condition("N ≠ D", lambda s: s["N"] != s["D"]),
    Condition("D = M", lambda s: _features(s) == s["M"]),
    Condition("D ≠ M", lambda s: _features(s) != s["M"]),
    Condition("N = M", lambda s: s["N"] == s["M"]),
    Condition("N ≠ M", lambda s: s["N"] != s["M"]),
    Condition("x has more than two axes", lambda s: _axes(s) > 2),
    Condition("x has four axes", lambda s: len(s["shape"]) == 4 if "shape" in s else "H" in s),
    Condition("C ≠ F", lambda s: s["C"] != s["F"]),
    Condition("C = F", lambda s: s["C"] == s["F"]),
    # Of a state; that of an image has a W beside it.
    Condition("H > 1", lambda s: "W" not in s and s["H"] > 1),
    Condition("T > 1", lambda s: s["T"] > 1),
    Condition("H > 1 or W > 1", lambda s: max(s["H"], s["W"]) > 1),
    Condition("there is more than one output in a map", lambda s: _outputs(s) != (1, 1)),
)
# How far the letters of a telling check are from those of the check that it was made of.
CHANGES = (1, -1, 2, -2)
MODES = ("train", "test")
MOST_CHANGED = 2


def letters_of(sizes: Sizes) -> dict[str, Any]:
    """The letters alone, without the dtype."""
    return {name: value for name, value in sizes.items() if name != "dtype"}


def sizes_of(result: Result) -> Sizes:
    """The letters of a check, with its dtype beside them."""
    return {**{name: value for name, value in result.spec.items() if value is not None}, "dtype": result.dtype}


def fitting(failing: Sequence[Sizes], passing: Sequence[Sizes]) -> list[Condition]:
    """The conditions that hold for all failing checks and for no passing one, the simplest first; two at a time where
    none does by itself.

    None where all checks fail, or none: then there is nothing to tell.
    """
    if not failing or not passing:
        return []

    def fits(condition: Condition) -> bool:
        return all(map(condition.holds, failing)) and not any(map(condition.holds, passing))

    if single := [condition for condition in CONDITIONS if fits(condition)]:
        return single
    necessary = [condition for condition in SIMPLE if all(map(condition.holds, failing))]
    return [both for a, b in combinations(necessary, 2) if fits(both := _both(a, b))]


def _both(a: Condition, b: Condition) -> Condition:
    return Condition(f"{a.sentence} and {b.sentence}", lambda sizes: a.holds(sizes) and b.holds(sizes))


def telling_sizes(
    conditions: Sequence[Condition], failing: Sizes, passing: Sizes, possible: Callable[[Sizes], bool]
) -> list[Sizes]:
    """For each condition the nearest sizes to a failing check where it alone does not hold, and to a passing one where
    it alone does, as far as there are such sizes and they are `possible`.
    """
    found = []
    for condition in conditions:
        others = [other for other in conditions if other is not condition]
        for start, held in ((failing, True), (passing, False)):
            for sizes in _near(start):
                if condition.holds(sizes) == held or any(other.holds(sizes) != held for other in others):
                    continue
                if possible(sizes):
                    # What a size hides in one mode may show in the other.
                    found += [sizes, *(other for other in _in_other_modes(sizes) if condition.holds(other) != held)]
                    break
    return [sizes for number, sizes in enumerate(found) if sizes not in found[:number]]


def _in_other_modes(sizes: Sizes) -> Iterator[Sizes]:
    yield from ({**sizes, "mode": mode} for mode in MODES if "mode" in sizes and sizes["mode"] != mode)


def _near(sizes: Sizes) -> Iterator[Sizes]:
    """The sizes with one letter or two changed by a little, or one made the least, or another word in the place of one,
    nearest first.
    """
    letters = [name for name, value in sizes.items() if isinstance(value, int) and not isinstance(value, bool)]
    for name, words in (("mode", MODES), ("dtype", ("float64", "float32"))):
        yield from ({**sizes, name: word} for word in words if name in sizes and sizes[name] != word)
    for changed in range(1, MOST_CHANGED + 1):
        for names in combinations(letters, changed):
            for changes in product(CHANGES, repeat=changed):
                near = {**sizes, **{name: sizes[name] + change for name, change in zip(names, changes, strict=True)}}
                if all(near[name] >= (0 if name == "pad" else 1) for name in names):
                    yield near
        if changed == 1:
            yield from ({**sizes, name: 0 if name == "pad" else 1} for name in letters)
