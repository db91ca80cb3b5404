"""How the words of convcheck go on: files, layers, implementations, ids. Nobody who completes a word sees an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]

# Somebody waits: of a folder with thousands of specs the first few are read.
MOST_FILES = 200


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What the shell does for files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def layers(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The layers, with what they do."""
    from click.shell_completion import CompletionItem

    from convcheck.layers.catalogue import LAYERS

    names = {name: layer.summary for name, layer in LAYERS.items() if name.startswith(incomplete)}
    return [CompletionItem(name, help=summary) for name, summary in names.items()]


def implementations(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Those that are built in; else files, where code of one's own is."""
    from convcheck.layers.catalogue import LAYERS

    names = dict.fromkeys(name for layer in LAYERS.values() for name in layer.variants)
    return _starting(names, incomplete) or files(context, parameter, incomplete)


def ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of the checks in the SPECs before the cursor: what stands behind `::`, or whole where that was begun."""
    from convcheck.cli.options.specs import STDIN, find
    from convcheck.layers.catalogue import FORMS
    from convcheck.spec.reader import read_file

    found: list[str] = []
    with suppress(Exception):
        # click stops taking arguments at an option that still lacks its value, and leaves them aside.
        sources = find(context.params.get("specs") or context.args)
        for file in [file for file in sources.files if file != STDIN][:MOST_FILES]:
            found += [check.id for check in read_file(file, FORMS).checks]
    tails = dict.fromkeys(identity.rpartition("::")[2] for identity in found)
    return _starting(tails, incomplete) or _starting(found, incomplete)


def _starting(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
