"""What came out differently in two runs: a function of their two JSON documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from convcheck.reports.stored.document import Document

# An error that has grown by less may be another order of summation.
TENFOLD = 10

# What is skipped has not been written yet.
UNBLAMED = ("pass", "skipped")

Check = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One check, or one tensor of it, and what was said of it before and after; None where nothing was."""

    id: str
    implementation: str
    old: Any
    new: Any
    tensor: str | None = None
    repeat: str = ""


@dataclass(frozen=True)
class Difference:
    """What changed, by kind, in the order of the newer run. `same` counts the checks of which there is nothing to say.

    `newly_failing` holds whatever passed and no longer does, undecided and skipped too, and what was skipped and, now
    that it is looked at, does not pass. `other_status` is any other change between two that are no pass,
    `other_settings` a check of the same name with other sizes or data: its figures cannot be compared. `grown` is the
    largest error over its bound of a tensor, `slower` the evaluations of forward.
    """

    newly_failing: tuple[Change, ...] = ()
    newly_passing: tuple[Change, ...] = ()
    other_status: tuple[Change, ...] = ()
    missing: tuple[Change, ...] = ()
    new: tuple[Change, ...] = ()
    grown: tuple[Change, ...] = ()
    slower: tuple[Change, ...] = ()
    other_settings: tuple[Change, ...] = ()
    new_errors: tuple[str, ...] = ()
    same: int = 0

    @property
    def worse(self) -> bool:
        """Whether anything got worse. What is no longer checked did, and so did a new check that does not pass."""
        new_and_bad = any(change.new not in UNBLAMED for change in self.new)
        return bool(self.newly_failing or self.missing or self.grown or self.slower or self.new_errors or new_and_bad)


def compare(old: Document, new: Document) -> Difference:
    """Compare two documents, check by check."""
    pairs, missing, added = _paired(old["checks"], new["checks"])
    changes: dict[str, list[Change]] = {field.name: [] for field in fields(Difference)}
    changes["missing"] = [_change(check, check["status"], None) for check in missing]
    changes["new"] = [_change(check, None, check["status"]) for check in added]
    same = 0
    for before, after in pairs:
        found = list(_changes(before, after))
        same += not found
        for kind, change in found:
            changes[kind].append(change)
    told = {_error_text(error) for error in old["errors"]}
    errors = dict.fromkeys(text for text in map(_error_text, new["errors"]) if text not in told)
    del changes["same"], changes["new_errors"]
    return Difference(**{kind: tuple(those) for kind, those in changes.items()}, new_errors=tuple(errors), same=same)


def _paired(old: Iterable[Check], new: Iterable[Check]) -> tuple[list[tuple[Check, Check]], list[Check], list[Check]]:
    """The checks that are in both, in the order of `new`; those that are only in `old`; those only in `new`."""
    new = list(new)
    before = {(check["id"], check["implementation"]): check for check in old}
    pairs = {number: before.pop(_key(check)) for number, check in enumerate(new) if _key(check) in before}
    # The same check of another implementation, where it is clear which one took the other's place.
    left = Counter(check["id"] for check in before.values())
    came = Counter(check["id"] for number, check in enumerate(new) if number not in pairs)
    alone = {key[0]: key for key in before if left[key[0]] == came[key[0]] == 1}
    for number, check in enumerate(new):
        if number not in pairs and check["id"] in alone:
            pairs[number] = before.pop(alone[check["id"]])
    both = [(pairs[number], check) for number, check in enumerate(new) if number in pairs]
    return both, list(before.values()), [check for number, check in enumerate(new) if number not in pairs]


def _key(check: Check) -> tuple[str, str]:
    return check["id"], check["implementation"]


def _changes(before: Check, after: Check) -> Iterator[tuple[str, Change]]:
    statuses = before["status"], after["status"]
    if statuses[0] != statuses[1]:
        yield _kind(*statuses), _change(after, *statuses)
    settings = _settings(before), _settings(after)
    if settings[0] != settings[1]:
        keys = [key for key in {**settings[0], **settings[1]} if settings[0].get(key) != settings[1].get(key)]
        was, now = ({key: each.get(key) for key in keys} for each in settings)
        yield "other_settings", _change(after, was, now)
    elif statuses[0] == statuses[1]:
        # One that stopped half way called forward less often, and one that goes on in search of a cause more often.
        if after["forward_evaluations"] > before["forward_evaluations"]:
            yield "slower", _change(after, before["forward_evaluations"], after["forward_evaluations"])
        # The error of what is meant to be wrong may be of any size.
        if after["expect"] != "fail":
            yield from _grown(before, after)


def _kind(before: str, after: str) -> str:
    if after == "pass":
        return "newly_passing"
    failing = before == "pass" or (before == "skipped" and after not in UNBLAMED)
    return "newly_failing" if failing else "other_status"


def _grown(before: Check, after: Check) -> Iterator[tuple[str, Change]]:
    errors = {tensor["name"]: tensor["max_error_over_bound"] for tensor in before["tensors"]}
    for tensor in after["tensors"]:
        was, now = errors.get(tensor["name"]), tensor["max_error_over_bound"]
        # Null is where a bound is zero, or nothing could be compared; that the verdict tells.
        if was is not None and now is not None and now > TENFOLD * was:
            yield "grown", _change(after, was, now, tensor["name"])


def _settings(check: Check) -> dict[str, Any]:
    return {**check["spec"], **{key: check[key] for key in ("layer", "dtype", "data", "seed", "expect")}}


def _change(check: Check, old: Any, new: Any, tensor: str | None = None) -> Change:
    return Change(check["id"], check["implementation"], old, new, tensor, check["repeat"])


def _error_text(error: Mapping[str, Any]) -> str:
    # Without the line: it moves when somebody writes above it.
    return f"{error['file']}: {error['message']}" if error.get("file") else str(error["message"])
