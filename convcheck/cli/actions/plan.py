"""What a run has to do: each check with what it is run with, and what there is nothing to run with."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from convcheck.cli.actions.workers import Workers
from convcheck.cli.streams import say
from convcheck.implementations.source import Found, Source, Survey
from convcheck.reports.report import Invalid
from convcheck.reports.wording.figures import shown
from convcheck.running.job import Job
from convcheck.spec.check import Check, NamedCode
from convcheck.spec.showing import count, listed

__all__ = ["Job", "Work", "nothing_in", "plan"]


class Work:
    """The jobs in their order; what could not be used; how many checks there is nothing to run with.

    `stubs` names the modules that were not there, each once, for which empty ones stand in.
    """

    def __init__(self, errors: Iterable[Invalid] = (), stubs: Iterable[str] = ()) -> None:
        self.jobs: list[Job] = []
        self.errors = list(errors)
        self.left_out = 0
        self.stubs = dict.fromkeys(stubs)


def plan(checks: Iterable[Check], source: Source | None, workers: Workers, *, trust: bool, stubs: bool) -> Work:
    """The jobs for the checks. `source` is what --impl names; `trust`: code that a spec names may be run as well.

    Sources are imported, in the worker, and nothing else of them is run. Says on standard error what there is
    nothing to run with.
    """
    work = Work()
    by_source: dict[Source, list[Check]] = {}
    untrusted: dict[tuple[str | None, NamedCode], list[Check]] = {}
    order: list[tuple[Check, Source | None]] = []
    for check in checks:
        code = check.manner.implementation
        if not isinstance(code, NamedCode):
            order.append((check, None))
        elif source is None and not trust:
            untrusted.setdefault((check.file, code), []).append(check)
        else:
            chosen = source or _named_by(check.file, code, stubs)
            by_source.setdefault(chosen, []).append(check)
            order.append((check, chosen))
    for (file, code), refused in untrusted.items():
        work.errors += _refused(file, code, refused)
    found = {each: _found(work, each, concerned, workers) for each, concerned in by_source.items()}
    for check, own in order:
        work.jobs += [Job(check)] if own is None else _jobs(check, own, found[own])
    return work


def _named_by(file: str | None, code: NamedCode, stubs: bool) -> Source:
    """Code that a spec names, its path taken from the folder of that spec."""
    place = os.path.join(os.path.dirname(file or ""), code.place) if code.is_file else code.place
    return Source(place, code.names, stubs)


def _jobs(check: Check, source: Source, found: Iterable[Found]) -> Iterator[Job]:
    return (Job(check, source, one) for one in found if one.layer == check.layer)


def _refused(file: str | None, code: NamedCode, checks: list[Check]) -> Iterator[Invalid]:
    """Code that nobody said may run: said once, listed for each check."""
    place = _named_by(file, code, stubs=True).place
    what = f"names code to run, {place}, and that runs only with --trust"
    hint = f"look at {place} first; where it may run, add --trust"
    more = f" (and {count(len(checks) - 1, 'more check')})" if len(checks) > 1 else ""
    say(f"convcheck: {shown(checks[0].id)}{more} {shown(what)}\n    hint: {shown(hint)}")
    for check in checks:
        yield Invalid(f"{check.id} {what}", check.file, check.line, 1, hint=hint)


def _found(work: Work, source: Source, checks: list[Check], workers: Workers) -> tuple[Found, ...]:
    """What there is for the layers of these checks; what there is not is said, and counted."""
    layers = tuple(dict.fromkeys(check.layer for check in checks))
    survey = workers.survey(source, layers)
    work.stubs.update(dict.fromkeys(survey.missing))
    have = {one.layer for one in survey.found}
    missing: Mapping[str, int] = {
        layer: sum(check.layer == layer for check in checks) for layer in layers if layer not in have
    }
    if not survey.found:
        work.errors.append(nothing_in(source, survey, workers))
    elif missing:
        left_out = count(sum(missing.values()), "check")
        work.left_out += sum(missing.values())
        text = shown(source.text())
        say(f"convcheck: nothing in {text} for {listed(tuple(missing))}: {left_out} left out")
        say(f"    hint: `convcheck run --list-impl {text}` shows what was found")
    return survey.found


def nothing_in(source: Source, survey: Survey, workers: Workers) -> Invalid:
    """Says why nothing in the source can be checked, and what there is of other layers."""
    message = survey.problem or f"nothing in {source.text()} can be checked"
    hint = None
    if survey.opened and not source.names and (others := workers.survey(source).found):
        hint = f"there is {listed(tuple(f'{source.text(one.names)} ({one.layer})' for one in others))}"
    say(f"convcheck: {shown(message)}" + (f"\n    hint: {shown(hint)}" if hint else ""))
    return Invalid(message, source.place, hint=hint)
