"""Why checks do not notice a mistake: the simplest condition on sizes that all of them lack, and where it shows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from convcheck.audit.candidates import is_letter
from convcheck.audit.trial import USUAL
from convcheck.diagnosis.conditions import CONDITIONS, Condition, Sizes
from convcheck.spec.fields import Field, declared
from convcheck.spec.sizes import Sizes as LayerSizes


class Reasons:
    """Sentences on the mistakes of one layer, of `checks` of the specs and of `others`, at which they were tried."""

    def __init__(self, kind: type[LayerSizes], checks: Sequence[Sizes], others: Sequence[Sizes]) -> None:
        self._checks, self._others = checks, others
        every = [*checks, *others]
        conditions = {condition.sentence: condition for condition in (*CONDITIONS, *conditions_of(kind, checks))}
        self._held = {condition: tuple(condition.holds(sizes) for sizes in every) for condition in conditions.values()}

    def why(self, shows: Sequence[int], tried: int) -> str:
        """Why no check notices what shows at the `others` of these numbers, of the first so many that were `tried`.

        The condition holds wherever it shows, and in no check: a check without it does not notice it, as far as was
        tried.
        """
        if not shows:
            return f"shows at no sizes that were tried, {tried} of them"
        if seed := next((seed for place in shows if (seed := self._seed_alone(self._others[place])) is not None), None):
            return f"the numbers that were drawn hide it: shows at the same sizes with seed = {seed}"
        quiet = [place for place in range(tried) if place not in shows]
        of_checks = len(self._checks)
        needed = [
            (sum(held[of_checks + place] for place in quiet), condition)
            for condition, held in self._held.items()
            if not any(held[:of_checks]) and all(held[of_checks + place] for place in shows)
        ]
        checks = "the one check" if of_checks == 1 else "every check"
        if not needed:
            where = self.changed(self._others[shows[0]])
            return f"the sizes of {checks} hide it: shows with {where}, for one"
        _, condition = min(needed, key=lambda each: each[0])
        other = self._opposite(condition)
        if other is None:
            return f"shows only where {condition.sentence}, and in no check is that so"
        return f"{other.sentence} in {checks}: shows only where {condition.sentence}"

    def _seed_alone(self, sizes: Sizes) -> int | None:
        """The seed of these sizes, where a check has the same and another seed."""
        changes = [_changes(sizes, check) for check in self._checks]
        return next((change["seed"] for change in changes if change.keys() == {"seed"}), None)

    def changed(self, sizes: Sizes) -> str:
        """What tells these sizes from the nearest of the checks: "H1 = 2, stride = 3"."""
        nearest = min((_changes(sizes, check) for check in self._checks), key=len)
        return ", ".join(f"{name} = {_value(value)}" for name, value in nearest.items()) or "other data"

    def _opposite(self, condition: Condition) -> Condition | None:
        """The condition that holds in all checks and, of all sizes that there are, just where this one does not."""
        held = self._held[condition]
        for other, of_other in self._held.items():
            if all(a != b for a, b in zip(held, of_other, strict=True)):
                return other
        return None


def conditions_of(kind: type[LayerSizes], checks: Sequence[Sizes]) -> Iterator[Condition]:
    """Conditions on the letters of a layer, whatever these are, and on the settings that all checks have alike."""
    if not checks:
        return
    fields: Mapping[str, Field] = declared(kind)
    letters = [name for name, value in checks[0].items() if is_letter(value) and name in fields]
    for name in letters:
        least = int(fields[name].minimum or 0)
        yield Condition(f"{name} > {least}", lambda s, name=name, least=least: s[name] > least)  # type: ignore[misc]
        yield Condition(f"{name} = {least}", lambda s, name=name, least=least: s[name] == least)  # type: ignore[misc]
    for name, value in checks[0].items():
        if name not in letters and name != "seed" and all(name in check and check[name] == value for check in checks):
            said = _value(value)
            yield Condition(f"{name} is not {said}", lambda s, name=name, value=value: s.get(name) != value)  # type: ignore[misc]
            yield Condition(f"{name} is {said}", lambda s, name=name, value=value: s.get(name) == value)  # type: ignore[misc]
    for a, b in combinations(letters, 2):
        yield Condition(f"{a} ≠ {b}", lambda s, a=a, b=b: s[a] != s[b])  # type: ignore[misc]
        yield Condition(f"{a} = {b}", lambda s, a=a, b=b: s[a] == s[b])  # type: ignore[misc]
    for name in letters:
        if all(check.get(name) == checks[0][name] for check in checks):
            value = checks[0][name]
            yield Condition(f"{name} ≠ {value}", lambda s, name=name, value=value: s[name] != value)  # type: ignore[misc]
            yield Condition(f"{name} = {value}", lambda s, name=name, value=value: s[name] == value)  # type: ignore[misc]
    for a, b in combinations(letters, 2):
        yield Condition(f"{a} > {b}", lambda s, a=a, b=b: s[a] > s[b])  # type: ignore[misc]
        yield Condition(f"{a} ≤ {b}", lambda s, a=a, b=b: s[a] <= s[b])  # type: ignore[misc]
        yield Condition(f"{a} < {b}", lambda s, a=a, b=b: s[a] < s[b])  # type: ignore[misc]
        yield Condition(f"{a} ≥ {b}", lambda s, a=a, b=b: s[a] >= s[b])  # type: ignore[misc]


def sizes_text(sizes: Sizes) -> str:
    """The sizes on a line, without what is as usual: "N=2 C=3 H=4"."""
    return " ".join(f"{name}={_value(value)}" for name, value in sizes.items() if USUAL.get(name) != value)


def _changes(sizes: Sizes, check: Sizes) -> dict[str, Any]:
    return {name: value for name, value in sizes.items() if check.get(name) != value}


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return "×".join(map(str, value)) or "()"
    return str(value).lower() if isinstance(value, bool) else str(value)
