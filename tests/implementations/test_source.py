"""How code is named: a file or a module, and which names in it."""

import pytest

from convcheck.implementations.source import Source, parse_source


@pytest.mark.parametrize(
    ("text", "place", "names"),
    [
        ("layers.py", "layers.py", ()),
        ("layers.py:Conv", "layers.py", ("Conv",)),
        ("a/b.py:forward, backward", "a/b.py", ("forward", "backward")),
        ("package.module:Conv", "package.module", ("Conv",)),
        ("module:Conv", "module", ("Conv",)),
        ("C:\\layers.py", "C:\\layers.py", ()),
        ("C:\\layers.py:Conv", "C:\\layers.py", ("Conv",)),
        ("a:b/layers.py", "a:b/layers.py", ()),
    ],
)
def test_a_place_and_names(text, place, names):
    source = parse_source(text)
    assert source == Source(place, names)
    assert parse_source(source.text()) == source


def test_a_bare_word_names_no_source():
    assert parse_source("vectorized") is None


@pytest.mark.parametrize("text", ["layers.py:", "layers.py:a,b,c", "layers.py:2nd", ":Conv", "layers.py:a,"])
def test_names_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r"expected FILE\.py:forward,backward or FILE\.py:ClassName"):
        parse_source(text)


@pytest.mark.parametrize(("place", "is_file"), [("layers.py", True), ("a/layers", True), ("package.layers", False)])
def test_a_file_is_told_from_a_module(place, is_file):
    assert Source(place).is_file is is_file


def test_other_names_of_the_same_source():
    assert Source("layers.py", ("Conv",)).text(("f", "g")) == "layers.py:f,g"
    assert Source("layers.py", ("Conv",)).text(()) == "layers.py"
