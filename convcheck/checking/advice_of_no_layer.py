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
    findings: Sequence[Finding],
    tensors: Sequence[TensorResult],
    inputs: Mapping[str, Array],
    out: Array,
    constants: Iterable[str],
    advice: Advice,
) -> tuple[Finding, ...]:
    """The findings, with a hint where what is wrong as a derivative may be meant so, and one more for what is wrong by
    as little as an iteration leaves that stops at a tolerance. `constants`: the inputs that may be some.
    """
    may_be = [f"d{name}" for name in constants]
    last = may_be[-1][1:] if may_be else ""
    wrong = {tensor.name: tensor.worst for tensor in tensors if tensor.verdict == "wrong"}

    def hint_of(finding: Finding) -> str | None:
        name, worst, hint = (finding.tensor or "d")[1:], wrong.get(finding.tensor or ""), finding.hint
        if finding.code == "raised" and _NO_INDEX.search(finding.message):
            hint = advice.labels
        elif finding.code == "raised" and _TOO_LARGE.search(finding.message):
            hint = "; ".join(filter(None, (hint, advice.classes)))
        elif finding.code == "zero":
            said = f"backward gives zeros for {name}, or None"
            hint = f"{said}; {advice.constant.format(name=name)}" if finding.tensor in may_be else said
        elif finding.code == "wrong-shape" and finding.tensor is None and len(may_be) > 1:
            hint = f"{hint}; {advice.constant.format(name=last)}"
        elif finding.code == "unused" and worst is not None:
            hint = f"{hint}; {advice.surrogate}"
        elif finding.code == "scaled" and worst is not None and worst.numeric and np.array_equal(out, inputs[name]):
            factor = numeral(worst.analytic / worst.numeric, 6)
            hint = f"forward hands on {name} as it is: {advice.scale.format(name=name, factor=factor)}"
        return hint

    explained = {finding.tensor for finding in findings if finding.code in ("scaled", "rounded")}
    left = [tensor for tensor in tensors if tensor.verdict == "wrong" and tensor.name not in explained]
    near = [_nearly(tensor, advice) for tensor in left if _is_near(tensor)]
    return (*(finding._replace(hint=hint_of(finding)) for finding in findings), *near)


def of_its_library(finding: Finding) -> Finding:
    """The `finding`, as grave as it is where a library runs backward: when it likes, and on what others hold too."""
    of_tensor = finding.code, finding.tensor
    if finding.code in ("backward-not-repeatable", "state") or of_tensor == ("input-overwritten", "dout"):
        return finding._replace(severity="error")
    # Autograd brings a gradient back to the dtype of its input, whatever the output has.
    return finding._replace(severity="warning") if of_tensor == ("wrong-dtype", "forward") else finding


def _is_near(tensor: TensorResult) -> bool:
    """Whether all of it is nearly right: the largest error is small beside the entry that is off by most, as well."""
    off, worst = tensor.max_rel_error, tensor.worst
    if tensor.method == "directions" or off is None or off > NEARLY or worst is None:
        return False
    return abs(worst.analytic - worst.numeric) <= NEARLY * abs(worst.numeric)


def _nearly(tensor: TensorResult, advice: Advice) -> Finding:
    message = f"{tensor.name} is right but for less than {NEARLY:g} of each entry"
    say = advice.tolerance.format(tolerance=f"{NEARLY:g}")
    hint = (
        f"look for a small term that is missing, such as an eps; where an iteration stops early, let it go on, or {say}"
    )
    return Finding("nearly-right", "note", message, tensor.name, hint)
