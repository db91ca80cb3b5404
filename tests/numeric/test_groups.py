"""Probe groups part the entries, and the owner of an output is the one entry of the group that can reach it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.layers.locality import All, Same, Spread, Window
from convcheck.numeric.groups import colours, count_groups, groups, no_locality, reach, reached_by


@st.composite
def windowed_axes(draw):
    window = Window(0, draw(st.integers(1, 6)), draw(st.integers(1, 7)), draw(st.integers(0, 5)))
    length = draw(st.integers(max(1, window.length - 2 * window.pad), 16))
    outputs = (length + 2 * window.pad - window.length) // window.stride + 1
    return length, window, outputs


def reached(i, window, outputs):
    starts = np.arange(outputs) * window.stride
    return set(np.flatnonzero((starts <= i + window.pad) & (i + window.pad < starts + window.length)))


@given(windowed_axes())
def test_indices_of_one_colour_reach_disjoint_outputs_and_colours_are_no_more_than_the_window_is_long(axis):
    length, window, outputs = axis
    colour = colours(length, window, outputs)
    assert max(colour) + 1 <= window.length
    for i in range(length):
        for j in range(i):
            if colour[i] == colour[j]:
                assert not reached(i, window, outputs) & reached(j, window, outputs)


@given(windowed_axes())
def test_what_is_spread_reaches_what_would_read_it_in_windows_the_other_way_round(axis):
    """Input and output of a window exchanged: output o reads index i where i, spread, reaches o."""
    length, window, outputs = axis
    spread = Spread(0, window.length, window.stride, window.pad)
    colour = colours(outputs, spread, length)
    assert max(colour) + 1 <= window.length
    for o in range(outputs):
        first, final = reach(o, spread, length)
        read = {i for i in range(length) if o in reached(i, window, outputs)}
        assert {*range(first, final + 1)} == read
    assert count_groups((outputs,), (spread,), (length,)) == len([*groups((outputs,), (spread,), (length,))])


@given(windowed_axes(), windowed_axes(), st.integers(1, 3), st.integers(1, 3))
def test_every_entry_is_in_one_group_and_owns_exactly_the_outputs_it_reaches(rows, columns, n, c):
    (h, vertical, h2), (w, horizontal, w2) = rows, columns
    shape, output = (n, c, h, w), (n, 2, h2, w2)
    ties = (Same(0), All(), Window(2, *_facts(vertical)), Window(3, *_facts(horizontal)))
    seen = []
    made = list(groups(shape, ties, output))
    for group in made:
        seen += list(group.entries)
        places = [tuple(int(i) for i in np.unravel_index(entry, shape)) for entry in group.entries]
        for o, position in zip(np.ndindex(*output), group.owner, strict=True):
            owners = [at for at, place in enumerate(places) if _reaches(place, o, vertical, horizontal)]
            assert owners == ([position] if position < len(group.entries) else [])
        for position, place in enumerate(places):
            assert (reached_by(place, ties, output).ravel() == (group.owner == position)).all()
    assert sorted(seen) == list(range(n * c * h * w))
    assert len(made) == count_groups(shape, ties, output)


def _facts(window):
    return window.length, window.stride, window.pad


def _reaches(entry, output, vertical, horizontal):
    def within(i, o, window):
        return 0 <= i + window.pad - o * window.stride < window.length

    return entry[0] == output[0] and within(entry[2], output[2], vertical) and within(entry[3], output[3], horizontal)


@pytest.mark.parametrize("size", [16, 32, 64])
def test_conv_on_rgb_with_a_3_by_3_filter_takes_27_groups_for_x_whatever_the_image(size):
    ties = (Same(0), All(), Window(2, 3, 1, 1), Window(3, 3, 1, 1))
    assert count_groups((2, 3, size, size), ties, (2, 8, size, size)) == 27


def test_without_ties_every_entry_is_a_group_of_its_own_that_owns_every_output():
    made = list(groups((2, 3), no_locality((2, 3)), (4,)))
    assert [list(g.entries) for g in made] == [[i] for i in range(6)]
    assert all((g.owner == 0).all() for g in made)


def test_a_scalar_is_one_group():
    (group,) = groups((), (), (3,))
    assert list(group.entries) == [0]
    assert list(group.owner) == [0, 0, 0]
