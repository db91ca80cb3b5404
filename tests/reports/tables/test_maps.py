"""Maps in the terminal: a glyph says what a cell is, colour adds itself alone, and nothing is wider than the page."""

from __future__ import annotations

import re

import pytest

from convcheck.reports.report import Appearance
from convcheck.reports.tables.maps import LOOKS
from tests.reports.readers import read_table
from tests.reports.rendering import render
from tests.reports.samples import drawn, result, tensor

IMAGES = drawn(
    (2, 3, 3, 4),
    "=!~!?!! =~=~",
    ratio=tuple(4.0 ** (cell % 9) for cell in range(72)),
    axes=("n", "c", "h", "w"),
    pad=(0, 0, 1, 1),
    unread=((), (), (), (3,)),
)


def lines_of(whole, *, width=80, colour=False, encoding="utf-8"):
    wrong = tensor("dx", whole.shape, verdict="wrong", wrong=9, map=whole)
    look = Appearance(width=width, verbose=True, colour=colour)
    text = render([result(status="fail", tensors=(wrong,))], look, encoding=encoding)
    lines = read_table(text)
    start = next(number for number, line in enumerate(lines) if "map of" in line)
    return lines[start : lines.index("", start)], text


def test_the_panels_of_a_tensor_stand_beside_each_other_with_their_indices():
    lines, _ = lines_of(IMAGES)
    head = lines.index("    n=0  c=0           c=1           c=2")
    assert lines[head + 1] == "         0 0 0 0 0 0   0 0 0 0 0 0   0 0 0 0 0 0"
    assert lines[head + 2] == "         0 . : . + 0   0 . * . # 0   0 . # . : 0"
    assert lines[head + 4] == "         0 . . . ~ 0   0 . . . ~ 0   0 . . . ~ 0"
    assert lines[head + 6].startswith("    n=1  c=0")
    said = " ".join(" ".join(lines[:head]).split())
    assert "map of dx, wrong in 9 of 72 entries: all n, all c" in said
    assert ". = right: equal or within the bound" in said
    assert "# = wrong by" in said
    assert "0 = padding: 1 zero on each side" in said
    assert "~ = read by no window" in said
    assert "- = not looked at by itself" in said


def test_without_verbose_there_is_none():
    wrong = tensor("dx", IMAGES.shape, verdict="wrong", wrong=9, map=IMAGES)
    assert "map of" not in render([result(status="fail", tensors=(wrong,))], Appearance(width=80))


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, None])
@pytest.mark.parametrize("shape", [(), (1,), (700,), (3, 300), (300, 3), (5, 2, 3), (8, 8, 3, 3), (1, 1, 64, 32)])
def test_no_map_is_wider_than_the_page_or_longer_than_a_screen_or_two(shape, width):
    whole = drawn(shape, axes=tuple("nchw")[: len(shape)], pad=(0,) * len(shape), unread=((),) * len(shape))
    lines, _ = lines_of(whole, width=width)
    glyphs = re.compile(rf"[{re.escape(''.join(glyph for glyph, _ in LOOKS.values()))}]+")
    cells = [line for line in lines if glyphs.fullmatch(line) and line.strip()]
    assert cells
    assert len(cells) <= 40
    # A word may be longer than a very narrow page, and where there is no width sentences are not wrapped.
    assert all(len(line) <= (width or 120) for line in (cells if width in (20, None) else lines))
    # Something wrong is still seen to be so.
    assert any(set(line) & set(":+*#") for line in cells) == ("!" in whole.states)


def test_colour_adds_blocks_of_colour_and_nothing_else():
    plain, _ = lines_of(IMAGES)
    coloured, text = lines_of(IMAGES, colour=True)
    assert [line.rstrip() for line in coloured] == plain
    assert "\x1b[97;45m#" in text


def test_it_is_ascii_where_there_is_no_more():
    whole = drawn((4, 4), block=(2, 2))
    _, text = lines_of(whole, encoding="ascii")
    assert "?" in text
    assert "a cell is the worst entry of a block of 2x2" in " ".join(text.split())


def test_no_line_ends_in_blanks():
    for whole in (IMAGES, drawn((7,)), drawn((41,)), drawn((2, 2, 2))):
        assert not [line for line in lines_of(whole, width=30)[0] if line != line.rstrip()]
