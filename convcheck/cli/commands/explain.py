"""`convcheck explain`: the figures of the paper for the sizes of a spec, and any entry as a sum."""

from __future__ import annotations

import click

from convcheck.cli.options.complete import complete_files, complete_ids
from convcheck.cli.options.selection import colour_option
from convcheck.cli.session import debug_option

EXIT_CODES = """\
\b
Exit codes:
    0  it is shown, and may say that an entry of your code is wrong
    1  the code raises where it is run
    2  wrong usage, a spec that is missing or not valid, or code that cannot be opened
    5  nothing to explain
"""


@click.command("explain", short_help="Show where windows lie and what an entry is the sum of.", epilog=EXIT_CODES)
@click.argument("spec", shell_complete=complete_files)
@click.option(
    "-k", "key", metavar="ID", shell_complete=complete_ids, help="The check of this id, where SPEC has several."
)
@click.option("--at", metavar="INDEX", help="The output to show, such as 0,2,1: without n, of the first image.")
@click.option(
    "--entry",
    "entries",
    multiple=True,
    metavar="TENSOR[INDEX]",
    help="Show how this entry comes about: dx[0,1,2,3], dw[0,0,1,1], db[0], out[0,0,2,1]. Repeatable.",
)
@click.option(
    "--impl",
    "implementation",
    metavar="SOURCE",
    shell_complete=complete_files,
    help="Beside it what your code gives, and which of its terms are wrong: FILE.py, FILE.py:forward,backward, …",
)
@click.option("--trust", is_flag=True, help="The same of code that a spec names (implementation: {file: layers.py}).")
@click.option(
    "-o", "--output", metavar="FILE", shell_complete=complete_files, help="Write a page, FILE.html, or FILE.svg."
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@colour_option
@debug_option
def command(
    spec: str,
    key: str | None,
    at: str | None,
    entries: tuple[str, ...],
    implementation: str | None,
    trust: bool,
    output: str | None,
    force: bool,
    color: str,
) -> int:
    """Show the figures of the paper for the sizes of SPEC: where windows lie, what is left over, how often each entry
    is covered, and one output with its window, channel by channel.

    With --entry, any entry of the output or of a gradient as the sum that it is, with its numbers; beside it what the
    layer, backward and differences give. With --impl it is your code that is looked at: terms that are missing, taken
    twice, foreign, or have another factor are named. The data is that of `convcheck run`.

    \b
    Examples:
      convcheck explain configs/conv.yaml
      convcheck explain conv.yaml --at 0,2,1
      convcheck explain conv.yaml --impl layers.py --entry 'dx[0,1,2,3]'
      convcheck explain pool.yaml -o pool.html
    """
    from convcheck.cli.actions.explain import explain

    return int(explain(spec, key, at, entries, implementation, output, trust=trust, force=force, colour=color))
