"""Numbers on the command line: what is refused is said as the reader of specs says it."""

from __future__ import annotations

import math
from collections.abc import Callable

import click

Callback = Callable[[click.Context, click.Parameter, str | None], float | None]


def number(minimum: float = 0, maximum: float | None = None, *, whole: bool = False) -> Callback:
    """The callback of an option that takes a number within bounds; `whole` for one without a fraction."""
    at_most = "" if maximum is None else f" and at most {maximum:.0f}"
    expected = f"a {'whole ' if whole else ''}number of at least {minimum:g}{at_most}"

    def convert(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
        if value is None:
            return None
        try:
            given: float = int(value) if whole else float(value)
        except ValueError:
            given = math.nan
        # NaN is in no range, and infinity in one that has no maximum.
        if minimum <= given <= (math.inf if maximum is None else maximum) and math.isfinite(given):
            return given
        raise click.BadParameter(f"expected {expected}, received {value[:60]!r}", context, parameter)

    return convert
