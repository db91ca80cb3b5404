"""Text from users, made fit to be shown: what a terminal would obey is spelt out instead."""

from __future__ import annotations

from convcheck.spec.showing import escape


def shown(text: object) -> str:
    r"""The text with every character that does not print spelt out.

    >>> print(shown("conv\x1b[31m"))
    conv\x1b[31m

    Covers control characters, line breaks, marks that turn the direction of writing, and the surrogates that stand for
    the bytes of a file name that is not UTF-8. A space is kept.
    """
    return escape(str(text))
