"""Results whose names hold what some format would take for its own, and those that the other samples leave out."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.checking.result import Entry, Finding, Result
from convcheck.reports.report import Invalid, RunEnd
from tests.reports.samples import EVERY, drawn, result, tensor

NAMES = (
    "[bold]red[/bold]",
    'said "so"',
    "a<b>&amp;c</b>]]>",
    "%0A::error::%25",
    "\U0001f600 é 漢",
    "\x1b[31mred\x1b[0m\x00\x07",
    "x" * 300,
    "two\nlines\r\nand\ta tab",
    "one, two; three",
    "a|b\\|c`d``e",
    "=1+1",
    "@somebody *b* _i_ ~s~ $x$ #1 <!-- --> :smile:",
    "-->\u2028\u202e\ud800\ufffe",
    " ' '",
    "::set-output name=x::y",
    "##[group]a ##vso[task.setvariable variable=PATH]b ##teamcity[buildStop]",
    "a ##",
)


def hostile(text: str, **changes: object) -> Result:
    """A failure with the text wherever one can come from outside."""
    wrong = Entry((0, 7), -0.5, 0.5, 0.0)
    plain = result(
        id=f"{text}.yaml::{text}",
        file=f"{text}.yaml",
        layer=text,
        implementation=text,
        status="fail",
        tensors=(
            tensor(
                text,
                (2, 8),
                verdict="wrong",
                wrong=3,
                max_abs_error=1.0,
                max_rel_error=1.0,
                worst=wrong,
                map=drawn(),
            ),
            tensor("dw", (4,), criterion=text, scheme=text),
        ),
        findings=(Finding(text, "error", text, text, text), Finding("note", "note", text)),
    )
    return result(**{**plain._asdict(), **changes})


HOSTILE = tuple(hostile(name) for name in NAMES)

SKIPPED = result(
    id="relu.yaml::relu#2",
    layer="relu",
    status="skipped",
    tensors=(),
    findings=(Finding("not-written", "warning", "backward raised NotImplementedError", hint="write it"),),
)
WARNED = result(id="conv.yaml::warned", findings=(Finding("slow", "warning", "slower than need be", "dx"),))
NOT_FINITE = result(
    id="conv.yaml::nan",
    status="fail",
    tensors=(
        tensor(
            verdict="wrong",
            wrong=1,
            max_abs_error=None,
            max_rel_error=None,
            worst=Entry((0,), float("nan"), float("inf"), 0.0),
        ),
    ),
)

ALL = (*EVERY, SKIPPED, WARNED, NOT_FINITE, *HOSTILE)

ENDINGS = {
    "well": RunEnd(seconds=1.5),
    "interrupted": RunEnd(not_run=2, interrupted=True),
    "stopped": RunEnd(not_run=2),
    "fault": RunEnd(not_run=2, fault=True),
    "errors": RunEnd(
        errors=(
            Invalid("N: expected a whole number", "a.yaml", 3, 5, "N: x", "write 2"),
            Invalid("it does not exist", "gone.yaml"),
            Invalid("-k 'x' matches nothing"),
            *(Invalid(name, f"{name}.yaml", 1, 1, name, name) for name in NAMES),
        )
    ),
}

texts = st.text(max_size=40) | st.text(alphabet="%0AD:,|`\\'\"<>&=+-@*_[]~$\r\n\t\x1b\x00 ax", max_size=40)
