"""Shell completion of arguments and values: files, layers, implementations, ids. An error is never shown here."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# A person waits for the answer: of a folder with thousands of specs the first few are read.
MOST_FILES = 200


def complete_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Tells the shell to complete names of files, as it does for every command."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def complete_layers(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The layers, with what they do."""
    from click.shell_completion import CompletionItem

    from convcheck.layers.catalogue import LAYERS

    summaries = {name: layer.summary for name, layer in LAYERS.items() if name.startswith(incomplete)}
    return [CompletionItem(name, help=summary) for name, summary in summaries.items()]


def complete_implementations(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The built-in implementations of all layers; files where none begins like that, for code of one's own."""
    from convcheck.layers.catalogue import LAYERS

    names = dict.fromkeys(name for layer in LAYERS.values() for name in layer.variants)
    return _starting_with(incomplete, names) or complete_files(context, parameter, incomplete)


def complete_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of the checks in the SPECs before the cursor: the part behind `::`, or the whole where that was begun."""
    from convcheck.cli.options.specs import STDIN, find_spec_files
    from convcheck.layers.catalogue import FORMS
    from convcheck.spec.reader import read_file

    ids: list[str] = []
    with suppress(Exception):
        # click stops parsing at an option that still lacks its value, and leaves the rest in `args`.
        specs = find_spec_files(context.params.get("specs") or context.args)
        for file in [file for file in specs.files if file != STDIN][:MOST_FILES]:
            ids += [check.id for check in read_file(file, FORMS).checks]
    short = dict.fromkeys(identity.rpartition("::")[2] for identity in ids)
    return _starting_with(incomplete, short) or _starting_with(incomplete, ids)


def _starting_with(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
