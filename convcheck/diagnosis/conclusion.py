"""`Conclusion`: what is said of one implementation after all its checks, as plain data."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from convcheck.checking.result import Result

# Findings that say how a gradient is wrong, whatever the sizes. Other notes say how that was found out, or where.
PATTERNS = ("scaled", "zero", "turned", "overlap", "rounded")
# Findings for which the code is not to blame: convcheck failed, or a failure was expected and nothing is wrong.
BLAMELESS = ("fault", "unexpected-pass")
# What follows in the message of an exception, the sizes at which it came up, differs from check to check.
CALLED_WITH = "; called with "


class Cause(NamedTuple):
    """Why tensors are wrong: a `sentence`, how to `mend` it, and the `evidence` for it, in words.

    `mistakes` are the known mistakes (`MadeMistake.id`) that explain it, one or several that fit equally; empty where
    it was found out otherwise. `seen` counts the checks in which it was seen.
    """

    tensors: tuple[str, ...]
    sentence: str
    mend: str
    evidence: str
    mistakes: tuple[str, ...]
    seen: int


class Conclusion(NamedTuple):
    """One implementation of one layer with something wrong: what, why as far as that is known, and where to begin.

    `checks` were made of it, `failed` of them failed. `smallest` is the id of the smallest of these. `sizes` are the
    smallest at which it was seen to fail, `repeat` the command that runs a check of them again, and `example` a
    sentence on its worst entry.
    """

    implementation: str
    layer: str
    file: str | None
    line: int | None
    wrong: tuple[str, ...]
    causes: tuple[Cause, ...]
    checks: int
    failed: int
    smallest: str
    sizes: Mapping[str, Any]
    example: str
    repeat: str


def blames_code(result: Result) -> bool:
    """Whether a check failed in a way that the conclusion on its implementation is about."""
    blameless = any(finding.code in BLAMELESS for finding in result.findings)
    return result.status in ("fail", "error") and not blameless


def at_line(conclusion: Conclusion, line: int) -> Conclusion:
    """The conclusion at the `line` where backward is defined, where gradients alone are wrong; 0 if it is not known."""
    gradients = bool(conclusion.wrong) and all(name.startswith("d") for name in conclusion.wrong)
    return conclusion._replace(line=line) if line and conclusion.file and gradients else conclusion
