"""How an error is printed: the caret, escapes, long lines."""

from __future__ import annotations

from convcheck.spec.errors import SpecError


def test_control_characters_are_shown() -> None:
    error = SpecError("a\x1b[2J.yaml", 1, 5, "no \x07", "\x1b[1mN: 2", "not \u202e")
    assert error.text().split("\n") == [
        r"a\x1b[2J.yaml:1:5: no \x07",
        r"    \x1b[1mN: 2",
        "           ^",
        r"    hint: not \u202e",
    ]


def test_wide_characters_move_the_caret() -> None:
    assert SpecError("a", 1, 3, "m", "漢字x").text().split("\n")[2] == "        ^"
    assert SpecError("a", 1, 3, "m", "e\u0301x").text().split("\n")[2] == "     ^"


def test_a_long_line_is_cut_around_the_caret() -> None:
    lines = SpecError.at("a", 1, 500_001, "m", "x" * 500_000 + "Y" + "z" * 500_000).text().split("\n")
    assert len(lines[1]) < 120
    assert lines[1][lines[2].index("^")] == "Y"


def test_a_long_value_is_cut(read) -> None:
    (error,) = read("N: " + "1" * 100_000).errors[1:]
    assert len(error.text()) < 600


def test_no_line_where_the_whole_file_is_meant() -> None:
    assert SpecError("a", 0, 0, "no such file").text() == "a: no such file"


def test_every_line_end_counts(read) -> None:
    for end in ("\n", "\r\n", "\r"):
        (error,) = read(f"N: 2{end}# é{end}layer: x{end}").errors
        assert (error.line, error.column, error.source) == (3, 8, "layer: x")
