"""`convcheck schema`: the JSON Schema of a spec file, or of the JSON report."""

from __future__ import annotations

import json
from importlib.resources import files

import click

from convcheck.cli.session import debug_option
from convcheck.cli.streams import standard_output, writing


@click.command("schema", short_help="Print the JSON Schema of a spec, or of the report.")
@click.option("--report", is_flag=True, help="The schema of `convcheck run --format json`.")
@debug_option
def command(report: bool) -> None:
    """Print the JSON Schema of a spec file, for editors and other checkers.

    \b
    Examples:
      convcheck schema > convcheck.schema.json
      convcheck schema --report
    """
    text = files("convcheck.reports").joinpath("report.schema.json").read_text("utf-8") if report else _of_specs()
    with writing("standard output"):
        stream = standard_output()
        stream.write(text)
        stream.flush()


def _of_specs() -> str:
    from convcheck.layers.catalogue import FORMS  # noqa: PLC0415
    from convcheck.spec.schema import schema  # noqa: PLC0415

    return json.dumps(schema(FORMS), indent=2) + "\n"
