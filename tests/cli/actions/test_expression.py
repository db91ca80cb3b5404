"""What `-k` takes beside an id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.cli.actions.expression import has_operators, matcher
from tests.cli.calling import Caller

ID = "configs/Conv.yaml::conv[stride=2,pad=1]"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("stride and pad", True),
        ("stride and not pad", False),
        ("not pool", True),
        ("NOT Pool AND CONV", True),
        ("pool or stride=2,pad", True),
        ("pool or stride and pool", False),
        ("(pool or stride) and conv.yaml::", True),
        ("not (pool or stride)", False),
        ("not not stride", True),
        ("((stride)) or pool", True),
    ],
)
def test_an_expression_holds_as_it_reads(text, holds):
    assert has_operators(text)
    assert matcher(text)(ID) is holds


@pytest.mark.parametrize(
    "text", ["stride and", "and", "a b and c", "(a or b", "a or ) b", "not", "(a)(b) or c", "() or a"]
)
def test_what_does_not_go_together_is_no_expression(text):
    with pytest.raises(ValueError, match=r"^expected parts of ids with `and` or `or` between them"):
        matcher(text)


@given(st.text())
def test_no_text_is_more_than_text(text):
    try:
        holds = matcher(text)(ID)
    except ValueError:
        return
    assert holds in (True, False)


def test_part_of_an_id_is_no_operator():
    assert not has_operators("standard[origin=android]")
    assert matcher("f(x) or android")("an f(X) of it")


def test_an_expression_selects_and_one_that_is_none_is_said(call: Caller, tmp_path):
    (tmp_path / "a.yaml").write_text("{layer: relu, matrix: {shape: [[2], [3], [4]]}}")
    assert "2 checks: 2 pass" in call("run", "a.yaml", "-k", "shape and not shape=3").out
    wrong = call("run", "a.yaml", "-k", "shape and not")
    assert wrong.code == 2
    assert "convcheck: -k 'shape and not': expected parts of ids" in wrong.err
