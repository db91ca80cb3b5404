"""Numbers as they are printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.reports.wording.figures import at_most, figure, seconds_text, shown
from convcheck.spec.showing import count, distinguishable, index_text, shape_text


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (0.0, 0.5, ("0", "0.5")),
        (1.0, 1.0, ("1", "1")),
        (-0.0, 0.0, ("0", "0")),
        (-0.0, 0.25, ("0", "0.25")),
        (1.2345678901234, 1.2345678901260, ("1.234567890123", "1.234567890126")),
        (0.1 + 0.2, 0.3, ("0.30000000000000004", "0.29999999999999999")),
        (float("nan"), 1.0, ("nan", "1")),
        (float("inf"), -float("inf"), ("inf", "-inf")),
    ],
)
def test_two_values_are_told_apart(one: float, other: float, said: tuple[str, str]) -> None:
    assert distinguishable(one, other) == said


@given(st.floats(allow_nan=False), st.integers(-3, 3))
def test_different_values_never_look_the_same(value: float, steps: int) -> None:
    import math

    other = value
    for _ in range(abs(steps)):
        other = math.nextafter(other, math.copysign(math.inf, steps))
    one, another = distinguishable(value, other)
    assert (one == another) == (value == other)
    assert len(one) <= 24


def test_short_figures() -> None:
    assert [figure(x) for x in (None, 0.0, -0.0, 2.6231e-05, 1.0, 3.0e12)] == ["–", "0", "0", "2.62e-05", "1", "3e+12"]
    assert shape_text((2, 3, 8, 8)) == "2×3×8×8"
    assert shape_text(()) == "()"
    assert index_text((0, 12)) == "[0, 12]"
    assert (count(1, "check"), count(2, "check"), count(2, "entry", "entries")) == ("1 check", "2 checks", "2 entries")
    assert (seconds_text(0.0312), seconds_text(12.34)) == ("0.031 s", "12.3 s")


def test_shown_text_prints() -> None:
    assert shown("a\x1b[31m\tb\nc\u202ed\ud800é \U0001f600") == "a\\x1b[31m\\tb\\nc\\u202ed\\ud800é \U0001f600"


@given(st.text())
def test_whatever_is_shown_is_printable(text: str) -> None:
    assert shown(text).isprintable()


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (3e-11, "3e-11"), (2.1e-11, "3e-11"), (9.4e-7, "1e-06"), (0.013, "0.02"), (1.0, "1")],
)
def test_one_digit_is_rounded_up(value: float, said: str) -> None:
    assert at_most(value) == said


@given(st.floats(1e-300, 1e300))
def test_what_is_rounded_up_is_no_smaller_and_at_most_twice_as_large(value: float) -> None:
    assert value <= float(at_most(value)) <= 2 * value * (1 + 1e-15)
