"""`convcheck merge`: the reports of a run in several parts, as one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click

from convcheck.cli.exits import Exit, exit_code
from convcheck.cli.options.complete import complete_files
from convcheck.cli.session import debug_option
from convcheck.cli.streams import say, writing


@click.command("merge", short_help="Put the JSON reports of a run in several parts together.")
@click.argument("parts", nargs=-1, required=True, metavar="PART.json...", shell_complete=complete_files)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=complete_files,
    help="Write the report to FILE: the old one or the whole new one.",
)
@debug_option
def command(parts: tuple[str, ...], output: str | None) -> int:
    """Put the JSON reports of a run in several parts together.

    The exit code is that of a run that does all of it (see `convcheck run --help`). A check that is in two parts is
    wrong usage: its results would count twice. So is a run of `--shard K/M` of which a part is missing.

    \b
    Examples:
      convcheck merge part1.json part2.json -o all.json
      convcheck merge -- part*.json | jq .summary
    """
    from convcheck.cli.actions.read_report import document_in
    from convcheck.cli.write_file import destination, require_other_files
    from convcheck.reports.stored.merge import merge, merged_pieces
    from convcheck.reports.wording.figures import shown
    from convcheck.reports.wording.words import counts_text

    suffix = os.path.splitext(output or "")[1]
    if suffix.lower() not in ("", ".json"):
        raise click.BadParameter(
            f"{output!r}: merge writes JSON: expected a name that ends in .json, received {suffix}", param_hint="'-o'"
        )
    require_other_files([output], lambda: parts)
    try:
        document = merge([(part, document_in(part)) for part in parts])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with destination(output) as (stream, where), writing(where):
        stream.writelines(merged_pieces(document))
        stream.flush()
    if output is not None:
        say(f"convcheck: {counts_text(document['summary'])}; the report is in {shown(output)}")
    return _exit_code(document)


def _exit_code(document: Mapping[str, Any]) -> Exit:
    from convcheck.reports.stored.merge import tally_of

    counts, errors = document["summary"], document["errors"]
    looked_at = counts["checks"] - counts["skipped"] - counts["not_run"]
    return exit_code(
        all_passed=counts["pass"] == looked_at,
        checks=looked_at,
        # A folder or a -k that names nothing is of no file; alone it leaves nothing to check.
        invalid=any(error.get("file") is not None for error in errors) or bool(errors and counts["checks"]),
        interrupted=document["interrupted"],
        fault=document.get("fault") is True,
        declined=bool(tally_of(document["checks"]).declined),
    )
