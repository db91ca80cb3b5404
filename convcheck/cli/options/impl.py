"""What --impl names: an implementation that is built in, or code of one's own."""

from __future__ import annotations

import os

import click

from convcheck.implementations.source import Source, parse_source
from convcheck.spec.check import NamedCode


def source_of(text: str | None, *, stubs: bool = True, option: str = "--impl") -> Source | None:
    """The source that the text names; None for a bare word. A usage error for what is neither."""
    if text is None:
        return None
    if not text.strip():
        raise click.BadParameter("expected a name, received an empty text", param_hint=f"'{option}'")
    try:
        source = parse_source(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=f"'{option}'") from error
    return source and source._replace(stubs=stubs)


def implementation_of(text: str | None, source: Source | None) -> str | NamedCode | None:
    """What every check is to be run with. A usage error for a word that names nothing in any layer."""
    if source is not None:
        return NamedCode(source.place, source.names, is_file=source.is_file)
    if text is not None:
        _require_built_in(text)
    return text


def _require_built_in(word: str) -> None:
    # What is built in is known to the layers, which bring NumPy along.
    from convcheck.layers.catalogue import LAYERS
    from convcheck.spec.nearest import nearest

    variants = tuple(dict.fromkeys(name for layer in LAYERS.values() for name in layer.variants))
    if word in variants:
        return
    near = nearest(word, variants)
    meant = f"did you mean {near[0]}?" if near else "`convcheck layers LAYER` lists those of a layer"
    own = _beside(word)
    raise click.BadParameter(
        f"no layer has an implementation called {word!r}; {meant}\nFor code of your own name its file or its module: "
        f"--impl {own}, --impl {own}:forward,backward, --impl package.module",
        param_hint="'--impl'",
    )


def _beside(word: str) -> str:
    """The file that was probably meant, or an example of one."""
    return f"{word}.py" if os.path.isfile(f"{word}.py") else "layers.py"
