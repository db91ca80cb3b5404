"""A hundred functions as people write them: right ones are not accused, and a planted mistake does not pass.

A sample of what `benchmarks/mutants.py` does by the thousand.
"""

import importlib.util
import sys
from argparse import Namespace
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
OPTIONS = Namespace(no_torch=True, scheme="auto")
# Layers whose digits cancel in float32, as x - mean does far from zero, leave little for differences to show.
FEW_DIGITS = ("layer norm far from zero", "batch norm far from zero", "norm in float32 inside", "tanh in float32")


def module(name):
    """A module of the benchmarks, which are scripts and no package."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


functions = module("functions")
mutants = module("mutants")


@pytest.mark.parametrize("dtype", mutants.DTYPES)
@pytest.mark.parametrize("name", functions.FUNCTIONS)
def test_right_code_passes(name, dtype):
    outcome = mutants.answer(name, None, dtype, 0, 5, OPTIONS)
    assert outcome.status == "pass" or (outcome.status == "undecided" and name in FEW_DIGITS), outcome.detail


@pytest.mark.parametrize("mistake", mutants.MISTAKES)
@pytest.mark.parametrize("dtype", mutants.DTYPES)
def test_no_planted_mistake_passes(mistake, dtype):
    # Others for every mistake: all functions have their turn.
    first = [*mutants.MISTAKES].index(mistake)
    asked = [mutants.answer(name, mistake, dtype, 0, 7, OPTIONS) for name in list(functions.FUNCTIONS)[first::13]]
    outcomes = [outcome for outcome in asked if outcome is not None]
    assert len(outcomes) > 4
    assert {outcome.status for outcome in outcomes} == {"fail"}, [o.name for o in outcomes if o.status != "fail"]


def test_there_are_as_many_as_are_said():
    assert len(functions.FUNCTIONS) >= 100
    assert len(mutants.MISTAKES) == 13


def test_what_changes_nothing_is_no_mistake():
    assert mutants.answer("square", "transposed", "float64", 0, 0, OPTIONS) is not None
    assert mutants.answer("mean", "first of the batch dropped", "float64", 0, 0, OPTIONS) is not None
    assert mutants.answer("round", "factor 1.001", "float64", 0, 0, OPTIONS) is None
