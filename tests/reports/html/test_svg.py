"""The pictures: each cell is drawn once, in the way that its state asks for, and what is not a shade has a mark."""

from __future__ import annotations

import itertools
import re
from math import inf, nan

import pytest

from convcheck.reports.html.svg import Drawing, fits_page, range_in_words
from convcheck.reports.maps import pooled
from tests.reports.readers import read_html
from tests.reports.samples import drawn


def paths(picture: str) -> dict[str, str]:
    """What each class of paths draws."""
    page = read_html(f'<!DOCTYPE html>\n<html lang="en">{picture}</html>')
    return {one.attributes["class"]: one.attributes["d"] for one in page.all("path")}


def cells(strokes: str) -> set[tuple[int, int]]:
    """The cells that strokes of the height of a cell cover, none of them twice."""
    found = [
        (int(x) + beside, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", strokes)
        for beside in range(int(length))
    ]
    assert len(found) == len(set(found))
    return set(found)


def test_every_cell_is_drawn_once_and_cells_beside_each_other_with_one_stroke():
    whole = drawn((2, 4), "==!!?=~ ", ratio=(0, 0, 2, 9, inf, 0, 0.5, 0))
    found = paths(Drawing(whole, 3).error("m", "title", "description"))
    assert found["right"] == "M0 0h2M1 1h2"
    assert found["step1"] == "M2 0h1"
    assert found["step5"] == "M3 0h1"
    assert cells(found["undecided"]) == {(0, 1)}
    assert cells(found["unseen"]) == {(3, 1)}
    # What a shade alone would say has a mark as well.
    assert found["mark undecided"].startswith("M0.2 1.8")
    assert found["mark unseen"].startswith("M3.4 1.5")
    assert found["worst"] == "M3 0h1v1h-1z"


def test_panels_have_a_gap_between_them_and_their_indices_above_and_beside():
    picture = Drawing(drawn((2, 3, 1, 2), "=", axes=tuple("nchw")), None).error("m", "title", "description")
    found = paths(picture)
    assert cells(found["right"]) == {(x, y) for x in (0, 1, 3, 4, 6, 7) for y in (0, 2)}
    assert re.findall(r">([nc]=\d)</text>", picture) == ["c=0", "c=1", "c=2", "n=0", "n=1"]
    assert "worst" not in found


def test_indices_that_would_run_into_each_other_are_left_out():
    whole = drawn((1, 40, 2, 1), "=", axes=("n", "c", "h", "w"))
    picture = Drawing(whole, None).error("m", "title", "description")
    places = [(float(x), text) for x, text in re.findall(r'<text x="([\d.]+)" y="11">([^<]*)</text>', picture)]
    assert places[0][1] == "c=0"
    assert 2 < len(places) < 40
    assert all(after[0] - before[0] > 6.5 * len(before[1]) for before, after in itertools.pairwise(places))


def test_padding_and_what_no_window_reads_are_marked():
    whole = drawn((1, 2), "=", pad=(0, 1), unread=((), (1,)))
    found = paths(Drawing(whole, None).error("m", "title", "description"))
    assert cells(found["padding"]) == {(0, 0), (3, 0)}
    assert found["mark unread"] == "M2 0l1 1"
    # Lines are around the entries, and not around the padding.
    assert "M1 0v1" in found["lines"]
    assert "M0 0v1" not in found["lines"]


def test_values_have_their_sign_as_a_mark():
    whole = drawn((6,), "=", analytic=(0.0, 1.0, -3.0, nan, 3.0, -1.0), numeric=(0.0,) * 6)
    drawing = Drawing(whole, None)
    found = paths(drawing.values("m", "title", "description", numeric=False))
    names = ("zero", "plus1", "minus3", "infinite", "plus3", "minus1")
    assert [cells(found[name]) for name in names] == [{(x, 0)} for x in range(6)]
    assert (found["mark negative"], found["mark most-negative"]) == ("M5.25 0.5h.5", "M2.25 0.5h.5")
    assert found["mark infinite"].startswith("M3.2 0.2")
    assert {item.name for item in drawing.value_key()} == set(names)
    other = paths(drawing.values("m", "title", "description", numeric=True))
    assert cells(other["zero"]) == {(x, 0) for x in range(6)}


def test_what_is_far_larger_than_it_should_be_is_of_the_last_step_and_the_key_says_so():
    whole = drawn((3,), "!", analytic=(1e9, -1e9, 1.0), numeric=(3.0, -2.5, 1.0))
    assert [item.words for item in Drawing(whole, None).value_key()] == [
        "above 0, up to 1",
        "2 to 3, or more",
        "-2 to -3, or less",
    ]
    whole = whole._replace(analytic=(1.0, -2.5, 1.0))
    assert [item.words for item in Drawing(whole, None).value_key()] == ["above 0, up to 1", "2 to 3", "-2 to -3"]


def test_the_numeric_value_of_what_was_not_looked_at_is_not_known():
    whole = drawn((3,), " ! ", analytic=(1.0, 2.0, 3.0), numeric=(nan, 1.0, nan))
    drawing = Drawing(whole, 1)
    assert cells(paths(drawing.values("m", "t", "d", numeric=True))["unseen"]) == {(0, 0), (2, 0)}
    assert "unseen" not in paths(drawing.values("m", "t", "d", numeric=False))
    assert "infinite" not in {item.name for item in drawing.value_key()}


def test_a_title_is_text():
    picture = Drawing(drawn((1,)), None).error("m", "<b>&", '"<i>')
    page = read_html(f'<!DOCTYPE html>\n<html lang="en">{picture}</html>')
    assert (page.texts("title"), page.texts("desc")) == (["<b>&"], ['"<i>'])


@pytest.mark.parametrize(
    "shape", [(2000,), (1, 2000), (2000, 1), (16, 8, 4, 4), (1, 400, 2, 2), (400, 1, 2, 2), (45, 45)]
)
def test_what_is_too_large_is_pooled_until_it_fits(shape):
    assert not fits_page(drawn(shape))
    small = pooled(drawn(shape), fits_page)
    assert fits_page(small)
    picture = Drawing(small, None).error("m", "title", "description")
    wide, high = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', picture).groups())
    assert wide < 1000
    assert high < 1600
    assert len(picture) < 25_000


def test_a_range_in_words():
    assert range_in_words((1.0, nan, -2.5)) == "from -2.5 to 1"
    assert range_in_words((0.0, 0.0, 4.0)) == "from 0 to 4, 2 of 3 zero"
    assert range_in_words((nan, inf)) == "no finite values"
