"""What `convcheck audit --impl` does: plants mistakes in somebody's own code, and shows those that its suite misses."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

from convcheck.audit.own_code import OwnCodeAudit, Tried, audit_own_code
from convcheck.cli.actions.schedule import local_concurrency
from convcheck.cli.exits import Exit
from convcheck.cli.streams import say, wants_colour, width_of, writing
from convcheck.cli.write_file import destination
from convcheck.implementations.source import Source
from convcheck.reports.json import json_text
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import shown
from convcheck.spec.showing import count, listed

# Goes up when a key of the JSON changes its meaning, or is no longer there.
AUDIT_IMPL_VERSION = 1
# So many ways in which mistakes show are told by their names.
MOST_KINDS = 4


def audit_implementation(source: Source, options: Mapping[str, Any]) -> Exit:
    """Plant mistakes in the code of the source, print which its suite does not notice, and return the exit code.

    `options`: `outputs`, `color`, `quiet`, `layer`, `timeout`, `no_isolation`, `no_stubs` and `jobs` as `convcheck run`
    has them; `most`, how many mistakes are tried, None for all; `min_score`, below which the exit code is that of a
    failure, None for no such limit. Raises click.BadParameter where the output cannot be written, CannotWrite where
    writing it fails, WorkerFault where convcheck is at fault, and KeyboardInterrupt.
    """
    from convcheck.cli.actions.progress import ProgressBar

    source = source._replace(stubs=not options["no_stubs"])
    output = options["outputs"][0]
    bars: list[ProgressBar] = []

    def announce(done: int, all_of_them: int, one: Tried) -> None:
        if not bars:
            bars.append(ProgressBar(all_of_them, colour=options["color"], quiet=options["quiet"], parallel=True))
            bars[0].__enter__()
        bars[0].finish(passed=one.fate == "killed")

    with destination(output.file) as (stream, where):
        try:
            audit = audit_own_code(
                source,
                (options["layer"],) if options["layer"] else (),
                workers=local_concurrency(options["jobs"], 0.0).workers,
                most=options["most"],
                timeout=options["timeout"],
                isolated=not options["no_isolation"],
                announce=announce,
            )
        finally:
            for bar in bars:
                bar.__exit__(None, None, None)
        if audit.problem is not None:
            say(f"convcheck: {shown(audit.problem)}")
        with writing(where):
            if output.form == "json":
                stream.write(json_text(_as_json(audit)) + "\n")
            elif audit.problem is None:
                _print(Page(stream, colour=wants_colour(options["color"], stream), width=width_of(stream)), audit)
            stream.flush()
    if audit.problem is not None:
        return Exit.USAGE
    if audit.of("fault"):
        return Exit.FAULT
    wanted = options["min_score"]
    if wanted is not None and audit.score is not None and audit.score < wanted:
        say(f"convcheck: a score of {audit.score:.3f}, and {wanted:g} is the least that was asked for")
        return Exit.FAILED
    return Exit.PASSED if audit.tried else Exit.NOTHING


def _as_json(audit: OwnCodeAudit) -> dict[str, Any]:
    mutants = [
        {
            **{name: getattr(one.mutant, name) for name in ("line", "kind", "before", "after")},
            **{name: getattr(one, name) for name in ("fate", "checks", "by", "how", "layers")},
        }
        for one in audit.tried
    ]
    return {
        "schema": AUDIT_IMPL_VERSION,
        "source": audit.source.text(),
        "layers": [one.layer for one in audit.found],
        "checks": audit.checks,
        "planted": audit.planted,
        "tried": len(audit.tried),
        "counts": Counter(one.fate for one in audit.tried),
        "score": audit.score,
        "mutants": mutants,
        "problem": audit.problem,
    }


def _print(page: Page, audit: OwnCodeAudit) -> None:
    page.line((shown(audit.source.place), "bold"))
    layers = listed(tuple(dict.fromkeys(one.layer for one in audit.found)))
    tried = "" if len(audit.tried) == audit.planted else f", {len(audit.tried):,} of them tried"
    page.prose(
        f"{count(audit.planted, 'mistake')} planted in it{tried}, each run by {count(audit.checks, 'check')} of "
        f"{layers} until one does not pass",
        indent=2,
    )
    page.blank()
    rows = [
        ("noticed", str(len(audit.of("killed"))), _by_what(audit)),
        ("noticed with a warning", str(len(audit.of("warned"))), "every check passes, and says more than before"),
        ("not noticed", str(len(audit.of("survived"))), "every check passes, and something else is returned"),
        ("likely none", str(len(audit.of("equal"))), "the passes return the same numbers at every check"),
        ("never run", str(len(audit.of("not run"))), "in lines that no check comes by"),
        ("a fault of convcheck", str(len(audit.of("fault"))), "please report it"),
    ]
    kept = [row for row in rows if row[1] != "0"]
    page.table(page.columns((("what became", False), ("of them", True), ("how that shows", False)), kept), indent=2)
    for title, fate in (("Not noticed", "survived"), ("Noticed with a warning", "warned"), ("Likely none", "equal")):
        _print_those(page, title, [one for one in audit.tried if one.fate == fate], audit)
    _print_those(page, "A fault of convcheck", audit.of("fault"), audit)
    if lines := sorted({one.mutant.line for one in audit.of("not run")}):
        page.blank()
        page.prose(f"Never run: {_ranges(lines)}", hanging=2)
    if audit.score is not None:
        page.blank()
        page.line((f"Score {audit.score:.3f}", "bold"), " of those that are likely to be mistakes")
    page.flush()


def _by_what(audit: OwnCodeAudit) -> str:
    kinds = Counter(one.how for one in audit.of("killed")).most_common()
    shown_first, others = kinds[:MOST_KINDS], sum(number for _, number in kinds[MOST_KINDS:])
    said = [f"{number} {how}" for how, number in shown_first] + ([f"{others} otherwise"] if others else [])
    return ", ".join(said)


def _print_those(page: Page, title: str, those: list[Tried], audit: OwnCodeAudit) -> None:
    if not those:
        return
    page.blank()
    page.line((title, "bold"))
    for one in those:
        place = f"{os.path.basename(audit.source.place)}:{one.mutant.line}"
        of = f" ({shown(one.how)})" if one.how else ""
        page.line(f"{shown(place)}  {one.mutant.kind}, after {count(one.checks, 'check')}{of}", indent=2)
        page.prose(shown(one.mutant.before), indent=6, hanging=4)
        page.prose(shown(one.mutant.after), indent=4, hanging=6, lead="→ ")


def _ranges(lines: list[int]) -> str:
    """Lines 3, 5 to 7."""
    parts: list[list[int]] = []
    for line in lines:
        if parts and line == parts[-1][-1] + 1:
            parts[-1].append(line)
        else:
            parts.append([line])
    noun = "line" if len(lines) == 1 else "lines"
    return f"{noun} {listed(tuple(str(p[0]) if len(p) == 1 else f'{p[0]} to {p[-1]}' for p in parts))}"
