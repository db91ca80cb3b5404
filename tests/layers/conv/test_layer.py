"""The convolution: its sizes, its sums, the specs that ship and the suite."""

from __future__ import annotations

from math import gcd

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from tests.layers.cases import CONFIGS, ONE_OF_EACH, shipped, sizes_of_suite, suite_of

Conv = LAYERS["conv"].sizes
CONV = {"N": 1, "C": 1, "H": 3, "W": 3, "F": 1, "H1": 3, "W1": 3, "stride": 1, "pad": 0}


@given(st.integers(1, 12), st.integers(1, 6), st.integers(1, 6), st.integers(0, 3))
def test_output_size_counts_the_windows_that_fit(H, H1, stride, pad):
    sizes = Conv(**CONV | {"H": H, "H1": H1, "stride": stride, "pad": pad})
    room = H + 2 * pad
    if room < H1:
        assert [p.field for p in sizes.problems()] == ["H1"]
        return
    starts = [start for start in range(0, room, stride) if start + H1 <= room]
    assert sizes.shapes()["out"][2] == len(starts)
    read = {start + i for start in starts for i in range(H1)}
    assert sizes.unread()[0] == room - len(read)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"H1": 5}, "H1", "H1 = 5 is more than H + 2·pad = 3 + 2·0 = 3: no window fits"),
        ({"W1": 8, "pad": 2}, "W1", "W1 = 8 is more than W + 2·pad = 3 + 2·2 = 7: no window fits"),
        (
            {"H1": 2, "W1": 1, "dilation": 4},
            "H1",
            "dilation·(H1 - 1) + 1 = 4·1 + 1 = 5 is more than H + 2·pad = 3 + 2·0 = 3: no window fits",
        ),
        ({"C": 4, "F": 3, "groups": 2}, "groups", "groups = 2 does not divide F = 3"),
    ],
)
def test_a_filter_larger_than_the_padded_image_is_named(changes, field, message):
    assert [(p.field, p.message) for p in Conv(**CONV | changes).problems()] == [(field, message)]


def test_both_axes_are_reported_at_once():
    assert [p.field for p in Conv(**CONV | {"H1": 4, "W1": 4}).problems()] == ["H1", "W1"]


def test_unread_counts_leftovers_and_gaps():
    assert Conv(**CONV | {"H": 8, "W": 7, "stride": 2}).unread() == (1, 0)
    assert Conv(**CONV | {"H": 7, "W": 8, "stride": 4}).unread() == (1, 2)
    assert Conv(**CONV | {"pad": 1}).unread() == (0, 0)


def test_padding_wider_than_the_filter_is_legal():
    sizes = Conv(**CONV | {"H1": 1, "W1": 1, "pad": 2})
    assert list(sizes.problems()) == []
    assert sizes.shapes()["out"] == (1, 1, 7, 7)


def test_workspace_is_what_a_row_of_the_windows_takes_when_written_out():
    sizes = Conv(**ONE_OF_EACH["conv"] | {"stride": 1, "pad": 0})
    _, _, H2, W2 = sizes.shapes()["out"]
    assert sizes.workspace() == 2 * H2 * W2 * 3 * 2


def test_workspace_covers_padding_that_outgrows_the_windows():
    assert Conv(**CONV | {"stride": 1000, "pad": 100}).workspace() == 203 * 203


def test_the_sums_of_a_convolution_are_not_overstated():
    layer = LAYERS["conv"]
    sizes = layer.sizes(N=2, C=3, H=9, W=9, F=4, H1=3, W1=2, stride=2, pad=0)
    sums = {tensor: s.terms for tensor, s in layer.facts(sizes).sums.items()}
    assert sums == {"forward": 3 * 3 * 2 + 1, "dx": 4 * 2 * 1, "dw": 2 * 4 * 4, "db": 2 * 4 * 4}


def test_the_simplest_spec_is_the_nine_letters_alone():
    lines = (CONFIGS / "conv.yaml").read_text(encoding="utf-8").splitlines()
    expected = ["N: 2", "C: 3", "H: 8", "W: 8", "F: 4", "H1: 3", "W1: 3", "stride: 1", "pad: 1"]
    assert [line for line in lines if line and not line.startswith("#")] == expected


def test_the_matrix_covers_strides_pads_shapes_and_sizes_of_one():
    sizes = [c.sizes for c in shipped() if c.layer == "conv"]
    assert {(s.stride, s.pad) for s in sizes} >= {(stride, pad) for stride in (1, 2, 3) for pad in (0, 1, 2)}
    assert {s.H1 == s.W1 for s in sizes} == {s.H == s.W for s in sizes} == {True, False}
    assert all(any(getattr(s, letter) == 1 for s in sizes) for letter in ("N", "C", "F"))
    assert any(s.unread() != (0, 0) for s in sizes)


def test_the_shapes_of_conv_are_hostile(tmp_path):
    conv = sizes_of_suite("conv", tmp_path)
    assert {s.pad for s in conv} == {0, 1, 2}
    assert {s.stride for s in conv} == {1, 2, 3}
    assert {(s.H > s.W) - (s.H < s.W) for s in conv} == {-1, 0, 1}
    assert any(s.H1 != s.W1 for s in conv)
    assert any(s.H1 % 2 == s.W1 % 2 == 0 for s in conv)
    assert any(s.H1 == s.W1 == 1 for s in conv)
    assert all(any(getattr(s, letter) == 1 for s in conv) for letter in ("N", "C", "F"))
    assert any(min(s.unread()) > 0 for s in conv)
    assert any(s.stride > max(s.H1, s.W1) for s in conv)
    # Code that refuses a stride that does not tile still shows what it does with the others.
    assert any(s.stride > 1 and s.unread() == (0, 0) for s in conv)


def test_all_but_one_check_leave_nothing_over_behind_the_last_window(tmp_path):
    """For code that declines all others: strides, gaps, oblong and even filters, no padding are seen all the same."""

    def tiles(s):
        return (s.H + 2 * s.pad - s.reach[0]) % s.stride == (s.W + 2 * s.pad - s.reach[1]) % s.stride == 0

    conv = sizes_of_suite("conv", tmp_path)
    whole = [s for s in conv if tiles(s)]
    assert len(conv) - len(whole) == 1
    assert any(s.stride > 1 and s.H1 == s.W1 for s in whole)
    assert any(s.stride > max(s.H1, s.W1) for s in whole)
    assert {s.pad for s in whole} == {0, 1, 2}


@given(st.integers(1, 20), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_dilated_windows_are_counted_and_what_they_read_is(H, H1, stride, dilation):
    sizes = Conv(**CONV | {"H": H, "H1": H1, "W1": 1, "stride": stride, "dilation": dilation})
    starts = [start for start in range(0, H, stride) if start + dilation * (H1 - 1) < H]
    if starts:
        assert len(starts) == sizes.H2
        read = [start + dilation * i for start in starts for i in range(H1)]
        assert sizes.unread()[0] == H - len({*read})
        most = max(map(read.count, read))
        assert most <= LAYERS["conv"].facts(sizes).sums["dx"].terms <= -(-H1 // (stride // gcd(stride, dilation)))
    else:
        assert [p.field for p in sizes.problems()] == ["H1"]


def test_a_plain_convolution_knows_of_its_nine_letters_alone():
    plain = Conv(**CONV)
    assert plain.given() == CONV
    assert LAYERS["conv"].params(plain, None, None) == {"stride": 1, "pad": 0}
    both = Conv(**CONV | {"C": 2, "F": 4, "dilation": 3, "H1": 1, "W1": 1, "groups": 2})
    assert both.in_words().endswith("pad = 0, dilation = 3, groups = 2")
    assert LAYERS["conv"].params(both, None, None) == {"stride": 1, "pad": 0, "dilation": 3, "groups": 2}
    assert both.shapes()["w"] == (4, 1, 1, 1)


def test_the_sums_of_groups_are_those_of_one():
    layer = LAYERS["conv"]
    sizes = layer.sizes(N=2, C=4, H=9, W=9, F=6, H1=3, W1=2, stride=2, pad=0, groups=2)
    sums = {tensor: s.terms for tensor, s in layer.facts(sizes).sums.items()}
    assert sums == {"forward": 2 * 3 * 2 + 1, "dx": 3 * 2 * 1, "dw": 2 * 4 * 4, "db": 2 * 4 * 4}


@pytest.mark.parametrize("variant", ["naive", "vectorized", "closed_form"])
def test_by_hand_a_filter_of_two_entries_two_apart_in_two_groups(variant):
    known = LAYERS["conv"].variants[variant]
    x = np.array([[[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]]])
    w = np.array([[[[10.0, 100.0]]], [[[1.0, -1.0]]]])
    out, cache = known.forward(x, w, np.array([0.5, 0.0]), {"stride": 1, "pad": 0, "dilation": 2, "groups": 2})
    assert out.tolist() == [[[[310.5]], [[-2.0]]]]
    dx, dw, db = known.backward(np.array([[[[2.0]], [[3.0]]]]), cache)
    assert dx.tolist() == [[[[20.0, 0.0, 200.0]], [[3.0, 0.0, -3.0]]]]
    assert dw.tolist() == [[[[2.0, 6.0]]], [[[12.0, 18.0]]]]
    assert db.tolist() == [2.0, 3.0]


def test_the_suite_has_both_for_code_that_takes_them(tmp_path):
    checks = suite_of("conv", tmp_path)
    further = [c for c in checks if c.sizes.dilation > 1 or c.sizes.groups > 1]
    assert [c for c in checks if c.manner.where_taken] == further
    assert {(c.sizes.dilation > 1, c.sizes.groups > 1) for c in further} == {(True, False), (False, True), (True, True)}
    assert any(c.sizes.dilation not in (1, 2, c.sizes.stride) for c in further)
    assert any(c.sizes.groups == c.sizes.C for c in further)
