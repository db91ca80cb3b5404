"""The conclusions as they are printed, at 80 columns."""

from __future__ import annotations

from convcheck.diagnosis.conclusion import Cause, Conclusion
from convcheck.reports.report import Appearance, RunEnd
from tests.reports.rendering import render
from tests.reports.samples import FAILED

KNOWN = Cause(
    ("dw",),
    "dw reads the image without the stride in its rows and columns: right for stride 1 only",
    "xp[:, :, i : i + stride*H2 : stride, j : j + stride*W2 : stride]",
    "equal to this mistake to the last bit",
    ("dw-stride-ignored",),
    4,
)
SHARED = Cause(("forward", "db"), "the output and db are wrong where N > 1, and nowhere else", "", "", (), 9)


def conclusion(*causes, **more):
    fields = {
        "implementation": "layers.py:conv_forward,conv_backward",
        "layer": "conv",
        "file": "layers.py",
        "line": 41,
        "wrong": ("dw",),
        "causes": causes,
        "checks": 13,
        "failed": 4,
        "smallest": "suite/conv.yaml::stride_2",
        "sizes": {"stride": 2},
        "example": "dw[3, 1, 1, 0] is 9.873606, should be -12.2767",
        "repeat": "convcheck run -k stride_2 --impl layers.py",
    }
    return Conclusion(**{**fields, **more})


def printed(*conclusions, width=80):
    ending = RunEnd(conclusions=conclusions)
    text = render([FAILED], Appearance(quiet=True, width=width), ending=ending)
    start = text.index("layers.py:41")
    return text[start : text.index("\n\n", start)].splitlines()


def test_a_known_mistake_is_told_in_six_lines_with_its_mend_and_an_example():
    assert printed(conclusion(KNOWN)) == [
        "layers.py:41  conv_forward,conv_backward  conv  wrong: dw",
        "  dw reads the image without the stride in its rows and columns: right for",
        "    stride 1 only",
        "    seen in 4 of 13 checks, equal to this mistake to the last bit",
        "    mend: xp[:, :, i : i + stride*H2 : stride, j : j + stride*W2 : stride]",
        "  e.g. dw[3, 1, 1, 0] is 9.873606, should be -12.2767",
        "  convcheck run -k stride_2 --impl layers.py",
    ]


def test_what_is_not_known_is_left_out():
    lines = printed(conclusion(SHARED, wrong=("forward", "db"), example=""))
    assert lines == [
        "layers.py:41  conv_forward,conv_backward  conv  wrong: the output and db",
        "  the output and db are wrong where N > 1, and nowhere else",
        "    seen in 9 of 13 checks",
        "  convcheck run -k stride_2 --impl layers.py",
    ]


def test_more_causes_than_a_reader_takes_in_are_counted():
    lines = printed(conclusion(*[SHARED] * 7))
    assert "  and 5 other causes: -v shows all" in lines
    assert lines.count("  the output and db are wrong where N > 1, and nowhere else") == 2
    many = render([FAILED], ending=RunEnd(conclusions=(conclusion(KNOWN),) * 25))
    assert many.count("layers.py:41") == 20
    assert "and 5 implementations more with something wrong: -v shows them\n" in many


def test_a_pull_request_and_an_annotation_say_the_same_at_the_line_of_the_code():
    ending = RunEnd(conclusions=(conclusion(KNOWN),))
    github = render([FAILED], name="github", ending=ending).splitlines()
    assert github[0].startswith(
        "::error file=layers.py,line=41,title=conv_forward%2Cconv_backward%3A wrong dw::dw reads"
    )
    assert "mend: xp[" in github[0]
    markdown = render([FAILED], name="markdown", ending=ending)
    assert "| where | wrong | why | repeat |" in markdown
    assert "<code>layers.py:41 conv" in markdown
    assert "seen in 4 of 13 checks, equal to this mistake to the last bit" in markdown


def test_a_name_of_a_user_is_no_command_and_no_markup():
    hostile = conclusion(SHARED, file="a\n::error::.py", implementation="a\n::error::.py:<b>", example="<script>")
    for name in ("table", "github", "markdown", "json"):
        text = render([FAILED], name=name, ending=RunEnd(conclusions=(hostile,)))
        assert "\n::error::.py" not in text
        assert name in ("table", "github", "json") or "<script>" not in text
