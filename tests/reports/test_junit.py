"""The JUnit report: valid, its counts right, and every text as it was."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

import pytest
import xmlschema
from hypothesis import given

from convcheck.checking.result import Finding, Result
from convcheck.diagnosis.conclusion import Cause, Conclusion
from convcheck.reports.report import Invalid, RunEnd
from convcheck.reports.wording.figures import shown
from tests.reports.hostile import ALL, ENDINGS, HOSTILE, NAMES, SKIPPED, WARNED, hostile, texts
from tests.reports.readers import JUNIT, read_junit
from tests.reports.rendering import WELL, invocation, render
from tests.reports.samples import BROKEN, EXPECTED, FAILED, PASSED, PROBED, UNDECIDED, UNEXPECTED, result


def parsed(results: Iterable[Result], ending: RunEnd = WELL, encoding: str = "utf-8") -> Element:
    text = render(results, name="junit", ending=ending, encoding=encoding)
    root = read_junit(text)
    # The counts say what is there.
    for suite in root:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        for counted, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(counted) == str(sum(case.find(element) is not None for case in cases))
    for counted in ("tests", "failures", "errors"):
        assert root.get(counted) == str(sum(int(suite.get(counted, "")) for suite in root))
    return root


def case(root: Element) -> Element:
    found = root.findall("testsuite/testcase")
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("results", [(), ALL, (PASSED,)], ids=["none", "all", "one"])
def test_is_valid_however_the_run_ends(results: tuple[Result, ...], ending: str) -> None:
    parsed(results, ENDINGS[ending])


def test_the_schema_can_be_broken() -> None:
    root = parsed([FAILED])
    del root[0][0].attrib["classname"]
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        JUNIT.validate(root)


@pytest.mark.parametrize(
    ("one", "element", "type_"),
    [
        (FAILED, "failure", "fail"),
        (PROBED, "failure", "fail"),
        (UNEXPECTED, "failure", "fail"),
        (UNDECIDED, "failure", "undecided"),
        (BROKEN, "error", "error"),
        (SKIPPED, "skipped", "skipped"),
    ],
)
def test_what_does_not_pass_is_said_in_the_words_of_junit(one: Result, element: str, type_: str) -> None:
    found = case(parsed([one]))
    assert [child.tag for child in found] == [element]
    assert found[0].get("type") == type_
    assert found[0].get("message")
    assert "\nrepeat: convcheck run conv.yaml -k '" in (found[0].text or "")


def test_the_message_carries_the_finding() -> None:
    scaled = Finding("scaled", "error", "dx is 2 times the right gradient", "dx")
    found = case(parsed([FAILED._replace(findings=(*FAILED.findings, scaled))]))[0]
    assert found.get("message") == "dx is 2 times the right gradient (dx wrong in 27 of 384 entries)"


@pytest.mark.parametrize("one", [PASSED, EXPECTED, WARNED])
def test_what_passes_has_nothing_in_its_case(one: Result) -> None:
    assert len(case(parsed([one]))) == 0


def test_a_warning_stands_beside_the_cases() -> None:
    out = parsed([PASSED, WARNED, EXPECTED]).find("testsuite/system-out")
    assert out is not None
    assert (out.text or "").splitlines()[:2] == [f"pass {WARNED.id}", "warning slow (dx): slower than need be"]
    assert "(fails as expected)" in (out.text or "")


def test_a_failure_holds_the_worst_entry() -> None:
    text = case(parsed([FAILED]))[0].text or ""
    said = "wrong dx: 27 of 384 entries, worst at [0, 0, 0, 0]: backward gives 0, the differences 0.5, off by 0.5"
    assert text.startswith(said)
    assert "hint: work on a copy" in text


def test_a_suite_is_a_file_wherever_its_checks_stand() -> None:
    other = result(file="other.yaml", seconds=2.0)
    root = parsed([PASSED, other, FAILED], RunEnd(errors=(Invalid("bad", "other.yaml", 3, 5, hint="mend it"),)))
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [("conv.yaml", "2"), ("other.yaml", "2")]
    assert root[1].get("time") == "2.000"
    wrong = root[1][1]
    assert (wrong.get("name"), wrong[0].text) == ("other.yaml:3:5", "other.yaml:3:5: bad\nhint: mend it")


def test_a_run_that_was_cut_short_does_not_look_whole() -> None:
    for ending, element, message in (
        ("interrupted", "error", "interrupted: 2 checks not run"),
        ("fault", "error", "a fault in convcheck itself: 2 checks not run"),
    ):
        found = case(parsed([], ENDINGS[ending]))[0]
        assert (found.tag, found.get("message")) == (element, message)
    # After -x the rest was not wanted. JUnit has no word for that, and it was not skipped.
    root = parsed([FAILED], ENDINGS["stopped"])
    assert [suite.get("skipped") for suite in root] == ["0", "0"]
    assert root[1].findtext("system-out") == "2 checks not run"


def test_a_document_says_what_its_encoding_is_on_any_stream() -> None:
    for encoding in ("ascii", "latin-1"):
        found = parsed(HOSTILE, encoding=encoding).findall("testsuite/testcase")
        assert [one.get("name") for one in found] == [shown(one.id) for one in HOSTILE]


def reads_back(text: str) -> None:
    root = parsed([hostile(text)], RunEnd(errors=(Invalid(text, None, 1, 1),)))
    found = root[0][0]
    assert found.get("name") == shown(f"{text}.yaml::{text}")
    assert found.get("classname") == f"convcheck.{shown(text)}"
    assert root[0].get("name") == shown(f"{text}.yaml")
    assert f"error {shown(text)}" in (found[0].text or "")
    assert root[1][0][0].get("message") == shown(text)
    repeat = shown(invocation().repeat(hostile(text)))
    assert (found[0].text or "").endswith(f"repeat: {repeat}")
    out = parsed([hostile(text, status="pass")]).find("testsuite/system-out")
    assert out is not None
    assert (out.text or "").startswith(f"pass {shown(f'{text}.yaml::{text}')}\n")


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_back(name: str) -> None:
    reads_back(name)


@given(texts)
def test_any_text_is_read_back(text: str) -> None:
    reads_back(text)


def test_a_conclusion_is_the_beginning_of_the_messages_of_its_checks() -> None:
    cause = Cause(("dx",), "dx is <assigned> with `=`", "dx += 1", "", ("x",), 2)
    other = Cause(("dw",), "dw is something else", "", "", (), 1)
    conclusion = Conclusion(
        FAILED.implementation, FAILED.layer, None, None, ("dx",), (cause, other), 3, 2, "", {}, "", ""
    )
    unexpected = FAILED._replace(findings=(Finding("unexpected-pass", "error", "nothing is wrong"),))
    results = [FAILED, unexpected, BROKEN, UNDECIDED]
    text = render(results, ending=RunEnd(conclusions=(conclusion,)), name="junit")
    messages = [case[0].get("message", "") for case in read_junit(text).iter("testcase")]
    assert messages[0].startswith("dx is <assigned> with `=` (mend: dx += 1); backward changed dout")
    assert messages[1].startswith("nothing is wrong")
    # No tensor of it is wrong: all that is concluded may be why.
    assert messages[2].startswith("dx is <assigned> with `=` (mend: dx += 1); dw is something else; forward raised")
    assert messages[3] == "dx undecided in 3 of 4,000 entries"
    alone = read_junit(render(results, name="junit")).iter("testcase")
    assert next(alone)[0].get("message") == (
        "backward changed dout: 12 of its 128 entries are not what they were before the call "
        "(dx wrong in 27 of 384 entries)"
    )
