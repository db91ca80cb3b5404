"""How an examination ends, and what status that is for the check."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from convcheck.checking.result import Finding, Status, TensorResult
from convcheck.checking.subject import NOTHING
from convcheck.implementations.errors.declined import NothingStored, NotWritten, Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.plain_exception import home_of

Termination = Literal["whole", "forward-only", "raised", "refused", "not-written"]


def status_of(
    ended: Termination, tensors: Sequence[TensorResult], findings: Sequence[Finding], expect: str, suite: bool = False
) -> Status:
    """The status of a check that ended so, with these tensors and findings; an expected failure that fails is a pass.

    In the `suite`, code that is not written yet or declines the sizes is skipped; where a spec asked for it, that is an
    error. Of code that has no backward in test mode, as most has none, the output counts alone.
    """
    failed = any(t.verdict == "wrong" for t in tensors)
    if ended not in ("whole", "forward-only") and not failed:
        return "skipped" if suite and ended in ("refused", "not-written") else "error"
    if failed or any(f.severity == "error" for f in findings):
        return "pass" if expect == "fail" else "fail"
    if any(t.verdict == "undecided" for t in tensors):
        return "undecided"
    return "fail" if expect == "fail" else "pass"


def termination_of(
    error: Raised | NotWritten, tiles: bool, testing: bool = False, hints: Mapping[str, str] = NOTHING
) -> tuple[Termination, list[Finding]]:
    """What an exception in the code under test means for the check, and what there is to say.

    `tiles`: every entry is read by some window. `testing` is whether it is a layer in test mode; `hints` are what the
    layer says of mistakes (`Words.hints`).
    """
    if isinstance(error, NothingStored):
        return "forward-only", [_forward_only(str(error))]
    if isinstance(error, NotWritten):
        return "not-written", [Finding("not-written", "warning", str(error.args[0]))]
    if error.refusal():
        hint = None if tiles else "a stride that does not tile is legal: floor the output size, and ignore what is left"
        refused = Finding("refused", "warning", error.sentence(), None, hint)
        return "refused", [refused, *([_untested(error)] if tiles else [])]
    if testing and error.what == "backward" and _has_none_in_test_mode(error.error):
        return "forward-only", [_forward_only(error.sentence())]
    return "raised", [Finding("raised", "error", error.sentence(), None, error.advice(hints))]


def _has_none_in_test_mode(error: BaseException) -> bool:
    """Whether backward raised `error` for want of what forward keeps for it in train mode, or declines to be called.

    Most code has no backward in test mode. What else it raises there, an index that is wrong or a slip of the pen, is
    as wrong as anywhere.
    """
    if isinstance(error, (UnboundLocalError, KeyError, AssertionError)):
        return True
    if isinstance(error, NameError):
        return False
    said = str(error)
    if isinstance(error, AttributeError):
        # Of a layer's instance an attribute may never have been written; of an array or a module none is missing.
        return "NoneType" in said or home_of(error.obj) not in ("numpy", "torch", "builtins")
    if isinstance(error, (TypeError, ValueError)) and re.search(r"\bNone(Type)?\b|unpack", said):
        return True
    return bool(re.search(r"\b(test|train|eval|infer|mode|cache)", said, re.IGNORECASE))


def _forward_only(because: str) -> Finding:
    message = f"the output is compared alone, since there is no backward in test mode: {because}"
    return Finding("forward-only", "note", message)


def _untested(error: Raised) -> Finding:
    """Beside a refusal where the sizes are no reason for one: a warning where the code raised something itself."""
    message = "what this check is there for was not seen"
    if isinstance(error.error, Refusal):
        return Finding("untested", "note", message)
    return Finding("untested", "warning", f"these sizes tile, and nothing is left over: {message}")
