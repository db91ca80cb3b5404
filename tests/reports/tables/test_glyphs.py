"""Plain text in place of characters that an encoding does not have."""

from convcheck.reports.tables.glyphs import Glyphs


def test_glyphs_stand_in_only_where_they_must() -> None:
    assert Glyphs("utf-8").fit("2×3 → −") == "2×3 → −"
    assert Glyphs("latin-1").fit("2×3 → −") == "2×3 -> -"
    assert Glyphs("ascii").fit("Σ|∂a/∂x · dout| ≤ 2×3") == "sum|da/dx * dout| <= 2x3"
    assert Glyphs("no such encoding").fit("×") == "x"
