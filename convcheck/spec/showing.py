"""Text from users, made fit to be shown on one line: control characters are shown, not sent."""

from __future__ import annotations

LONGEST_SHOWN = 60
MOST_LISTED = 30


def escape(text: str) -> str:
    """`text` with every character that does not print replaced by its escape: a tab becomes `\\t`, ESC `\\x1b`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shorten(text: str, longest: int = LONGEST_SHOWN) -> str:
    """`text`, cut after `longest` characters with `...` to say so."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def quote(text: str) -> str:
    """`text` in double quotes, escaped and cut, as error messages show it."""
    return f'"{shorten(escape(shorten(text)))}"'


def width(text: str) -> int:
    """How many columns of a terminal `text` fills: East Asian wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    # Most texts are ASCII, and need it not.
    import unicodedata

    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def listed(names: list[str] | tuple[str, ...], last: str = "and") -> str:
    """The names as a sentence says them: `N, C and H`; of very many the first."""
    if len(names) > MOST_LISTED:
        return f"{', '.join(names[:MOST_LISTED])} and {len(names) - MOST_LISTED:,} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else "nothing"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 check`, `2 checks`, `10,000 checks`; with a plural of its own, `2 entries`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def numeral(value: float, digits: int = 6) -> str:
    """A number to so many digits: `0.25`, `4.44e-16`; -0 is `0`."""
    return format(value + 0.0, f".{digits}g")
