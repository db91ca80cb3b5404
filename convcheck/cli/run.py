"""`convcheck run`: check what the specs say."""

from __future__ import annotations

from typing import Any

import click

from convcheck.cli.exits import MEANINGS
from convcheck.cli.numbers import number
from convcheck.cli.options import COLOUR, require_specs, selection_options
from convcheck.cli.session import debug_option
from convcheck.reports.formats import FORMATS

CODES = "\n".join(f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())


@click.command("run", epilog=f"\b\nExit codes:\n{CODES}")
@selection_options
@click.option("-x", "--fail-fast", is_flag=True, help="Stop after the first check that does not pass.")
@click.option(
    "--budget",
    callback=number(),
    metavar="SECONDS",
    help="What one check may take before entries give way to random directions; 0: always.  [default: 60]",
)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="table", help="[default: table]")
@click.option("-o", "--output", metavar="FILE", help="Write the report to FILE: the old one or the whole new one.")
@click.option("-q", "--quiet", is_flag=True, help="Only what does not pass (the JSON is always whole).")
@click.option("-v", "--verbose", is_flag=True, help="Also the wrong entries, the worst twenty of each tensor.")
@COLOUR
@debug_option
@click.pass_context
def command(context: click.Context, /, specs: tuple[str, ...], **options: Any) -> int:
    """Check gradients as the specs say.

    SPEC is a file, a folder (searched for *.yaml and *.yml), a quoted glob ('configs/**/*.yaml'), or - for standard
    input. The report goes to standard output, everything else to standard error.

    \b
    Examples:
      convcheck run configs/conv.yaml
      convcheck run configs/ --impl vectorized --dtype float32
      convcheck run conv.yaml -k 'conv[stride=2]' -v
      convcheck run 'configs/*.yaml' --format json -o report.json
    """
    require_specs(context, specs)
    # NumPy, the layers and the YAML reader come with this import, and with no other.
    from convcheck.cli.running import run_and_report  # noqa: PLC0415

    return run_and_report(context, specs, **options)
