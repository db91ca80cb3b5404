"""Conditions over the sizes of checks, and the sizes that tell one from another."""

from __future__ import annotations

import re

import pytest

from convcheck.diagnosis.conditions import CONDITIONS, fitting, telling_sizes

CONV = {"N": 2, "C": 3, "H": 5, "W": 6, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1, "dtype": "float64"}
NORM = {"N": 4, "D": 3, "mode": "train", "eps": 1e-5, "momentum": 0.9, "dtype": "float64"}


def sentences(conditions):
    return [condition.sentence for condition in conditions]


def test_the_simplest_condition_comes_first_and_all_that_fit_are_told():
    failing = [{**CONV, "stride": 2}, {**CONV, "stride": 3, "pad": 0}]
    passing = [CONV, {**CONV, "pad": 0}]
    assert sentences(fitting(failing, passing))[0] == "stride > 1"
    assert "N > 1" not in sentences(fitting(failing, passing))


@pytest.mark.parametrize(("failing", "passing"), [([CONV], []), ([], [CONV]), ([], [])])
def test_without_checks_of_both_kinds_there_is_nothing_to_tell(failing, passing):
    assert fitting(failing, passing) == []


def test_two_conditions_are_joined_where_none_fits_by_itself():
    failing = [CONV]
    passing = [{**CONV, "N": 1}, {**CONV, "F": 1}]
    assert "N > 1 and F > 1" in sentences(fitting(failing, passing))


def test_what_is_left_over_is_told_axis_by_axis():
    # Windows of 3 with stride 2: rows 5 leave nothing over with pad 1, and rows 6 do.
    strided = {**CONV, "stride": 2, "W": 5}
    failing = [strided, {**strided, "H": 6}]
    assert "no columns are left over" in sentences(fitting(failing, [{**strided, "W": 6}]))
    assert "no rows or columns are left over" not in sentences(fitting(failing, [{**strided, "W": 6}]))


def test_a_condition_on_letters_that_a_layer_does_not_have_holds_nowhere():
    assert not any(one.holds(NORM) for one in CONDITIONS if "stride" in one.sentence or "windows" in one.sentence)
    assert sentences(fitting([{**NORM, "mode": "test"}], [NORM])) == ["mode is test"]


STEPS = {"N": 2, "T": 3, "D": 4, "H": 5, "dtype": "float64"}


@pytest.mark.parametrize("sizes", [CONV, {**CONV, "H1": 4, "stride": 2}, STEPS, NORM])
def test_a_condition_holds_only_where_the_layer_has_every_letter_that_it_names(sizes):
    for condition in CONDITIONS:
        letters = {word for word in re.findall(r"\w+", condition.sentence) if word in CONV or word in STEPS}
        assert {*letters} <= {*sizes} or not condition.holds(sizes), condition.sentence


def test_the_size_of_a_state_is_told_where_that_of_an_image_is_not():
    assert "H > 1" in sentences(fitting([STEPS], [{**STEPS, "H": 1}]))
    assert "H > 1 or W > 1" in sentences(fitting([CONV], [{**CONV, "H": 1, "W": 1}]))
    assert "H > 1" not in sentences(fitting([CONV], [{**CONV, "H": 1, "W": 1}]))


def test_telling_sizes_hold_one_condition_and_not_the_others_or_the_others_and_not_the_one():
    failing, passing = {**CONV, "stride": 2, "pad": 0}, CONV
    conditions = fitting([failing], [passing])
    assert {"stride > 1", "pad = 0"} <= set(sentences(conditions))
    pair = [one for one in conditions if one.sentence in ("stride > 1", "pad = 0")]
    told = telling_sizes(pair, failing, passing, lambda sizes: True)
    assert told
    assert all(pair[0].holds(sizes) != pair[1].holds(sizes) for sizes in told)
    assert telling_sizes(pair, failing, passing, lambda sizes: False) == []
