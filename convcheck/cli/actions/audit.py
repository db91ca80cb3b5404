"""What `convcheck audit` does: gathers the checks as a run would, audits each layer, and reports."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from convcheck.audit.audit import AT_ONCE, LayerFound, Run, audit_layer, in_processes
from convcheck.audit.mistaken import slips_of
from convcheck.audit.score import Share, SlipOutcome
from convcheck.audit.suggest import suggested
from convcheck.audit.trial import AuditCheck
from convcheck.cli.actions.gather import STDIN_NAME, gather
from convcheck.cli.actions.progress import ProgressBar
from convcheck.cli.actions.schedule import local_concurrency
from convcheck.cli.exits import Exit
from convcheck.cli.options.specs import STDIN, find_spec_files
from convcheck.cli.streams import say, wants_colour, width_of, writing
from convcheck.cli.write_file import destination, refuse_existing, require_other_files, write_new
from convcheck.diagnosis.audited import Audit
from convcheck.layers.catalogue import LAYERS, NAMES, suite_file
from convcheck.reports.formats import AUDIT_FORMATS
from convcheck.reports.report import Appearance
from convcheck.running.interrupts import Interrupts
from convcheck.spec.memory import DEFAULT_LIMIT
from convcheck.spec.showing import listed


def audit_specs(context: click.Context, specs: Sequence[str], **options: Any) -> Exit:
    """Audit the checks of the specs and suites, and return the exit code. `options`: those of `convcheck audit`.

    Raises click.UsageError for what is wrong with the options, and CannotWrite where a report cannot be written.
    """
    began = time.perf_counter()
    file, output = options["suggest"], options["output"]
    for name in options["suites"]:
        if name not in LAYERS:
            there_are = f"there are {', '.join(NAMES)}"
            raise click.BadParameter(f"no suite is called {name!r}; {there_are}", context, param_hint="'--suite'")
    # What is suggested takes the place of the report, where both would go to standard output.
    replaced = file == STDIN and output is None
    if file != STDIN:
        refuse_existing(file, options["force"])
    require_other_files([output, file], lambda: find_spec_files(specs).files)
    selection = gather(specs, options["keys"], DEFAULT_LIMIT, suites=options["suites"])
    suite_files = {suite_file(name) for name in options["suites"]}
    by_layer: dict[str, list[AuditCheck]] = {}
    for check in selection.checks:
        if check.layer in LAYERS:
            by_layer.setdefault(check.layer, []).append(AuditCheck(check, check.file in suite_files))
    with destination(output) as (stream, where), Interrupts() as interrupts:
        more = None
        with interrupts.allowed():
            found = _audited(by_layer, options)
            if file is not None:
                called = STDIN_NAME if file == STDIN else os.path.basename(file)
                more = suggested(found, called, _names(specs, options["suites"]))
        audit = Audit(
            tuple(each.told for each in found),
            options["min_score"],
            more,
            tuple(error.message for error in selection.all_errors),
            tuple(check.id for check in selection.checks if check.layer not in LAYERS),
            time.perf_counter() - began,
        )
        if not replaced:
            # FORCE_COLOR is about the terminal, not about a file.
            coloured = output is None or options["color"] == "always"
            appearance = Appearance(
                colour=coloured and wants_colour(options["color"], stream),
                width=width_of(stream),
                quiet=options["quiet"],
                verbose=options["verbose"],
            )
            with writing(where):
                AUDIT_FORMATS[options["form"]](stream, audit, appearance)
    if more is not None and more.checks:
        write_new(more.text, file, force=True)
    elif more is not None:
        say("convcheck: nothing to suggest")
    return _exit_code(audit, invalid=selection.invalid)


def _audited(by_layer: dict[str, list[AuditCheck]], options: dict[str, Any]) -> list[LayerFound]:
    """What is found of each layer, with a bar that shows how far it is."""
    numbers = [sum(1 for _ in slips_of(layer)) for layer in by_layer]
    total = sum(-(-number // AT_ONCE) for number in numbers)
    workers = min(local_concurrency(options["jobs"], 0.0).workers, total)
    found = []
    with (
        ProgressBar(total, colour=options["color"], quiet=options["quiet"], parallel=workers > 1) as progress,
        in_processes(workers) as run,
    ):

        def watched(shares: Iterable[Share]) -> Iterator[Sequence[SlipOutcome]]:
            for outcomes in run(shares):
                progress.finish(passed=True)
                yield outcomes

        told: Run = watched
        for layer, checks in by_layer.items():
            progress.start(layer)
            found.append(audit_layer(layer, checks, told))
    return found


def _names(specs: Sequence[str], suites: Sequence[str]) -> str:
    return listed([*specs, *(f"the suite of {name}" for name in suites)])


def _exit_code(audit: Audit, *, invalid: bool) -> Exit:
    if invalid:
        return Exit.USAGE
    if audit.score is None:
        say("convcheck: nothing to audit")
        return Exit.NOTHING
    return Exit.PASSED if audit.is_enough else Exit.FAILED
