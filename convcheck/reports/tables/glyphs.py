"""What stands in for a character beyond ASCII on a stream that cannot carry it."""

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
}


class Glyphs:
    """Replaces what the encoding cannot carry, as far as there is a stand-in; on UTF-8 it replaces nothing."""

    def __init__(self, encoding: str | None) -> None:
        self._missing = {glyph: plain for glyph, plain in STAND_INS.items() if not _carries(encoding or "ascii", glyph)}

    def fit(self, text: str) -> str:
        """The text as the stream can show it. What has no stand-in is left to the stream's own replacement."""
        for glyph, plain in self._missing.items():
            text = text.replace(glyph, plain)
        return text


def _carries(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
