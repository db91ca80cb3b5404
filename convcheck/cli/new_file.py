"""A text to start from: on standard output, or in a file that is not there yet."""

from __future__ import annotations

import os

import click

from convcheck.cli.streams import writing


def refuse_existing(output: str | None, force: bool) -> None:
    """What stands in the file may have been edited since."""
    if output is not None and os.path.isfile(output) and not force:
        raise click.UsageError(f"{output!r} exists; --force replaces it")


def write_new(text: str, output: str | None, force: bool) -> None:
    """Write the text. A usage error where the file exists, unless by `force`."""
    from convcheck.cli.destination import destination  # noqa: PLC0415
    from convcheck.reports.glyphs import Glyphs  # noqa: PLC0415

    refuse_existing(output, force)
    with destination(output) as (stream, where), writing(where):
        stream.write(Glyphs(stream.encoding).fit(text))
        stream.flush()
