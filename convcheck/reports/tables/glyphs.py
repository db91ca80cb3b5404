"""Plain text in place of characters beyond ASCII, on a stream whose encoding does not have them."""

from __future__ import annotations

from collections.abc import Mapping

STAND_INS: Mapping[str, str] = {
    "×": "x",
    "−": "-",
    "–": "-",
    "→": "->",
    "·": "*",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "Σ": "sum",
    "√": "sqrt",
    "∂": "d",
    "⌊": "floor(",
    "⌋": ")",
    "ε": "eps",
    "x̂": "xhat",
    "⁻": "^-",
    **{digit: str(number) for number, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
}


class Glyphs:
    """Replaces the characters that the encoding does not have, as far as STAND_INS has them; on UTF-8 nothing."""

    def __init__(self, encoding: str | None) -> None:
        self._missing = {glyph: plain for glyph, plain in STAND_INS.items() if not _carries(encoding or "ascii", glyph)}

    def fit(self, text: str) -> str:
        """The text as the stream can show it. A character without a stand-in is left to the stream's error handling."""
        if text.isascii():
            return text
        for glyph, plain in self._missing.items():
            text = text.replace(glyph, plain)
        return text


def _carries(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
