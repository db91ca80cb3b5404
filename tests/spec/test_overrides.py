"""Settings of a run over those of a spec."""

from __future__ import annotations

import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.overrides import OverrideError, override
from convcheck.spec.reader import read_text
from tests.spec.conftest import conv


@pytest.fixture
def check():
    (one,) = read_text(conv(extra="expect: fail\nimplementation: vectorized\n"), "a.yaml", FORMS).checks
    return one


def test_nothing_given_changes_nothing(check) -> None:
    assert override(check, FORMS) == check


def test_settings_replace_those_of_the_spec(check) -> None:
    changed = override(check, FORMS, seed=3, dtype="float32", data="normal", scheme="full", tolerance=0.0)
    manner = changed.manner
    assert (manner.seed, manner.dtype, manner.data, manner.scheme, manner.tolerance) == (
        3,
        "float32",
        "normal",
        "full",
        0.0,
    )
    assert (changed.id, changed.sizes, manner.expect) == (check.id, check.sizes, "fail")


def test_an_expected_failure_belongs_to_its_implementation(check) -> None:
    assert override(check, FORMS, implementation="naive").manner.expect == "pass"
    assert override(check, FORMS, implementation="vectorized").manner.expect == "fail"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"implementation": "vectorised"},
            'conv has no implementation "vectorised": it has naive, vectorized and closed_form; '
            "did you mean vectorized?",
        ),
        ({"dtype": "half"}, 'dtype: expected float64 or float32, received "half"; did you mean float32?'),
        ({"data": "x"}, 'data: expected dyadic, normal or ties, received "x"; write dyadic, normal or ties'),
        ({"seed": -1}, "seed: expected a whole number of at least 0, received -1"),
        ({"seed": 1.5}, "seed: expected a whole number of at least 0, received 1.5"),
        ({"tolerance": float("nan")}, "tolerance: expected a number of at least 0, received nan"),
        ({"tolerance": float("inf")}, "tolerance: expected a number of at least 0, received inf"),
    ],
)
def test_settings_out_of_range(check, settings, message) -> None:
    with pytest.raises(OverrideError) as error:
        override(check, FORMS, **settings)
    assert str(error.value) == message


def test_memory_is_reckoned_again(check) -> None:
    narrow = override(check, FORMS, dtype="float32", max_memory=400_000)
    with pytest.raises(OverrideError, match=r"^this check needs about"):
        override(narrow, FORMS, dtype="float64", max_memory=40_000)


def test_words_that_were_renamed_are_taken_for_what_they_are_called_now(check) -> None:
    schemes = {word: override(check, FORMS, scheme=word).manner.scheme for word in ("groups", "probe", "entries")}
    assert schemes == {"groups": "entries", "probe": "auto", "entries": "entries"}
    with pytest.raises(OverrideError, match=r"expected auto, entries or full, received .*; did you mean entries"):
        override(check, FORMS, scheme="Groups")
