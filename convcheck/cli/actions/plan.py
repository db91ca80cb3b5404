"""From checks to jobs: the implementation that each check is run with, built in or found in somebody's own code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from convcheck.cli.actions.workers import Workers
from convcheck.cli.streams import say
from convcheck.implementations.asked_for import is_for
from convcheck.implementations.source import Found, NotChecked, Source, Survey
from convcheck.reports.report import Invalid
from convcheck.reports.wording.figures import shown
from convcheck.running.job import Job
from convcheck.spec.check import Check, NamedCode
from convcheck.spec.inputs import OpenSizes
from convcheck.spec.showing import count, listed


class JobPlan:
    """The jobs in their order; `errors`, what could not be used; `left_out`, how many checks have no implementation.

    `stubs` names the modules that are not installed, each once, and that empty ones stand in for; `not_checked` what
    was seen in the sources beside what is checked.
    """

    def __init__(
        self, errors: Iterable[Invalid] = (), stubs: Iterable[str] = (), not_checked: Iterable[NotChecked] = ()
    ) -> None:
        self.jobs: list[Job] = []
        self.errors = list(errors)
        self.left_out = 0
        self.stubs = dict.fromkeys(stubs)
        self.not_checked = dict.fromkeys(not_checked)


def plan_jobs(checks: Iterable[Check], source: Source | None, workers: Workers, *, trust: bool, stubs: bool) -> JobPlan:
    """The jobs for the checks. `source` is what --impl names; `trust`: code that a spec names may be run as well.

    Sources are imported, in the worker, and nothing else of them is run. What cannot be used, and for which layers
    there is nothing, is said on standard error and is in the plan; nothing is raised for it.
    """
    plan = JobPlan()
    by_source: dict[Source, list[Check]] = {}
    untrusted: dict[tuple[str | None, NamedCode], list[Check]] = {}
    order: list[tuple[Check, Source | None]] = []
    for check in checks:
        code = check.manner.implementation
        if not isinstance(code, NamedCode):
            if isinstance(check.sizes, OpenSizes):
                plan.errors.append(_no_code(check))
            else:
                order.append((check, None))
        elif source is None and not trust:
            untrusted.setdefault((check.file, code), []).append(check)
        else:
            own = source or source_in_spec(check.file, code, stubs)
            by_source.setdefault(own, []).append(check)
            order.append((check, own))
    for (file, code), refused in untrusted.items():
        plan.errors += _refuse(file, code, refused)
    implementations = {each: _survey(plan, each, its_checks, workers) for each, its_checks in by_source.items()}
    for check, own_source in order:
        if own_source is None:
            plan.jobs.append(Job(check))
        else:
            of_layer = [one for one in implementations[own_source] if one.layer == check.layer]
            plan.jobs += [Job(check, own_source, one) for one in of_layer if is_for(check, one)]
    if order and not (plan.jobs or plan.errors or plan.left_out):
        of = shown(listed(tuple(dict.fromkeys(one.text() for _, one in order if one is not None))))
        say(f"convcheck: nothing to check: {of} has no word for a setting of {count(len(order), 'check')}")
    return plan


def _no_code(check: Check) -> Invalid:
    """The error that code of no layer has to be named. It is said as well."""
    message = f"{check.id}: a {check.layer} is code of your own, and none is named"
    hint = (
        "name it on the command line, --impl FILE.py:NAME, or in the spec, implementation: {file: FILE.py, class: NAME}"
    )
    say(f"convcheck: {shown(message)}\n    hint: {hint}")
    return Invalid(message, check.file, check.line, 1, hint=hint)


def no_implementation(source: Source, survey: Survey, workers: Workers) -> Invalid:
    """The error that nothing in the source can be checked, with what there is for other layers. It is said as well."""
    message = survey.problem or f"nothing in {source.text()} can be checked"
    hint = None
    if survey.opened and not source.names and (others := workers.survey(source).found):
        hint = f"there is {listed(tuple(f'{source.text(one.names)} ({one.layer})' for one in others))}"
    say(f"convcheck: {shown(message)}" + (f"\n    hint: {shown(hint)}" if hint else ""))
    return Invalid(message, source.place, hint=hint)


def source_in_spec(file: str | None, code: NamedCode, stubs: bool) -> Source:
    """Code that a spec names, its path taken from the folder of that spec."""
    place = os.path.join(os.path.dirname(file or ""), code.place) if code.is_file else code.place
    return Source(place, code.names, stubs)


def _refuse(file: str | None, code: NamedCode, checks: list[Check]) -> Iterator[Invalid]:
    """The errors that code may not run without --trust: one message, and an error for each check."""
    place = source_in_spec(file, code, stubs=True).place
    what = f"names code to run, {place}, and that runs only with --trust"
    hint = f"look at {place} first; where it may run, add --trust"
    more = f" (and {count(len(checks) - 1, 'more check')})" if len(checks) > 1 else ""
    say(f"convcheck: {shown(checks[0].id)}{more} {shown(what)}\n    hint: {shown(hint)}")
    for check in checks:
        yield Invalid(f"{check.id} {what}", check.file, check.line, 1, hint=hint)


def _survey(plan: JobPlan, source: Source, checks: list[Check], workers: Workers) -> tuple[Found, ...]:
    """What there is in the source for the layers of these checks. Missing ones are said, and counted in the plan."""
    layers = tuple(dict.fromkeys(check.layer for check in checks))
    survey = workers.survey(source, layers)
    plan.stubs.update(dict.fromkeys(survey.missing))
    plan.not_checked.update(dict.fromkeys(survey.not_checked))
    have = {one.layer for one in survey.found}
    missing: Mapping[str, int] = {
        layer: sum(check.layer == layer for check in checks) for layer in layers if layer not in have
    }
    if not survey.found:
        plan.errors.append(no_implementation(source, survey, workers))
    elif missing:
        left_out = sum(missing.values())
        plan.left_out += left_out
        text = shown(source.text())
        say(f"convcheck: nothing in {text} for {listed(tuple(missing))}: {count(left_out, 'check')} left out")
        say(f"    hint: `convcheck run --list-impl {text}` shows what was found")
    return survey.found
