"""`convcheck audit`: which known mistakes the checks of some specs would not notice."""

from __future__ import annotations

from typing import Any

import click

from convcheck.cli.options.complete import complete_files, complete_ids, complete_layers
from convcheck.cli.options.number import bounded_number
from convcheck.cli.options.run import jobs_option
from convcheck.cli.options.selection import colour_option
from convcheck.cli.session import debug_option
from convcheck.reports.formats import AUDIT_FORMATS, FORMAT_BY_SUFFIX

EXIT_CODES = """\
\b
Exit codes:
    0  the score is what was asked for, or none was
    1  it is lower
    2  wrong usage, or a spec that is missing or not valid (the others are audited)
    5  nothing to audit
"""


@click.command("audit", short_help="Say which known mistakes the checks of specs would not notice.", epilog=EXIT_CODES)
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=complete_files)
@click.option(
    "--suite",
    "suites",
    multiple=True,
    metavar="LAYER",
    shell_complete=complete_layers,
    help="Audit the built-in suite of this layer, too. Repeatable.",
)
@click.option(
    "-k",
    "keys",
    multiple=True,
    metavar="ID",
    shell_complete=complete_ids,
    help="Only the checks that `convcheck run -k` would take. Repeatable.",
)
@click.option(
    "--suggest",
    metavar="FILE",
    shell_complete=complete_files,
    help="Write the fewest checks that would notice the rest to FILE, which must not exist yet; - for standard output, "
    "in place of the report. Each is tried before it is written.",
)
@click.option("--force", is_flag=True, help="Replace the FILE of --suggest if it exists.")
@click.option(
    "--min-score",
    callback=bounded_number(0, 1),
    metavar="X",
    help="Exit code 1 where the score of all layers together is lower, e.g. 0.9.",
)
@jobs_option
@click.option("--format", "form", type=click.Choice([*AUDIT_FORMATS]), help="[default: that of FILE, or table]")
@click.option("-o", "--output", metavar="FILE", shell_complete=complete_files, help="Write the report to FILE.")
@click.option("-q", "--quiet", is_flag=True, help="Tables: only the score.")
@click.option("-v", "--verbose", is_flag=True, help="Tables: every mistake that is not noticed.")
@colour_option
@debug_option
@click.pass_context
def command(context: click.Context, /, specs: tuple[str, ...], **options: Any) -> int:
    """Say which known mistakes the checks of specs would not notice, and why.

    Every mistake of the catalogue of each layer is made in turn, and put through the checks as `convcheck run` would.
    The score is the share of those that a check notices. With --suggest, what would notice the rest.

    \b
    Examples:
      convcheck audit conv.yaml
      convcheck audit configs/ -j auto --min-score 0.9
      convcheck audit conv.yaml --suggest more.yaml
      convcheck audit --suite conv -o audit.html
    """
    from convcheck.cli.options.selection import require_specs

    if not options["suites"] or "" in specs:
        require_specs(context, specs)
    if options["form"] is None:
        options["form"] = _format_of(options["output"])
    from convcheck.cli.actions.audit import audit_specs

    return audit_specs(context, specs, **options)


def _format_of(output: str | None) -> str:
    import os

    suffix = os.path.splitext(output or "")[1].lower()
    form = FORMAT_BY_SUFFIX.get(suffix, "table") if suffix else "table"
    if (suffix and suffix not in FORMAT_BY_SUFFIX) or form not in AUDIT_FORMATS:
        raise click.BadParameter(
            f"{output!r}: an audit has no format with the suffix {suffix}; name one of {', '.join(AUDIT_FORMATS)} by "
            "--format",
            param_hint="'-o'",
        )
    return form
