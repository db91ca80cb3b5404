"""What --impl names: an implementation that is built in, or code of one's own."""

from __future__ import annotations

import os
import re

import click

from convcheck.cli.options.specs import code_hint
from convcheck.implementations.source import Source, parse_source
from convcheck.spec.check import NamedCode

# Of an array that --input names: 4,5 or 4x5, nothing for one number, or all that a spec may say.
SIZES = r"|\d+([,x]\d+)*,?|\{.*\}"


def source_of(text: str | None, *, stubs: bool = True, option: str = "--impl") -> Source | None:
    """The file or module that the text names; None for a bare word, which may be a built-in implementation.

    Raises click.BadParameter for a text that is empty, or that names no functions as it should.
    """
    if text is None:
        return None
    if not text.strip():
        raise click.BadParameter("expected a name, received an empty text", param_hint=f"'{option}'")
    try:
        source = parse_source(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=f"'{option}'") from error
    return source and source._replace(stubs=stubs)


def files_of(source: Source | None) -> tuple[str, ...]:
    """The files that code may be in: the one that is named, or those that the name of a module stands for."""
    if source is None:
        return ()
    if source.is_file:
        return (os.path.expanduser(source.place),)
    stem = source.place.replace(".", os.sep)
    return f"{stem}.py", os.path.join(stem, "__init__.py")


def implementation_of(text: str | None, source: Source | None) -> str | NamedCode | None:
    """The implementation that every check is run with: the code of the source, or the built-in one of that name.

    None where --impl is not given. Raises click.BadParameter for a word that no layer has as an implementation.
    """
    if source is not None:
        return NamedCode(source.place, source.names, is_file=source.is_file)
    if text is not None:
        _require_built_in(text)
    return text


class LayerName(click.ParamType[str]):
    """The value of --layer."""

    name = "layer"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as the layer has it. Raises click.BadParameter where there is no such layer."""
        # The layers bring NumPy along.
        from convcheck.layers.catalogue import FORMS, NAMES
        from convcheck.spec.layer_keys import nearest_layer

        if value not in FORMS:
            near = nearest_layer(str(value), FORMS)
            hint = f"; did you mean {near[0]}?" if near else ""
            self.fail(f"no layer is called {str(value)[:60]!r}: there are {', '.join(NAMES)}{hint}", param, ctx)
        return str(value)


layer_option = click.option(
    "--layer",
    type=LayerName(),
    metavar="NAME",
    help="Which layer the code of --impl is, where its names do not tell: its suite is run.",
)


class DrawnArray(click.ParamType[str]):
    """The value of --input: NAME=4,5, NAME= for one number, NAME={shape: [4], dtype: int64, high: 10}."""

    name = "input"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it is. Raises click.BadParameter where it is none of these."""
        text = str(value)
        name, equals, told = text.partition("=")
        if not equals or not name.strip().isidentifier() or not re.fullmatch(SIZES, told):
            self.fail(f"expected NAME=4,5 (its sizes; none for one number), received {text[:60]!r}", param, ctx)
        return text


input_option = click.option(
    "--input",
    "inputs",
    type=DrawnArray(),
    multiple=True,
    metavar="NAME=SIZES",
    help="An array that the code of --impl takes, where it is of no layer: x=4,5, in the order of forward. Repeatable.",
)


class NamedValue(click.ParamType[str]):
    """The value of --setting: NAME=0.5, NAME=true, NAME=[3, 3], or any text."""

    name = "setting"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it is. Raises click.BadParameter where it has no name."""
        text = str(value)
        name, equals, _ = text.partition("=")
        if not equals or not name.strip().isidentifier():
            self.fail(f"expected NAME=VALUE, such as dim=8, received {text[:60]!r}", param, ctx)
        return text


setting_option = click.option(
    "--setting",
    "settings",
    type=NamedValue(),
    multiple=True,
    metavar="NAME=VALUE",
    help="What such code is handed by name beside its arrays, its constructor included: dim=8. Repeatable.",
)


def require_code_alone(context: click.Context, specs: tuple[str, ...], source: Source | None) -> None:
    """Raise click.UsageError where --layer is given with a SPEC, or without code of one's own."""
    layer = context.params["layer"]
    if layer is not None and (specs or source is None):
        for hint in filter(None, map(code_hint, specs)):
            raise click.UsageError(f"--layer goes with --impl, which is missing; {hint} --layer {layer}", context)
        said = "a SPEC names its own" if specs else "it says what --impl FILE.py holds"
        raise click.UsageError(f"--layer goes with code of your own and no SPEC: {said}", context)
    for option, key in (("--input", "inputs"), ("--setting", "settings")):
        if context.params.get(key) and (specs or source is None or layer is not None):
            otherwise = "a layer has its own" if layer else "it says what FILE.py:f takes"
            said = f"a SPEC has `{key}:`" if specs else otherwise
            raise click.UsageError(f"{option} goes with --impl FILE.py:NAME and nothing else: {said}", context)


def _require_built_in(word: str) -> None:
    # The layers bring NumPy along.
    from convcheck.layers.catalogue import LAYERS
    from convcheck.spec.nearest import nearest

    variants = tuple(dict.fromkeys(name for layer in LAYERS.values() for name in layer.variants))
    if word in variants:
        return
    near = nearest(word, variants)
    hint = f"did you mean {near[0]}?" if near else "`convcheck layers LAYER` lists those of a layer"
    # The file that was probably meant, or an example of one.
    file = f"{word}.py" if os.path.isfile(f"{word}.py") else "layers.py"
    raise click.BadParameter(
        f"no layer has an implementation called {word!r}; {hint}\nFor code of your own name its file or its module: "
        f"--impl {file}, --impl {file}:forward,backward, --impl package.module",
        param_hint="'--impl'",
    )
