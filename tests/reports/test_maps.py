"""Maps made ready to be drawn: pooled, laid out in panels, and told in words."""

from __future__ import annotations

from math import inf, nan, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.checking.result import Entry
from convcheck.reports.maps import (
    GRAVITY,
    NOTHING,
    PADDING,
    ErrorScale,
    ValueScale,
    cells_in_words,
    error_key,
    error_scale,
    grid_of,
    map_sentence,
    pooled,
    unread_cells,
    value_scale,
)
from tests.reports.samples import drawn, tensor


def few(whole):
    return prod(whole.shape) <= 12


@given(st.lists(st.integers(1, 7), max_size=4).map(tuple), st.text("=~!? ", min_size=1, max_size=9))
def test_pooled_cells_are_the_gravest_of_their_blocks(shape, states):
    whole = drawn(shape, states)
    small = pooled(whole, few)
    assert few(small)
    assert small.shape == tuple(-(-length // size) for length, size in zip(shape, small.block, strict=True))
    assert len(small.states) == len(small.ratio) == len(small.analytic) == len(small.numeric) == prod(small.shape)
    assert max(map(GRAVITY.get, small.states)) == max(map(GRAVITY.get, whole.states))
    wrong = [ratio for ratio, state in zip(whole.ratio, whole.states, strict=True) if state == "!"]
    assert not wrong or max(wrong) in small.ratio


def test_what_fits_is_left_as_it_is():
    assert pooled(drawn((3, 4)), few) == drawn((3, 4))


def test_a_block_takes_the_values_of_its_gravest_entry():
    whole = drawn((4,), "=!?~", ratio=(0.0, 5.0, inf, 0.5), analytic=(1.0, 2.0, 3.0, 4.0), numeric=(1.0, 9.0, nan, 4.0))
    small = pooled(whole, lambda whole: whole.shape == (2,))
    assert (small.states, small.ratio, small.analytic) == ("!?", (5, inf), (2, 3))
    assert cells_in_words(small) == "a cell is the worst entry of a block of 2"
    said = "a cell is an entry; 1 of 4 cells looked at by themselves, the others along directions"
    assert cells_in_words(drawn((4,), "  ! ")) == said


def test_a_block_is_unread_where_all_of_it_is():
    whole = drawn((1, 5), "=", pad=(0, 1), unread=((), (0, 1, 2, 4)))
    assert pooled(whole, lambda whole: whole.shape == (1, 3)).unread == ((), (0, 2))
    assert unread_cells(whole) == {0, 1, 2, 4}
    assert unread_cells(drawn((2, 2), unread=((1,), (0,)))) == {0, 2, 3}


def test_images_are_panels_of_a_grid():
    grid = grid_of(drawn((2, 3, 2, 2), axes=("n", "c", "h", "w")), 8)
    assert (grid.labels, grid.headings) == (("n=0", "n=1"), ("c=0", "c=1", "c=2"))
    assert grid.rows[1][2] == ((20, 21), (22, 23))
    assert grid.words == "a panel for each n and c; in it h runs downwards, w to the right"


def test_other_numbers_of_axes():
    assert grid_of(drawn(()), 8).rows == ((((0,),),),)
    strip = grid_of(drawn((5,), axes=("f",)), 3)
    assert (strip.rows, strip.words) == (((((0, 1, 2), (3, 4, NOTHING)),),), "f runs to the right")
    table = grid_of(drawn((2, 3)), 8)
    assert (table.rows, table.labels, table.headings) == (((((0, 1, 2), (3, 4, 5)),),), (), ())
    assert table.words == "axis 0 runs downwards, axis 1 to the right"
    assert grid_of(drawn((2, 1, 1)), 8).headings == ("axis 0=0", "axis 0=1")
    assert grid_of(drawn((2, 2, 2, 1, 1), axes=tuple("abcde")), 8).labels == (
        "a=0 b=0",
        "a=0 b=1",
        "a=1 b=0",
        "a=1 b=1",
    )
    blocks = drawn((2, 1, 1), block=(4, 1, 1), axes=tuple("nhw"))
    assert grid_of(blocks, 8).headings == ("n=0+", "n=4+")


def test_padding_surrounds_each_panel_by_as_many_cells_and_no_more_than_a_few():
    [[panel]] = grid_of(drawn((2, 2), pad=(1, 2)), 8).rows
    edge = (PADDING,) * 6
    assert panel == (edge, (PADDING, PADDING, 0, 1, PADDING, PADDING), (PADDING, PADDING, 2, 3, PADDING, PADDING), edge)
    [[panel]] = grid_of(drawn((1, 1), pad=(0, 100)), 8).rows
    assert panel == ((PADDING,) * 3 + (0,) + (PADDING,) * 3,)
    [[panel]] = grid_of(drawn((1, 1), pad=(3, 0), block=(2, 1)), 8).rows
    assert len(panel) == 5


def test_steps_of_errors_are_even_in_the_logarithm():
    scale = error_scale(drawn((3,), "!", ratio=(1.5, 1.5e3, 1.5e6)), 4)
    assert [scale.step(ratio) for ratio in (1.5, 30, 40, 1.4e3, 1.6e3, 6e4, 1.5e6, inf)] == [1, 1, 1, 2, 3, 4, 4, 4]
    # What is much the same is one step, and a bound of zero is the last of all.
    alike = error_scale(drawn((3,), "!", ratio=(2.0, 3.9, inf)), 4)
    assert [alike.step(ratio) for ratio in (2.0, 3.9, inf)] == [4, 4, 4]
    assert error_scale(drawn((1,), "="), 4) == ErrorScale(1, 1, 4)
    # Off by more than the bound, and by no more than its rounding.
    assert error_scale(drawn((2,), "!", ratio=(0.0, 8.0)), 3).step(0.0) == 1


def test_steps_of_values_have_their_sign_and_zero_is_none():
    scale = value_scale(drawn((3,), "=", analytic=(0.0, -3.0, 1.0), numeric=(0.0, 6.0, nan)), 3)
    assert scale == ValueScale(6, 3)
    assert [scale.step(value) for value in (0.0, 1e-9, 2.0, 2.1, -6.0)] == [0, 1, 1, 2, -3]
    assert [scale.edge(step) for step in (1, 2, 3)] == ["2", "4", "6"]
    assert value_scale(drawn((1,), "=", analytic=(0.0,), numeric=(0.0,)), 3).step(0.0) == 0
    # One wild value does not make all others the same.
    wild = drawn((2,), "!", analytic=(1e295, -1e295), numeric=(3.0, nan))
    assert value_scale(wild, 3) == ValueScale(3, 3)
    assert [value_scale(wild, 3).step(value) for value in (1e295, -1e295, 1.0)] == [3, -3, 1]
    assert value_scale(wild._replace(numeric=(0.0, nan)), 3) == ValueScale(1e295, 3)
    with pytest.raises(ValueError, match="expected a finite value"):
        scale.step(inf)


def test_the_key_has_words_for_every_kind_of_cell_that_there_is():
    whole = drawn((1, 8), "=~!!!? =", ratio=(0, 0.5, 3, 9e3, inf, inf, 0, 0), pad=(0, 2), unread=((), (7,)))
    key = {item.name: (item.words, item.cells) for item in error_key(whole, error_scale(whole, 3))}
    assert key == {
        "right": ("right: equal or within the bound", 3),
        "step1": ("wrong by 3 times the bound", 1),
        "step3": ("wrong by 9,000 times the bound or without bound", 2),
        "undecided": ("undecided", 1),
        "unseen": ("not looked at by itself", 1),
        "padding": ("padding: 2 zeros on each side", None),
        "unread": ("read by no window: the gradient must be zero", 1),
    }
    wrong = drawn((2,), "!", ratio=(inf, inf))
    [item] = error_key(wrong, error_scale(wrong, 3))
    assert item.words == "wrong: not finite, or different where nothing else than equal is allowed"


def test_a_sentence_tells_where():
    wrong = tensor("dx", (2, 6), verdict="wrong", wrong=4)
    whole = drawn((2, 6), "=!!=!=======", axes=("n", "h"))
    assert map_sentence(wrong, whole) == "wrong in 4 of 12 entries: n 0, h 1-2 and 4"
    assert map_sentence(wrong, drawn((2, 6), "!")) == "wrong in 4 of 12 entries: all axis 0, all axis 1"
    assert map_sentence(wrong, drawn((1, 12), "!=", axes=("n", "h"))).endswith(": 6 of 12 along h")
    undecided = tensor("dx", (2, 6), verdict="undecided", undecided=1, worst=Entry((0, 5), 1, 2, 0, "kink"))
    assert map_sentence(undecided, drawn((2, 6), "=====?======")) == "undecided in 1 of 12 entries: axis 0 0, axis 1 5"
    assert map_sentence(wrong, drawn((), "!")) == "wrong in 4 of 12 entries: all over it"
    assert map_sentence(wrong, drawn((2, 6), " ")) == "wrong in 4 of 12 entries"
    blocks = drawn((1, 3), "=!=", block=(2, 4), axes=("n", "h"))
    assert map_sentence(wrong, blocks) == "wrong in 4 of 12 entries: h 4-7"
