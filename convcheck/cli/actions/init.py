"""What `convcheck init` writes: a commented spec, from the declarations of a layer's fields, or an adapter."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from convcheck.cli.actions.layers import layer_named, limits
from convcheck.layers.catalogue import DEFAULT_LAYER, LAYERS, OPEN
from convcheck.spec.check import Manner
from convcheck.spec.fields import declared, required

# Sizes that can show a bug: H is not W, the stride is not the window's length, no size is 1.
EXAMPLES: dict[str, Any] = {
    "N": 3,
    "C": 3,
    "D": 5,
    "H": 8,
    "W": 7,
    "G": 3,
    "F": 4,
    "H1": 3,
    "W1": 3,
    "stride": 1,
    "pad": 1,
    "shape": [4, 5],
}

# What a spec of code of no layer may say, by the keys of its fields; and what one of a layer says in vain there.
_OPEN_EXAMPLES = {
    "function": ["x=[4, 5]", "y={shape: [4], dtype: int64, high: 5}"],
    "network": ["X=[5, 11]", "y={shape: [5], dtype: int64, high: 4}"],
}
_OPEN_OPTIONS = {"settings": "{alpha: 0.5}", "outputs": "[y, h]", "surrogate": "NAME", "scale": "-1", "order": "2"}
_OF_LAYERS = ("data", "leave_out", "where_taken", "implementation")

# convcheck has no address from which an editor could load it: a project keeps its own, one for all its specs.
SCHEMA_FILE = "convcheck.schema.json"


def spec_text(name: str | None, output: str | None, schema: str | None) -> str:
    """A spec for a layer, the default one where none is named. What has a default stands there as a comment.

    `output` is the file that it is for, `schema` a file or an address where editors find the schema. Raises
    click.BadParameter where no layer has the name.
    """
    if name is not None and name in OPEN:
        return open_text(name, output, schema)
    layer = layer_named(name or DEFAULT_LAYER)
    fields = declared(layer.sizes)
    # Of several ways to write the sizes the first is written out.
    needed = layer.sizes.ways[0] if layer.sizes.ways else required(layer.sizes)
    lines = [
        modeline(output, schema),
        f"# {layer.name}: {layer.summary}",
        "# Run it: convcheck run FILE",
        "",
        f"layer: {layer.name}",
    ]
    lines += _aligned((f"{field}: {_example(field)}", fields[field].meaning) for field in needed)
    optional = [field for field in fields if field not in needed]
    if optional:
        lines += ["", "# Optional, or another way to say the same:" if layer.sizes.ways else "# Optional:"]
        lines += _commented(layer.sizes, optional)
    lines += ["", "# How it is checked:"]
    lines += _commented(Manner, list(declared(Manner)), {"implementation": " or ".join(layer.variants)})
    return "\n".join(lines) + "\n"


def open_text(name: str, output: str | None, schema: str | None, implementation: str | None = None) -> str:
    """A spec for a function or a network of one's own, with what `implementation` takes as far as its text tells it.

    Raises click.UsageError where there is no such code.
    """
    code, inputs = "FILE.py", _OPEN_EXAMPLES[name]
    named = "file: FILE.py, class: NAME"
    if implementation is not None:
        code, named, told = _told_of(name, implementation)
        inputs = told or inputs
    sizes = OPEN[name]
    fields = declared(sizes)
    lines = [
        modeline(output, schema),
        f"# {name}: code of your own; backward is held against differences of its own forward",
        f"# Run it: convcheck run FILE --impl {code}",
        "",
        f"layer: {name}",
        f"inputs:  # {fields['inputs'].meaning}",
        *(f"  {text.replace('=', ': ', 1)}" for text in inputs),
        "",
        "# Optional:",
    ]
    optional = [field for field in fields if field != "inputs"]
    lines += _aligned((f"# {field}: {_OPEN_OPTIONS[field]}", fields[field].meaning) for field in optional)
    lines += ["", "# How it is checked:"]
    manner = [field for field in declared(Manner) if field not in _OF_LAYERS]
    lines += _commented(Manner, manner)
    lines += [f"# implementation: {{{named}}}  # in place of --impl; it runs with --trust alone"]
    return "\n".join(lines) + "\n"


def _told_of(name: str, implementation: str) -> tuple[str, str, list[str]]:
    """The code as it is named on the command line and in a spec, and its inputs as a spec has them."""
    from convcheck.cli.actions.workers import Workers
    from convcheck.cli.options.impl import source_of

    source = source_of(implementation)
    if source is None:
        raise click.BadParameter(
            f"expected FILE.py or package.module, received {implementation!r}", param_hint="'--impl'"
        )
    with Workers() as workers:
        survey = workers.survey(source, (name,))
    if not survey.found:
        raise click.UsageError(str(survey.problem))
    found = survey.found[0]
    place = f"{'file' if source.is_file else 'module'}: {source.place}"
    names = f"class: {found.names[0]}"
    if len(found.names) > 1:
        names = f"forward: {found.names[0]}, backward: {found.names[1]}"
    return source.text(found.names), f"{place}, {names}", [_as_written(text) for text in found.inputs]


def _as_written(told: str) -> str:
    """What --input has, as a spec has it; two sizes for what nothing tells."""
    name, _, sizes = told.partition("=")
    return told if "{" in told else f"{name}=[{'4, 5' if sizes == '?' else sizes.replace(',', ', ')}]"


def modeline(output: str | None, schema: str | None) -> str:
    """The comment that tells the YAML language server where the schema is, by its path from the spec or its address.

    Where `schema` does not say it, it is the nearest `convcheck.schema.json`: in the folder of the spec or above it, up
    to the root of the repository; beside the spec where there is none yet.
    """
    folder = os.path.dirname(os.path.abspath(output or SCHEMA_FILE))
    place = schema if schema is not None else _nearest_schema(folder) or os.path.join(folder, SCHEMA_FILE)
    if not re.match(r"[a-z][a-z0-9+.-]+://", place):
        place = os.path.relpath(place, folder).replace(os.sep, "/")
    # The place ends at the first blank.
    return f"# yaml-language-server: $schema={re.sub(r'[^!-~]', lambda one: quote(one[0]), place)}"


def adapter_text(implementation: str, name: str | None, output: str | None, schema: str | None) -> str:
    """An adapter for the first implementation that --impl names, of this layer if one is named; others are said.

    For what is of no layer, a spec, as `open_text` has it.

    Raises click.UsageError where no layer has the name, and where there is nothing to write an adapter for.
    """
    if name is not None and name in OPEN:
        return open_text(name, output, schema, implementation)
    # A worker imports the code: most calls of init want a spec, and have no use for it.
    from convcheck.cli.actions.messages import say_stubs
    from convcheck.cli.actions.workers import Workers
    from convcheck.cli.options.impl import source_of
    from convcheck.cli.streams import say
    from convcheck.implementations.adapters.draft import draft
    from convcheck.implementations.arguments import ADVICE
    from convcheck.implementations.source import Found
    from convcheck.reports.wording.figures import shown

    layers = (layer_named(name).name,) if name else ()
    source = source_of(implementation)
    if source is None:
        raise click.BadParameter(
            f"expected FILE.py or package.module, received {implementation!r}", param_hint="'--impl'"
        )
    with Workers() as workers:
        survey = workers.survey(source, layers)
    say_stubs(survey.missing)
    # What an adapter that lies beside the file imports.
    module = Path(source.place).stem if source.is_file else source.place
    if survey.problem and ADVICE in survey.problem and layers and source.names:
        # It is there, and how it is called is for the person to write.
        problem = shown(survey.problem.partition(ADVICE)[0].rstrip("; :"))
        say(f"convcheck: {problem}: mend the text for that")
        return draft(Found(layers[0], source.names, 0, problem), LAYERS[layers[0]], module)
    if not survey.found:
        hint = "" if layers or not survey.opened else f"; name the layer: convcheck init LAYER --impl {implementation}"
        raise click.UsageError(f"{survey.problem}{hint}")
    first, *others = survey.found
    if not first.names:
        place = shown(source.place)
        raise click.UsageError(f"{place} is an adapter already; check it: convcheck run --impl {place}")
    for other in others:
        again = f"convcheck init {other.layer} --impl {shown(source.text(other.names))}"
        say(f"convcheck: there is also {shown(','.join(other.names))} ({other.layer}): {again}")
    return draft(first, LAYERS[first.layer], module)


def _commented(record: type[Any], names: Iterable[str], values: dict[str, str] | None = None) -> list[str]:
    """Optional fields as comments, each with its default and what it may be: `values` where that has the name."""
    defaults = {field.name: field.default for field in dataclasses.fields(record)}
    pairs = []
    for name in names:
        field = declared(record)[name]
        default = defaults[name]
        shown = str(default).lower() if isinstance(default, bool) else f"{default}"
        value = _example(name) if default is None else shown
        limit = (values or {}).get(name) or limits(field)
        # A meaning that goes through the choices, or is a formula, says by itself what the value may be.
        complete = all(word in field.meaning for word in field.choices) if field.choices else "<=" in field.meaning
        pairs.append((f"# {name}: {value}".rstrip(), field.meaning if complete else f"{field.meaning} ({limit})"))
    return _aligned(pairs)


def _example(name: str) -> str:
    return str(EXAMPLES.get(name, {"name": "mine", "tolerance": "1e-6"}.get(name, 2)))


def _aligned(pairs: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(pairs)
    width = max(len(left) for left, _ in rows)
    return [f"{left:<{width}}  # {meaning}" for left, meaning in rows]


def _nearest_schema(folder: str) -> str | None:
    """The schema file in this folder or above it, up to the root of the repository."""
    while True:
        place = os.path.join(folder, SCHEMA_FILE)
        if os.path.isfile(place):
            return place
        parent = os.path.dirname(folder)
        if os.path.exists(os.path.join(folder, ".git")) or parent == folder:
            return None
        folder = parent
