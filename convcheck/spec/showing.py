"""Text from users, made fit to be shown on one line: control characters are shown, not sent, and commands to a CI too.

What stands in a log is read by the machine that keeps it. GitHub takes for a command a line that begins with `::name`,
blanks aside, and one with `##[name]` anywhere in it; Azure Pipelines looks for `##vso[name]`, TeamCity for
`##teamcity[name]`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

LONGEST_SHOWN = 60
MOST_LISTED = 30

# Both also where the text ends before they do: what is printed behind it may be the rest. A slice is none: `x[:, ::2]`.
COMMAND = re.compile(r"(?<!\S):(?=:[\w.-]*(?:\s|::|$))|(?<=#)#(?=\w*(?:\[|$))", re.MULTILINE)


def escape(text: str) -> str:
    """`text` with every character that does not print replaced by its escape: a tab becomes `\\t`, ESC `\\x1b`.

    So is one character of what a CI takes for a command: `::error` becomes `\\x3a:error`, `##[` becomes `#\\x23[`.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return without_commands(text)


def without_commands(text: str) -> str:
    """`text`, of several lines maybe, with nothing in it that a CI takes for a command."""
    if "::" not in text and "##" not in text:
        return text
    return COMMAND.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


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


def distinguishable(one: float, other: float) -> tuple[str, str]:
    """The two values as texts: with six digits, or as many as it takes to see that they differ."""
    pair = numeral(one), numeral(other)
    for digits in range(6, 18):
        pair = numeral(one, digits), numeral(other, digits)
        # One digit more than it takes to see a difference: 1.99999 and 2 may be 1.999994 and 1.999996.
        if pair[0] != pair[1]:
            longer = numeral(one, min(digits + 1, 17)), numeral(other, min(digits + 1, 17))
            # With one digit more both may round to the same text again.
            return longer if longer[0] != longer[1] else pair
        if one == other or math.isnan(one) or math.isnan(other):
            break
    return pair


def shape_text(shape: Sequence[int]) -> str:
    """2×3×8×8; a scalar, which has no axes, is ()."""
    return "×".join(map(str, shape)) or "()"


def index_text(index: Sequence[int]) -> str:
    """[0, 2, 7, 1], as one types it."""
    return f"[{', '.join(map(str, index))}]"
