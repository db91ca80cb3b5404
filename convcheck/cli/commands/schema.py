"""`convcheck schema`: the JSON Schema of a spec file, or of the JSON report."""

from __future__ import annotations

import click

from convcheck.cli.options.complete import complete_files
from convcheck.cli.session import debug_option
from convcheck.cli.streams import writing


@click.command("schema", short_help="Print the JSON Schema of a spec, or of the report.")
@click.option("--report", is_flag=True, help="The schema of `convcheck run --format json`.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=complete_files,
    help="Write to FILE: the old one or the whole new one. `convcheck init` looks for convcheck.schema.json.",
)
@debug_option
def command(report: bool, output: str | None) -> None:
    """Print the JSON Schema of a spec file, for editors and other checkers.

    \b
    Examples:
      convcheck schema -o convcheck.schema.json
      convcheck schema --report
    """
    from convcheck.cli.write_file import destination

    text = _schema_of_reports() if report else _schema_of_specs()
    with destination(output) as (stream, where), writing(where):
        stream.write(text)
        stream.flush()


def _schema_of_reports() -> str:
    from importlib import resources

    return resources.files("convcheck.reports").joinpath("report.schema.json").read_text("utf-8")


def _schema_of_specs() -> str:
    import json

    from convcheck.layers.catalogue import FORMS
    from convcheck.spec.schema import schema

    return json.dumps(schema(FORMS), indent=2) + "\n"
