"""The fewest checks that would notice what those of the specs do not, each tried before it is written."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from convcheck.audit.audit import LayerFound
from convcheck.audit.candidates import is_letter
from convcheck.audit.mistaken import Slip, Way
from convcheck.audit.trial import USUAL, AuditCheck, Trial, check_of_sizes, sizes_of_check
from convcheck.diagnosis.audited import NOT_NOTICED, Suggested
from convcheck.diagnosis.conditions import Sizes
from convcheck.diagnosis.shrink import work
from convcheck.layers.catalogue import FORMS
from convcheck.spec.check import Check
from convcheck.spec.plain import plain
from convcheck.spec.reader import read_text

HEAD = "# Checks that notice what {} would not. Each was tried: the layer passes it, and the mistakes do not.\n"
# Checks that are tried to make one smaller.
MOST_SMALLER = 40


class _Unnoticed(NamedTuple):
    """A slip that no check notices, the ways in which it is not, and the candidates at which it shows."""

    slip: Slip
    ways: Sequence[Way]
    shows: frozenset[int]


def suggested(found: Sequence[LayerFound], file: str, specs: str) -> Suggested:
    """A spec file to be called `file`, beside the `specs`, as they are named in it."""
    texts, checks, noticed, left = [], 0, 0, 0
    for each in found:
        missing = [*_unnoticed(each)]
        chosen, told = _chosen(each, missing, file)
        texts += [_document(each.told.layer, chosen)] if chosen else []
        checks, noticed, left = checks + len(chosen), noticed + told, left + len(missing) - told
    return Suggested(HEAD.format(specs) + "---\n".join(texts), checks, noticed, left)


def _unnoticed(found: LayerFound) -> Iterator[_Unnoticed]:
    for outcome in found.outcomes:
        if outcome.fate in NOT_NOTICED:
            slip = found.slips[outcome.number]
            yield _Unnoticed(slip, [slip.ways[position] for position in outcome.ways], frozenset(outcome.shows))


def _chosen(found: LayerFound, missing: Sequence[_Unnoticed], file: str) -> tuple[list[Check], int]:
    """The checks, and how many of the slips they notice; greedily, the most in one, and of these the smallest."""
    others = [*found.others.near, *found.others.pairs]
    refused: set[tuple[int, int]] = set()
    chosen: list[Check] = []
    left = dict(enumerate(missing))
    while left:
        shown_by: dict[int, list[int]] = {}
        for number, one in left.items():
            for place in one.shows:
                if (number, place) not in refused:
                    shown_by.setdefault(place, []).append(number)
        if not shown_by:
            break
        place = min(shown_by, key=lambda each: (-len(shown_by[each]), _cost(others[each].check)))
        small = _smaller(others[place], [left[number] for number in shown_by[place]])
        # What it notices hangs on its data, and that on its id: it is tried as it will be read.
        (check,) = _read([*chosen, small], file)[len(chosen) :]
        trial = Trial(AuditCheck(check))
        told = [number for number in left if _is_noticed(trial, left[number])] if trial.passes() else []
        refused |= {(number, place) for number in shown_by[place] if number not in told}
        if told:
            chosen.append(check)
            left = {number: one for number, one in left.items() if number not in told}
    return chosen, len(missing) - len(left)


def _is_noticed(trial: Trial, one: _Unnoticed) -> bool:
    return all(trial.notices(way, one.slip.made.mistake.name) for way in one.ways)


def _smaller(start: AuditCheck, slips: Sequence[_Unnoticed]) -> Check:
    """The check with letters as small as they may be while its data still shows all of the slips."""
    ways = [way for one in slips for way in one.ways]

    def shows(check: Check) -> bool:
        return all(map(Trial(AuditCheck(check)).differs, ways))

    check, tried = start.check, 0
    if not shows(check):
        return check
    again = True
    while again and tried < MOST_SMALLER:
        again = False
        for sizes in _less(sizes_of_check(check)):
            made = check_of_sizes(check, sizes, check.id)
            tried += made is not None
            if made is not None and shows(made):
                check, again = made, True
                break
    return check


def _less(sizes: Sizes) -> Iterator[Sizes]:
    for name, value in sorted(sizes.items(), key=lambda item: -item[1] if is_letter(item[1]) else 0):
        if name not in USUAL and is_letter(value) and value > 1:
            yield {**sizes, name: value - 1}


def _cost(check: Check) -> tuple[bool, int]:
    """The smallest first, and those with what is as usual before others."""
    return any(sizes_of_check(check)[name] != value for name, value in USUAL.items()), work(check.sizes.given())


def _read(checks: Sequence[Check], file: str) -> list[Check]:
    """The checks as they are read from a file of this name. Raises ValueError where they are none."""
    reading = read_text(_document(checks[0].layer, checks), file, FORMS)
    if reading.errors:
        raise ValueError(reading.errors[0].message)
    return [*reading.checks]


def _document(layer: str, checks: Sequence[Check]) -> str:
    """The checks as a document of a spec file, a line each."""
    lines = [f"defaults: {{layer: {layer}}}", "checks:"]
    for check in checks:
        lines.append(f"  - {{{', '.join(f'{name}: {_yaml(value)}' for name, value in _keys(check).items())}}}")
    return "\n".join(lines) + "\n"


def _keys(check: Check) -> Mapping[str, Any]:
    kind: Any = type(check.sizes)
    defaults = {field.name: field.default for field in dataclasses.fields(kind)}
    given = {name: value for name, value in check.sizes.given().items() if defaults[name] != value}
    unusual = {name: value for name, value in sizes_of_check(check).items() if USUAL.get(name, value) != value}
    return {**given, **unusual}


def _yaml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_yaml, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(plain(value))
