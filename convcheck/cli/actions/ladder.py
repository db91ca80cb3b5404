"""Shapes of what a function takes, where nothing tells them: a few are tried, and those at which it is right are kept.

A function may need what no shape says, a row that adds up to 1, an index below a size: being wrong at shapes that were
guessed accuses nobody. Of one input alone it does, where forward and backward do all that is asked of them there. And
being right at one shape hides no mistake at another: what is right at the smaller of two and wrong at the larger, as
where a sum lacks its axis, is not called right.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.cli.actions.gather import read_inputs
from convcheck.cli.actions.repeat import quoted
from convcheck.cli.actions.workers import Workers
from convcheck.implementations.source import UNTOLD, Found, NotChecked, Source, Survey
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check
from convcheck.spec.inputs import FunctionSizes
from convcheck.spec.showing import listed

# For one input, or all of several.
ALONE = ("4,5", "5", "2,3,6,6", "3,4,5", "{shape: [4, 5], low: 0.1, high: 0.9}", "")
# For the first, the second and so on; the last is that of all further ones.
BESIDE = (("4,5", "5"), ("4,5", ""), ("4,5", "5,3", "3"), ("2,3,6,6", "3"), ("4,5", "4"))
# Names of whole numbers, and what these are beside rows of five.
WHOLE = ("y", "label", "labels", "target", "targets", "t", "idx", "index", "indices", "ids", "classes")
LABELS = "{shape: [4], dtype: int64, high: 5}"
# Names of what has one number for each column, and not for each row as well; and what that is beside rows of five.
ROWS = ("gamma", "beta", "bias", "b", "scale", "shift", "offset", "g")
ROW = 5
# What shows that shapes do not fit, beside an exception.
UNFIT = ("wrong-shape", "wrong-dtype", "not-finite", "wrong-type", "swapped", "zero", "unused")
# Seconds for each.
BUDGET = 5.0


class Shapes(NamedTuple):
    """What a function of no layer is handed, as --input has it, and whether shapes were `tried` for that; nothing where
    it is none. `right`: others, at which it is right where it is wrong at these. `problem`: what to say where shapes
    have to be told.
    """

    inputs: tuple[str, ...] = ()
    tried: bool = False
    right: tuple[str, ...] = ()
    problem: str = ""


def shapes_of(
    source: Source,
    survey: Survey,
    layers: tuple[str, ...],
    workers: Workers,
    settings: Sequence[str],
    max_memory: int,
) -> Shapes:
    """Those of what the `survey` of a source has found; of what is named and found to be no layer those that are tried.

    `layers` are what somebody says that it is, `settings` are as --setting has them.
    """
    told = next((one for one in survey.found if one.inputs), None) if source.names or layers else None
    if told is None and source.names and not (survey.found or layers):
        told = next(iter(workers.survey(source, (FunctionSizes.called,)).found), None)
    if told is None or not told.inputs:
        return Shapes()
    unknown = tuple(text.removesuffix(UNTOLD) for text in told.inputs if text.endswith(UNTOLD))
    if not unknown:
        return Shapes(told.inputs)
    wrong, right = _climbed(source, told, settings, workers, max_memory)
    decided = wrong if len(told.inputs) == 1 and wrong else right if not wrong else ()
    if decided:
        return Shapes(decided, tried=True, right=right if wrong else ())
    if wrong and right:
        sizes = f"wrong with {_asked(wrong)}, and right with {_asked(right)}"
        return Shapes(problem=f"{source.text()}: say which shapes it is for: it is {sizes}")
    if not layers:
        # It may as well be a layer.
        return Shapes()
    asked = " ".join(f"--input {name}=4,5" for name in unknown)
    return Shapes(problem=f"{source.text()}: say the shape of {listed(unknown)}: {asked}")


def unfit(source: Source, found: Found, check: Check, workers: Workers) -> NotChecked | None:
    """What is to be said of a function in a file that cannot be run with what its text seems to tell; None if it can.

    Nobody has named it: what does not fit it is no mistake of the code's.
    """
    result = workers.run(check, source, found, Settings(budget=BUDGET)).result
    if result.status != "error" and _fits(result):
        return None
    why = f"it cannot be checked with the shapes that its text seems to tell, {_asked(found.inputs)}"
    return NotChecked(found.names, found.line, why, source.as_layer(found.names, tuple(LAYERS)), source.place)


def _asked(inputs: Sequence[str]) -> str:
    return " ".join(f"--input {quoted(text)}" for text in inputs)


def _climbed(
    source: Source, found: Found, settings: Sequence[str], workers: Workers, max_memory: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The inputs of what was found, as --input has them, with the first shapes at which it is wrong, and right.

    Nothing stands for either where there are none. `settings` are as --setting has them.
    """
    wrong: tuple[str, ...] = ()
    for rung in _rungs([text.removesuffix(UNTOLD) for text in found.inputs if text.endswith(UNTOLD)]):
        inputs = tuple(
            f"{name}={rung[name]}" if (name := text.removesuffix(UNTOLD)) in rung else text for text in found.inputs
        )
        for check in read_inputs(inputs, settings, max_memory).checks:
            result = workers.run(check, source, found, Settings(budget=BUDGET)).result
            if result.status == "pass":
                return wrong, inputs
            if result.status == "fail" and not wrong and _fits(result):
                wrong = inputs
    return wrong, ()


def _fits(result: Result) -> bool:
    """Whether nothing but its figures speaks against the code at these shapes.

    So does the shape of a gradient of what has one number for each column: it is to be added up over the rows.
    """
    unfit = [finding for finding in result.findings if finding.code in UNFIT]
    rows = {f"d{name}" for name, shape in result.spec.items() if name in ROWS and shape == [ROW]}
    return all(finding.code == "wrong-shape" and finding.tensor in rows for finding in unfit)


def _rungs(names: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Shapes by name, the likeliest first."""
    for whole in (True, False) if any(name in WHOLE for name in names) else (False,):
        labels = {name: LABELS for name in names if whole and name in WHOLE}
        others = [name for name in names if name not in labels]
        if len(others) > 1 and not {*ROWS}.isdisjoint(others):
            yield {**{name: f"{ROW}" if name in ROWS else "4,5" for name in others}, **labels}
        for shape in ALONE:
            yield {**dict.fromkeys(others, shape), **labels}
        for shapes in BESIDE if len(others) > 1 else ():
            named = {name: shapes[min(number, len(shapes) - 1)] for number, name in enumerate(others)}
            yield {**named, **labels}
