"""docs/reference/: the command line as `--help` says it, and the layers as the catalogue declares them."""

import dataclasses
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from convcheck.cli.actions.layers import default_text, limits
from convcheck.cli.main import COMMANDS
from convcheck.layers.catalogue import LAYERS, mistakes_of
from convcheck.layers.layer import Layer
from convcheck.spec.check import Manner
from convcheck.spec.fields import declared, required
from tests.docs.pages import ROOT, ran

# Of the words for a layer, so many stand in the README.
MOST_OTHERS = 3
WRITTEN = "<!-- Written by `python -m tests.docs.regenerate`. What it says stands in convcheck/: edit that. -->"


def command_line() -> str:
    """Every command's `--help`."""
    lines = [
        WRITTEN,
        "# The command line",
        "",
        "What `convcheck --help` and `convcheck COMMAND --help` print.",
        "[own-code.md](../own-code.md), [specs.md](../specs.md) and [ci.md](../ci.md) tell what it is for.",
    ]
    for command in ("", *COMMANDS):
        name = f"convcheck {command}".rstrip()
        lines += ["", f"## {name}", "", "```text", ran(f"{name} --help", ROOT).stdout.rstrip(), "```"]
    return "\n".join(lines) + "\n"


def layers() -> str:
    """Every layer: what it does, its keys, its implementations, its mathematics, its suite."""
    lines = [
        WRITTEN,
        "# The layers",
        "",
        "What a spec may say of each layer, and what convcheck knows of it. [specs.md](../specs.md) tells how a spec",
        "is written. `convcheck layers NAME` shows the same, `convcheck init NAME` writes a spec to start from.",
        "",
        *_table(("layer", "what it does"), ((f"[{name}](#{name})", layer.summary) for name, layer in LAYERS.items())),
        "",
        "Besides its own keys every layer takes these:",
        "",
        *_keys(Manner),
    ]
    for name, layer in LAYERS.items():
        lines += ["", f"## {name}", "", *_layer(name, layer)]
    return "\n".join(lines) + "\n"


REFERENCE: Mapping[Path, Callable[[], str]] = {
    ROOT / "docs" / "reference" / "cli.md": command_line,
    ROOT / "docs" / "reference" / "layers.md": layers,
}


def in_the_readme() -> list[str]:
    """Every layer, what it does, and how much convcheck knows of it."""
    rows = (
        (
            f"[`{name}`](docs/reference/layers.md#{name})",
            layer.summary,
            f"{sum(1 for _ in mistakes_of(name))}",
            _others(layer),
        )
        for name, layer in LAYERS.items()
    )
    return _table(("layer", "what it does", "known mistakes", "called as well"), rows)


def for_adapters() -> list[str]:
    """Every layer, and what the forward of an adapter may ask for."""
    rows = (
        (name, _inputs(layer), ", ".join(layer.parameters), " ".join(_sizes(layer))) for name, layer in LAYERS.items()
    )
    return _table(("layer", "inputs", "parameters", "sizes"), rows)


def _inputs(layer: Layer) -> str:
    return ", ".join(f"{name} {layer.shapes[name]}" for name in layer.input_names)


def _sizes(layer: Layer) -> Iterator[str]:
    return (key for key in declared(layer.sizes) if key not in layer.parameters)


def _others(layer: Layer) -> str:
    """A few of the other words for it, the shortest first."""
    others = sorted(layer.words.names - {layer.name.replace("_", "")}, key=lambda word: (len(word), word))
    return ", ".join(others[:MOST_OTHERS])


# Tables in pages that are written by hand, each under a line that says which it is.
TABLES: Mapping[str, Callable[[], list[str]]] = {"layers": in_the_readme, "adapters": for_adapters}
_TABLE = re.compile(r"(<!-- table of (\w+) -->\n)((?:\|.*\n)*)")


def with_tables(text: str) -> str:
    """The text of a page, its tables made from the catalogue."""
    return _TABLE.sub(lambda found: found[1] + "\n".join(TABLES[found[2]]()) + "\n", text)


def _layer(name: str, layer: Layer) -> Iterator[str]:
    yield from _keys(layer.sizes)
    if layer.sizes.ways:
        yield from ("", f"Give {', or '.join(' '.join(f'`{key}`' for key in way) for way in layer.sizes.ways)}.")
    yield ""
    yield from _table(("implementation", "how it computes"), _implementations(layer))
    yield from ("", "In code of your own ([own-code.md](../own-code.md)), without underscores and in lower case:", "")
    yield from _table(("what", "words for it"), _words(layer))
    mathematics = sys.modules[layer.sizes.__module__].__doc__ or ""
    yield from ("", "```text", mathematics.strip(), "```")
    yield from ("", f"Its suite, which code of your own is put through (`convcheck suite {name}`):")
    yield from ("", "```yaml", ran(f"convcheck suite {name}", ROOT).stdout.rstrip(), "```")


def _implementations(layer: Layer) -> Iterator[tuple[str, str]]:
    for name, variant in layer.variants.items():
        default, bad = " (the default)" * (name == layer.default), " (known bad)" * variant.known_bad
        yield f"`{name}`", f"{variant.summary}{default}{bad}"


def _words(layer: Layer) -> Iterator[tuple[str, str]]:
    words = layer.words
    yield "the layer", ", ".join(sorted(words.names))
    tables = {name: words.inputs[name] for name in layer.input_names}, words.sizes, words.settings, words.running
    for name, called in (row for table in tables for row in table.items()):
        yield f"`{name}`", ", ".join(sorted(called))


def _keys(record: type[Any]) -> list[str]:
    """The declared fields of a record of sizes, or of how a check is done."""
    defaults = {field.name: field.default for field in dataclasses.fields(record)}
    needed = required(record)
    rows = (
        (f"`{key}`", field.meaning, limits(field) + ("" if key in needed else default_text(defaults[key])))
        for key, field in declared(record).items()
    )
    return _table(("key", "what it is", "what it may be"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    written = [head, ("---",) * len(head), *(tuple(cell.replace("|", r"\|") for cell in row) for row in rows)]
    return [f"| {' | '.join(row)} |" for row in written]
