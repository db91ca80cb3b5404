"""`convcheck init`: a spec to start from."""

from __future__ import annotations

import os

import click

from convcheck.cli.session import debug_option
from convcheck.cli.streams import writing


@click.command("init")
@click.argument("layer", default="conv")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, which must not exist yet.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@debug_option
def command(layer: str, output: str | None, force: bool) -> None:
    """Write a spec with every field explained, ready to run. LAYER is conv unless said otherwise.

    \b
    Examples:
      convcheck init conv -o conv.yaml
      convcheck init batchnorm | convcheck run -
    """
    from convcheck.cli.catalogue import layer_named  # noqa: PLC0415
    from convcheck.cli.destination import destination  # noqa: PLC0415
    from convcheck.cli.template import template  # noqa: PLC0415
    from convcheck.reports.glyphs import Glyphs  # noqa: PLC0415

    text = template(layer_named(layer))
    if output is not None and os.path.isfile(output) and not force:
        raise click.UsageError(f"{output!r} exists; --force replaces it")
    with destination(output) as (stream, where), writing(where):
        stream.write(Glyphs(stream.encoding).fit(text))
        stream.flush()
