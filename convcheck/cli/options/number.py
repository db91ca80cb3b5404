"""Numbers on the command line, within bounds. What is refused is said as the reader of specs says it."""

from __future__ import annotations

import math
from collections.abc import Callable

import click

NumberCallback = Callable[[click.Context, click.Parameter, str | None], float | None]


def bounded_number(minimum: float = 0, maximum: float | None = None, *, whole: bool = False) -> NumberCallback:
    """The callback of an option that takes a finite number within bounds; `whole` for one without a fraction.

    The callback raises click.BadParameter for everything else.
    """
    at_most = "" if maximum is None else f" and at most {maximum:.0f}"
    expected = f"a {'whole ' if whole else ''}number of at least {minimum:g}{at_most}"

    def convert(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
        if value is None:
            return None
        try:
            number: float = int(value) if whole else float(value)
        except ValueError:
            number = math.nan
        # NaN is in no range, and infinity in one that has no maximum.
        if minimum <= number <= (math.inf if maximum is None else maximum) and math.isfinite(number):
            return number
        raise click.BadParameter(f"expected {expected}, received {value[:60]!r}", context, parameter)

    return convert
