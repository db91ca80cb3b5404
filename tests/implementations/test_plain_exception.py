"""Exceptions of code under test, made plain in one place."""

import numpy as np
import pytest

from convcheck.implementations.errors.declined import Refusal
from convcheck.implementations.plain_exception import LONGEST, frames_of, message_of, plain, type_name
from tests.fuzz import odd_values
from tests.fuzz.odd_values import EXCEPTIONS


def caught(error):
    try:
        raise error
    except BaseException as raised:
        return raised


@pytest.mark.parametrize("make", EXCEPTIONS.values(), ids=EXCEPTIONS.keys())
def test_all_that_is_asked_of_a_plain_exception_is_plain(make):
    error = caught(make())
    made = plain(error)
    assert type(str(made)) is str
    assert len(str(made)) <= LONGEST + 100
    assert type_name(made) == type_name(error)
    assert isinstance(made.args, tuple)
    assert len(frames_of(made)) == 1
    assert plain(made) is made


@pytest.mark.parametrize("error", [ValueError("two shapes"), KeyError("stride"), Refusal("no"), SystemExit(3)])
def test_what_is_plain_stays_as_it_is(error):
    assert plain(error) is error


@pytest.mark.parametrize(
    ("error", "parents"),
    [
        (np.exceptions.AxisError(3, 2), (ValueError, IndexError)),
        (np.linalg.LinAlgError("singular"), (ValueError,)),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start"), (ValueError,)),
    ],
)
def test_it_is_caught_as_what_it_was_caught_as(error, parents):
    made = plain(error)
    assert all(isinstance(made, parent) for parent in parents)
    assert str(made) == str(error)


def test_a_message_that_cannot_be_had_is_that_of_its_argument():
    class Speechless(Exception):
        def __str__(self):
            raise RuntimeError

    assert message_of(Speechless("two shapes")) == "two shapes"
    assert message_of(Speechless(1, 2)) == "(whose message cannot be had)"


@pytest.mark.parametrize("name", ["Closed", "DisguiseRaises", "Nameless"])
def test_a_class_has_a_name_whatever_it_says(name):
    assert type_name(getattr(odd_values, name)()) == name


def test_frames_whose_text_cannot_be_had_have_none():
    module = {"__name__": "under_test", "__loader__": odd_values.Closed(), "__spec__": odd_values.Closed()}
    exec(compile("def f():\n    raise ValueError", "nowhere", "exec"), module)
    with pytest.raises(ValueError) as error:
        module["f"]()
    assert [frame.name for frame in frames_of(error.value)][-1] == "f"
