"""Numbers as people read them, short and never cut, and texts from users, made fit to be shown."""

from __future__ import annotations

from convcheck.spec.showing import escape, numeral


def figure(value: float | None) -> str:
    """An error or a ratio, to three digits: 4.44e-16. A dash where there is none."""
    return "–" if value is None else numeral(value, 3)


def at_most(value: float) -> str:
    """To one digit, rounded up: 3e-11 for 2.1e-11."""
    digit, exponent = f"{value:.0e}".split("e")
    text = f"{digit}e{exponent}"
    return f"{float(text if float(text) >= value else f'{int(digit) + 1}e{exponent}'):g}"


def power_of_two(exponent: int) -> str:
    """2⁻⁶⁰, as it is written by hand."""
    return "2" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def seconds_text(seconds: float) -> str:
    """0.031 s below a second, 12.3 s above."""
    return f"{seconds:.3f} s" if seconds < 1 else f"{seconds:.1f} s"


def shown(text: object) -> str:
    r"""The text with every character that does not print replaced by its escape.

    >>> print(shown("name\x1b[31m"))
    name\x1b[31m

    Covers control characters, line breaks, marks that turn the direction of writing, and the surrogates that stand for
    the bytes of a file name that is not UTF-8. A space is kept.
    """
    return escape(str(text))
