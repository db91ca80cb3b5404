"""What to say where a gradient may be meant so: of a constant, a straight-through estimator, a gradient reversal."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from convcheck.checking.result import Finding, TensorResult
from convcheck.layers.layer import Array
from convcheck.spec.showing import numeral


class Advice(NamedTuple):
    """How it is said of an input, `{name}`, and of what its gradient is multiplied by, `{factor}`."""

    constant: str
    surrogate: str
    scale: str
    tolerance: str
    labels: str
    classes: str


# What NumPy, PyTorch and JAX say of an index that is no whole number, and of one that is too large.
_NO_INDEX = re.compile(
    r"int64 for index|scalar type Long|(used as indices|indexer|indices) must (be|have) (of )?(long|int)", re.I
)
_TOO_LARGE = re.compile(r"out of (bounds|range)", re.I)
# What agrees with differences to this share of every entry is no mistake in a formula, but for a small one.
NEARLY = 1e-4

IN_SPEC = Advice(
    "where {name} is a constant, say `differentiate: false` of it",
    "a straight-through estimator says in a spec whose gradient is meant: `surrogate: FUNCTION`",
    "where that is meant, a spec says `scale: {factor}`",
    "--tolerance {tolerance}",
    "labels are whole numbers, and have to be said to be: y={shape: [4], dtype: int64, high: 10}",
    "labels are drawn from `low` up to `high`, below which they stay: say as many as there are classes",
)
IN_PYTHON = Advice(
    'where {name} is a constant, say skip=["{name}"]',
    "of a straight-through estimator say whose gradient is meant: surrogate=FUNCTION",
    "where that is meant, say surrogate=lambda {name}: {factor} * {name}",
    "tolerance={tolerance}",
    "labels are whole numbers: hand them over in int64",
    "look at the labels, and at how many classes there are",
)


def advised(
    findings: Iterable[Finding],
    tensors: Sequence[TensorResult],
    inputs: Mapping[str, Array],
    out: Array,
    constants: Iterable[str],
    advice: Advice,
) -> tuple[Finding, ...]:
    """The findings, with a hint where what is wrong as a derivative may be meant so, and one more for what is wrong by
    as little as an iteration leaves that stops at a tolerance. `constants`: the inputs that may be some.
    """
    may_be = {f"d{name}" for name in constants}
    wrong = {tensor.name: tensor.worst for tensor in tensors if tensor.verdict == "wrong"}

    def hint_of(finding: Finding) -> str | None:
        name, worst = (finding.tensor or "d")[1:], wrong.get(finding.tensor or "")
        if finding.code == "raised" and _NO_INDEX.search(finding.message):
            return advice.labels
        if finding.code == "raised" and _TOO_LARGE.search(finding.message):
            return "; ".join(filter(None, (finding.hint, advice.classes)))
        if finding.code == "zero":
            said = f"backward gives zeros for {name}, or None"
            return f"{said}; {advice.constant.format(name=name)}" if finding.tensor in may_be else said
        if finding.code == "unused" and worst is not None:
            return f"{finding.hint}; {advice.surrogate}"
        if finding.code == "scaled" and worst is not None and worst.numeric and np.array_equal(out, inputs[name]):
            factor = numeral(worst.analytic / worst.numeric, 6)
            return f"forward hands on {name} as it is: {advice.scale.format(name=name, factor=factor)}"
        return finding.hint

    near = [_nearly(tensor, advice) for tensor in tensors if tensor.verdict == "wrong" and _is_near(tensor)]
    return (*(finding._replace(hint=hint_of(finding)) for finding in findings), *near)


def _is_near(tensor: TensorResult) -> bool:
    off = tensor.max_rel_error
    return tensor.method != "directions" and off is not None and off <= NEARLY


def _nearly(tensor: TensorResult, advice: Advice) -> Finding:
    message = f"{tensor.name} is right but for less than {NEARLY:g} of each entry"
    say = advice.tolerance.format(tolerance=f"{NEARLY:g}")
    return Finding(
        "nearly-right", "note", message, tensor.name, f"where an iteration stops at a tolerance, make it less, or {say}"
    )
