"""What came out differently in two runs: a function of their two JSON documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from convcheck.reports.stored.document import Document

# An error that has grown by a smaller factor may come from another order of summation.
TENFOLD = 10

# Statuses of a new check that are no change for the worse. What is skipped is mostly code that is not written yet.
NOT_WORSE = ("pass", "skipped")

CheckRecord = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One check, or one tensor of it, with a value of it in both runs; None where it is in one of them only."""

    id: str
    implementation: str
    old: Any
    new: Any
    tensor: str | None = None
    repeat: str = ""


@dataclass(frozen=True)
class Difference:
    """What changed, by kind, in the order of the newer run. `same` counts the checks in which nothing changed.

    `newly_failing`: passed before and does not now, be it undecided or skipped; or was skipped before and is now
    checked and does not pass. `other_status`: any other change between two statuses that are no pass. `other_settings`:
    other sizes or data under the same name, so that the figures cannot be compared. `grown`: the largest error of a
    tensor, divided by its bound, grew more than tenfold. `slower`: more evaluations of forward.
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
        """Whether anything got worse: a check that is missing, and a new one that fails, count as worse."""
        new_and_bad = any(change.new not in NOT_WORSE for change in self.new)
        return bool(self.newly_failing or self.missing or self.grown or self.slower or self.new_errors or new_and_bad)


def compare_documents(old: Document, new: Document) -> Difference:
    """Compare two documents, check by check."""
    pairs, missing, added = _pairs_of_checks(old["checks"], new["checks"])
    changes: dict[str, list[Change]] = {field.name: [] for field in fields(Difference)}
    changes["missing"] = [_change(check, check["status"], None) for check in missing]
    changes["new"] = [_change(check, None, check["status"]) for check in added]
    same = 0
    for before, after in pairs:
        found = list(_changes(before, after))
        same += not found
        for kind, change in found:
            changes[kind].append(change)
    known = {_error_text(error) for error in old["errors"]}
    errors = dict.fromkeys(text for text in map(_error_text, new["errors"]) if text not in known)
    del changes["same"], changes["new_errors"]
    return Difference(**{kind: tuple(those) for kind, those in changes.items()}, new_errors=tuple(errors), same=same)


def _pairs_of_checks(
    old: Iterable[CheckRecord], new: Iterable[CheckRecord]
) -> tuple[list[tuple[CheckRecord, CheckRecord]], list[CheckRecord], list[CheckRecord]]:
    """The checks that are in both, in the order of `new`; those that are only in `old`; those only in `new`."""
    new = list(new)
    before = {(check["id"], check["implementation"]): check for check in old}
    pairs = {number: before.pop(_key(check)) for number, check in enumerate(new) if _key(check) in before}
    # One implementation may have taken the place of another: clear where one check of that id went and one came.
    left = Counter(check["id"] for check in before.values())
    came = Counter(check["id"] for number, check in enumerate(new) if number not in pairs)
    replaced = {key[0]: key for key in before if left[key[0]] == came[key[0]] == 1}
    for number, check in enumerate(new):
        if number not in pairs and check["id"] in replaced:
            pairs[number] = before.pop(replaced[check["id"]])
    both = [(pairs[number], check) for number, check in enumerate(new) if number in pairs]
    return both, list(before.values()), [check for number, check in enumerate(new) if number not in pairs]


def _key(check: CheckRecord) -> tuple[str, str]:
    return check["id"], check["implementation"]


def _changes(before: CheckRecord, after: CheckRecord) -> Iterator[tuple[str, Change]]:
    statuses = before["status"], after["status"]
    if statuses[0] != statuses[1]:
        yield _kind(*statuses), _change(after, *statuses)
    settings = _settings(before), _settings(after)
    if settings[0] != settings[1]:
        keys = [key for key in {**settings[0], **settings[1]} if settings[0].get(key) != settings[1].get(key)]
        was, now = ({key: each.get(key) for key in keys} for each in settings)
        yield "other_settings", _change(after, was, now)
    elif statuses[0] == statuses[1]:
        # Not where the status changed: a check that was stopped half way has called forward less often, and one that
        # fails goes on in search of the cause.
        if after["forward_evaluations"] > before["forward_evaluations"]:
            yield "slower", _change(after, before["forward_evaluations"], after["forward_evaluations"])
        # Where a failure is expected, the error may be of any size.
        if after["expect"] != "fail":
            yield from _grown(before, after)


def _kind(before: str, after: str) -> str:
    if after == "pass":
        return "newly_passing"
    failing = before == "pass" or (before == "skipped" and after not in NOT_WORSE)
    return "newly_failing" if failing else "other_status"


def _grown(before: CheckRecord, after: CheckRecord) -> Iterator[tuple[str, Change]]:
    errors = {tensor["name"]: tensor["max_error_over_bound"] for tensor in before["tensors"]}
    for tensor in after["tensors"]:
        was, now = errors.get(tensor["name"]), tensor["max_error_over_bound"]
        # It is None where a bound is zero or nothing could be compared; a change of that shows in the status.
        if was is not None and now is not None and now > TENFOLD * was:
            yield "grown", _change(after, was, now, tensor["name"])


def _settings(check: CheckRecord) -> dict[str, Any]:
    return {**check["spec"], **{key: check[key] for key in ("layer", "dtype", "data", "seed", "expect")}}


def _change(check: CheckRecord, old: Any, new: Any, tensor: str | None = None) -> Change:
    return Change(check["id"], check["implementation"], old, new, tensor, check["repeat"])


def _error_text(error: Mapping[str, Any]) -> str:
    # Without the line: it moves when somebody writes above it.
    return f"{error['file']}: {error['message']}" if error.get("file") else str(error["message"])
