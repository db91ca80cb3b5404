"""The first adapter for code of somebody's own, from what its import shows."""

from __future__ import annotations

from pathlib import Path

import click

from convcheck.cli.actions.messages import say_stubs
from convcheck.cli.actions.workers import Workers
from convcheck.cli.options.impl import source_of
from convcheck.cli.streams import say
from convcheck.implementations.adapters.draft import draft
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import LAYERS
from convcheck.reports.wording.figures import shown


def adapter_text(implementation: str, layer: str | None) -> str:
    """The adapter for the first implementation in the source, of this layer if one is named; the others are said."""
    source = source_of(implementation)
    if source is None:
        raise click.BadParameter(
            f"expected FILE.py or package.module, received {implementation!r}", param_hint="'--impl'"
        )
    with Workers() as workers:
        survey = workers.survey(source, (layer,) if layer else ())
    say_stubs(survey.missing)
    if not survey.found:
        hint = "" if layer or not survey.opened else f"; name the layer: convcheck init LAYER --impl {implementation}"
        raise click.UsageError(f"{survey.problem}{hint}")
    first, *others = survey.found
    for one in others:
        again = f"convcheck init {one.layer} --impl {shown(source.text(one.names))}"
        say(f"convcheck: there is also {shown(','.join(one.names))} ({one.layer}): {again}")
    return draft(first, LAYERS[first.layer], _module(source))


def _module(source: Source) -> str:
    """What an adapter beside the file imports it as."""
    return Path(source.place).stem if source.is_file else source.place
