"""`convcheck audit`: which mistakes the checks of some specs, or the suite of one's own code, would not notice."""

from __future__ import annotations

from typing import Any

import click

from convcheck.cli.options.complete import complete_files, complete_ids, complete_layers
from convcheck.cli.options.impl import layer_option
from convcheck.cli.options.number import bounded_number
from convcheck.cli.options.run import jobs_option
from convcheck.cli.options.selection import colour_option
from convcheck.cli.session import debug_option
from convcheck.reports.formats import AUDIT_FORMATS, FORMAT_BY_SUFFIX

# What is said of code of one's own alone, and the formats of that report.
OF_CODE = ("layer", "most", "timeout", "no_isolation", "no_stubs")
CODE_FORMATS = ("table", "json")

EXIT_CODES = """\
\b
Exit codes:
    0  the score is what was asked for, or none was
    1  it is lower
    2  wrong usage, a spec that is missing or not valid (the others are audited), or code that does not pass as it is
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
    "--impl",
    "implementation",
    metavar="SOURCE",
    shell_complete=complete_files,
    help="In place of specs: plant mistakes in your code, FILE.py or FILE.py:NAMES, and run them by its suite.",
)
@layer_option
@click.option(
    "--most",
    callback=bounded_number(1, 10**9, whole=True),
    metavar="N",
    help="With --impl: try N of the mistakes, evenly over the code.",
)
@click.option(
    "--timeout",
    callback=bounded_number(0.1, 1e6),
    metavar="SECONDS",
    help="With --impl: for one check of one mistake.  [default: ten times what the code itself takes, 5 at least]",
)
@click.option("--no-isolation", is_flag=True, help="With --impl: run your code in this process: no time limit.")
@click.option("--no-stubs", is_flag=True, help="With --impl: no empty modules for those that it cannot import.")
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
    """Say which mistakes the checks of specs would not notice, and why.

    Every mistake of the catalogue of each layer is made in turn, and put through the checks as `convcheck run` would.
    The score is the share of those that a check notices. With --suggest, what would notice the rest.

    \b
    Examples:
      convcheck audit conv.yaml
      convcheck audit configs/ -j auto --min-score 0.9
      convcheck audit conv.yaml --suggest more.yaml
      convcheck audit --suite conv -o audit.html
      convcheck audit --impl layers.py -j auto
    """
    from convcheck.cli.options.selection import require_specs

    if options["implementation"] is not None:
        return _of_code(context, specs, options)
    if named := [name for name in OF_CODE if options[name]]:
        raise click.UsageError(f"--{named[0].replace('_', '-')} goes with --impl, which is missing", context)
    if not options["suites"] or "" in specs:
        require_specs(context, specs)
    if options["form"] is None:
        options["form"] = _format_of(options["output"])
    from convcheck.cli.actions.audit import audit_specs

    return audit_specs(context, specs, **options)


def _of_code(context: click.Context, specs: tuple[str, ...], options: dict[str, Any]) -> int:
    """The audit of code of one's own. Raises click.UsageError for what has no meaning there."""
    from convcheck.cli.options.impl import source_of
    from convcheck.cli.options.output import Output

    for name, said in (("suites", "--suite"), ("keys", "-k"), ("suggest", "--suggest"), ("force", "--force")):
        if options[name]:
            raise click.UsageError(f"{said} is for specs: with --impl the suites of the layers in it are run", context)
    if specs:
        raise click.UsageError("give specs, or --impl with code of your own: its suite is run, and no specs", context)
    source = source_of(options["implementation"], stubs=not options["no_stubs"])
    if source is None:
        raise click.BadParameter(
            f"expected FILE.py or FILE.py:NAMES, received {options['implementation']!r}: what is built in is audited "
            "by its mistakes, convcheck audit --suite LAYER",
            param_hint="'--impl'",
        )
    form = options["form"] or _format_of(options["output"])
    if form not in CODE_FORMATS:
        raise click.BadParameter(f"with --impl there are {' and '.join(CODE_FORMATS)}", param_hint="'--format'")
    from convcheck.cli.actions.audit_impl import audit_implementation

    return int(audit_implementation(source, {**options, "outputs": [Output(form, options["output"])]}))


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
