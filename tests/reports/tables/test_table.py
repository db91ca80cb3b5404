"""The table report, whole, at fixed widths. `python -m tests.reports.regenerate` writes the golden files anew.

Covers all of tables/: table.py, block.py, rows.py, summary.py, remarks.py, groups.py and page.py.

Covers reports/tables/block.py, reports/tables/groups.py, reports/tables/page.py, reports/tables/paragraphs.py,
reports/tables/remarks.py, reports/tables/rows.py and reports/tables/summary.py as well.
"""

import re

import pytest
from hypothesis import given

from convcheck.checking.result import Entry, Finding, Result, TensorResult
from convcheck.diagnosis.conclusion import Conclusion
from convcheck.implementations.errors.raised import Raised
from convcheck.reports.report import Appearance, RunEnd
from convcheck.reports.tables.block import table_text
from convcheck.reports.wording.figures import shown
from tests.reports.hostile import NAMES, hostile, texts
from tests.reports.readers import read_table
from tests.reports.rendering import ENDING, invocation, render
from tests.reports.samples import (
    BROKEN,
    EVERY,
    EXPECTED,
    FAILED,
    ODD,
    PASSED,
    PROBED,
    SKIPPED,
    UNDECIDED,
    UNEXPECTED,
    WITHIN,
    result,
    tensor,
    wrong_entries,
)

NUMBER = re.compile(r"\d[\d.]*(?:e[+-]?\d+)?")


@pytest.mark.parametrize("width", [1, 10, 20, 40, 60, 79, 80, 100, 120, None])
def test_no_number_is_cut_at_any_width(width: int | None) -> None:
    text = render(EVERY, Appearance(width=width, verbose=True), ending=ENDING)
    wide = render(EVERY, Appearance(width=None, verbose=True), ending=ENDING)
    assert "…" not in text
    # Every number of the wide table stands in the narrow one, as often or more.
    narrow = NUMBER.findall(text)
    for number in set(NUMBER.findall(wide)):
        assert narrow.count(number) >= wide.split().count(number), number
    for figure in ("2.62e-12", "8.82e-11", "1.234567890126", "205520896", "3e+12"):
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", text), figure


@pytest.mark.parametrize("width", [80, 100, 120])
def test_lines_of_figures_keep_to_the_width(width: int) -> None:
    for line in render([PASSED, FAILED, WITHIN, UNDECIDED, PROBED, EXPECTED], Appearance(width=width)).splitlines():
        assert len(line) <= width


def test_eighty_columns_hold_a_table_and_sixty_a_list() -> None:
    assert "entries  wrong" in render([PASSED], Appearance(width=80))
    assert "entries: 128, wrong: 0" in render([PASSED], Appearance(width=60))


def test_no_line_ends_in_blanks() -> None:
    for width in (40, 80, None):
        assert not [line for line in render(EVERY, Appearance(width=width)).splitlines() if line != line.rstrip()]


def test_colour_adds_nothing_but_colour() -> None:
    for width in (40, 80, None):
        coloured = render(EVERY, Appearance(width=width, colour=True, verbose=True), ending=ENDING)
        plain = render(EVERY, Appearance(width=width, verbose=True), ending=ENDING)
        assert "\x1b[" in coloured
        bare = re.sub(r"\x1b\[[\d;]*m", "", coloured)
        assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render(EVERY, Appearance(width=80))
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "33", "LINES": "3", "TTY_COMPATIBLE": "1"}.items():
        monkeypatch.setenv(name, value)
    assert render(EVERY, Appearance(width=80)) == before
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[" in render(EVERY, Appearance(width=80, colour=True))


def test_text_from_users_is_shown_and_neither_sent_nor_read_as_markup() -> None:
    text = render([ODD], Appearance(width=80))
    assert "[bold]" in text
    assert "[red]conv[/red]" in text
    assert ":smile:" in text
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "%0A" in text
    assert "\\x1b[31m" in text
    assert "\\nend.yaml::" + "x" * 300 in text


LOOKS = (Appearance(width=40), Appearance(width=80, colour=True, verbose=True), Appearance(width=None))


def reads_back(text: str) -> None:
    for look in LOOKS:
        found = read_table(render([hostile(text)], look))
        # What is there to be looked for or copied stands on a line of its own, at any width.
        assert found[0] == f"fail  {shown(f'{text}.yaml::{text}')}"
        end = found.index("Did not pass")
        assert found[end + 1] == f"  fail  {shown(f'{text}.yaml::{text}')}"
        assert f"      {shown(invocation().repeat(hostile(text)))}" in found[end:]
        # The rest may go on in the next line, between two words.
        whole = " ".join(" ".join(found).split())
        name = shown(text)
        for said in (f"implementation {name}, ", f"error {name} ({name}): {name}", f"criterion (dw): {name}"):
            assert " ".join(said.split()) in whole


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_back(name: str) -> None:
    reads_back(name)


@given(texts.filter(str.strip))
def test_any_text_is_read_back(text: str) -> None:
    reads_back(text)


def test_ascii_streams_get_plain_glyphs() -> None:
    text = render(EVERY, Appearance(width=80, verbose=True), encoding="ascii")
    assert "2x3x8x8" in text
    assert "|a - n|" in text
    # The emoji in the name has no stand-in.
    assert text.count("?") == render([ODD], Appearance(width=80), encoding="ascii").count("?")


def test_the_criterion_is_always_printed() -> None:
    for one in EVERY:
        text = " ".join(render([one], Appearance(width=50)).split())
        for each in one.tensors:
            assert " ".join(each.criterion.split()) in text


def test_quiet_prints_what_did_not_pass_and_the_last_line() -> None:
    text = render([PASSED, FAILED, EXPECTED], Appearance(quiet=True))
    assert PASSED.id + "\n" not in text
    assert EXPECTED.id not in text
    assert FAILED.id in text
    assert text.splitlines()[-1].startswith("3 checks: 2 pass, 1 fail")
    assert render([PASSED, EXPECTED], Appearance(quiet=True)) == "2 checks: 2 pass (12.3 s)\n"


def test_quiet_speaks_of_an_interruption() -> None:
    text = render([PASSED], Appearance(quiet=True), ending=RunEnd(not_run=3, interrupted=True))
    assert text.startswith("4 checks: 1 pass, 3 not run, interrupted")


def test_verbose_lists_the_wrong_entries_and_how_many_more() -> None:
    assert "entries of dx" not in render([FAILED])
    text = render([FAILED], Appearance(verbose=True))
    assert "[0, 0, 0, 19]" in text
    assert "and 7 more" in text


def test_what_is_wrong_is_said_in_words_before_how_it_was_found() -> None:
    for width in (40, 80, 120, None):
        text = " ".join(render([FAILED], Appearance(width=width)).split())
        said = "wrong dx: 27 of 384 entries, worst at [0, 0, 0, 0]: backward gives 0, the differences 0.5"
        assert said in text
        order = [text.index(each) for each in (said, "error input-mutated", "criterion", "note unread")]
        assert order == sorted(order)


def test_the_forward_pass_is_held_against_the_reference() -> None:
    wrong = tensor("forward", verdict="wrong", wrong=1, worst=wrong_entries(1)[0])
    assert "forward gives 0, the reference 0.5, off by 0.5, allowed 0" in render([result(tensors=(wrong,))])


def test_a_direction_is_no_entry() -> None:
    wrong = tensor("dx", verdict="wrong", checked=0, directions=4, wrong=1, worst=Entry((2,), 0.0, 0.5, 0.0))
    text = render([result(tensors=(wrong,))])
    assert "wrong (probed)" in text
    assert "wrong dx: 1 of 4 random directions, worst at direction 2: backward gives 0" in text


def test_the_same_finding_for_several_tensors_is_said_once() -> None:
    text = render([result(findings=tuple(Finding("lost", "note", "each by itself", name) for name in ("dx", "dw")))])
    assert "note lost (dx, dw): each by itself" in text


def test_a_warning_is_not_lost_in_a_long_report() -> None:
    warned = [result(id=f"a.yaml::conv#{n}", findings=(Finding("slow", "warning", "too slow"),)) for n in range(7)]
    end = render([*warned, PASSED]).split("Passed with a warning\n")[1].splitlines()
    assert end[0] == "  warning  slow in 7 checks of naive"
    assert end[1].strip() == "too slow"
    assert end[2].strip() == "a.yaml::conv#0"
    assert end[5].strip() == "and 4 more"
    assert end[-1].startswith("8 checks: 8 pass, 7 with a warning")
    assert "slow" not in render(warned, Appearance(quiet=True))


def test_large_counts_can_be_read() -> None:
    last = render([PASSED], ending=RunEnd(not_run=12345)).splitlines()[-1]
    assert last.startswith("12,346 checks: 1 pass, 12,345 not run")


def test_what_was_not_looked_at_is_said() -> None:
    assert "dx: entries not looked at one by one: 4 random directions" in render([PROBED])
    some = result(tensors=(tensor("dx", checked=380),))
    assert "dx: 380 of 384 entries compared" in render([some])


def test_the_reasons_of_undecided_entries_are_said() -> None:
    assert "undecided dx: 3 of 4,000 entries (kink, overflow)" in render([UNDECIDED])


def test_an_expected_failure_says_so() -> None:
    assert render([EXPECTED]).startswith("pass (fails as expected)  known_bad.yaml")


def test_failures_come_first_in_the_summary_with_their_command() -> None:
    summary = render([UNDECIDED, BROKEN, PASSED, FAILED]).split("Did not pass")[1]
    order = [summary.index(each.id + "\n") for each in (FAILED, BROKEN, UNDECIDED)]
    assert order == sorted(order)
    assert "convcheck run conv.yaml -k 'conv[stride=2,pad=0]'" in summary
    assert "4 checks: 1 pass, 1 fail, 1 error, 1 undecided" in summary


def test_of_a_tensor_of_the_wrong_shape_it_is_not_said_that_nothing_was_compared() -> None:
    assert "compared" not in render([result(tensors=(tensor("dx", verdict="wrong", checked=0, wrong=384),))])


def test_what_was_skipped_is_no_failure_and_says_why() -> None:
    text = render([SKIPPED, PASSED])
    assert text.startswith("skip  suite/conv.yaml::no_pad[pad=0]\n")
    assert "Did not pass" not in text
    assert text.split("\nSkipped\n")[1].splitlines()[:3] == [
        "  skip  not-written in 1 check of layers.py:conv_forward,conv_backward",
        "      conv_backward is not written yet: it returns None",
        "      suite/conv.yaml::no_pad[pad=0]",
    ]
    # Its warning says why it was skipped, and is not counted once more.
    assert text.splitlines()[-1].startswith("2 checks: 1 pass, 1 skipped (")


def test_one_function_that_is_not_written_is_said_once() -> None:
    skips = [SKIPPED._replace(id=f"suite/conv.yaml::c{n}") for n in range(7)]
    other = SKIPPED._replace(implementation="other.py:f,g")
    end = render([*skips, other], Appearance(quiet=True))
    assert end.startswith("Skipped\n  skip  not-written in 7 checks of layers.py:")
    assert "      and 4 more\n  skip  not-written in 1 check of other.py:f,g\n" in end


def test_one_line_that_raises_is_said_once_at_the_end() -> None:
    said = "forward raised IndexError: out of bounds"
    sentences = [Raised("forward", IndexError("out of bounds"), f"x ({n}, 3)").sentence() for n in range(5)]
    assert all(sentence.startswith(f"{said}; called with x (") for sentence in sentences)
    raised = [
        BROKEN._replace(id=f"c{n}", findings=(Finding("raised", "error", sentence),))
        for n, sentence in enumerate(sentences)
    ]
    other = BROKEN._replace(id="other", findings=(Finding("raised", "error", "backward raised KeyError: 'x'"),))
    end = render([raised[0], FAILED, *raised[1:], other], Appearance(quiet=True)).split("Did not pass\n")[1]
    assert [line for line in end.splitlines() if line.startswith(("  fail", "  error"))] == [
        f"  {FAILED.status}  {FAILED.id}", "  error  c0", "  error  c1", "  error  c2", "  error  other",
    ]  # fmt: skip
    assert f"  error  c2\n      and 2 more\n      {said}\n" in end
    assert "called with" not in end


def test_nothing_to_check_prints_nothing() -> None:
    assert render([]) == ""


@pytest.mark.parametrize("one", EVERY)
def test_a_block_is_printed_as_its_check_finishes(one: Result) -> None:
    assert render([one, PASSED]).startswith(render([one]).split("\n\n")[0])


def misshapen(name: str, shape: str, implementation: str = "naive", **changes: object) -> Result:
    message = f"values right, shape wrong: backward returned db in shape (1, {shape}), expected ({shape},)"
    finding = Finding("wrong-shape", "error", message, "db", "db.reshape(b.shape)")
    return result(id=name, status="fail", implementation=implementation, findings=(finding,), **changes)


def test_what_is_wrong_in_every_check_with_the_numbers_right_is_said_once_at_the_end() -> None:
    results = [misshapen(name, str(3 + n)) for n, name in enumerate("abcde")]
    text = render(results, Appearance(width=None), ending=ENDING)
    assert text.count("values right, shape wrong") == 1
    said = "values right, shape wrong: backward returned db in shape (1, 3), expected (3,)"
    assert f"  fail  a\n  fail  b\n  fail  c\n      and 2 more\n      {said}\n" in text


def test_what_differs_is_said_of_each() -> None:
    wrong = tensor("dx", verdict="wrong", wrong=3)
    results = [misshapen("a", "3"), misshapen("b", "3", "mine.py"), misshapen("c", "3", tensors=(wrong,))]
    summary = render(results, Appearance(width=None), ending=ENDING).partition("Did not pass")[2]
    assert summary.count("values right, shape wrong") == 3
    assert "expected (3,) (dx wrong in 3 of 384 entries)" in summary


def test_what_a_conclusion_tells_is_not_said_again() -> None:
    alike = [FAILED._replace(id=f"c{n}", implementation="mine.py:f,g") for n in range(500)]
    conclusion = Conclusion("mine.py:f,g", "conv", None, None, ("dx",), (), 500, 500, "c0", {}, "", "convcheck run")
    ending = RunEnd(conclusions=(conclusion,))
    text = render([*alike, UNDECIDED], Appearance(width=80), ending=ending)
    assert [line for line in text.splitlines() if line] == [
        "mine.py:f,g  conv  wrong: dx",
        "  convcheck run",
        "fail       conv  500 checks of conv.yaml, 500 fail",
        "undecided  relu  1 check of conv.yaml, 1 undecided",
        "Did not pass",
        "  undecided  relu.yaml::relu",
        "      dx undecided in 3 of 4,000 entries",
        "      convcheck run conv.yaml -k 'relu'",
        "501 checks: 500 fail, 1 undecided (0.000 s)",
    ]


def test_a_failure_that_the_code_is_not_to_blame_for_is_in_no_conclusion() -> None:
    conclusion = Conclusion("naive", "conv", None, None, ("dx",), (), 2, 1, "c0", {}, "", "convcheck run")
    unexpected = UNEXPECTED._replace(findings=(Finding("unexpected-pass", "error", "nothing is wrong"),))
    text = render([FAILED, unexpected], ending=RunEnd(conclusions=(conclusion,)))
    assert f"  fail  {unexpected.id}\n" in text
    assert f"  fail  {FAILED.id}\n" not in text


def test_checks_that_pass_have_a_line_a_layer_and_a_block_where_there_are_few() -> None:
    passing = [PASSED._replace(id=f"c{n}", file=f"{n % 2}.yaml") for n in range(4)]
    assert render([*passing, WITHIN], Appearance(width=80)).splitlines()[:-2] == [
        "pass  conv       2 checks of 0.yaml, every entry proved",
        "pass  conv       2 checks of 1.yaml, every entry proved",
        "pass  batchnorm  1 check of conv.yaml, every entry compared",
    ]
    assert [line for line in render(passing[:3]).splitlines() if line.startswith("pass")] == [
        f"pass  {one.id}" for one in passing[:3]
    ]
    many = [PASSED._replace(file=f"{n}.yaml") for n in range(50)]
    assert render([*many, WITHIN], Appearance(width=80)).splitlines()[:2] == [
        "pass  conv       50 checks of 50 files, every entry proved",
        "pass  batchnorm  1 check of conv.yaml, every entry compared",
    ]


def test_the_line_says_the_least_that_holds_for_every_entry() -> None:
    def said(*tensors: TensorResult, **changes: object) -> str:
        return render([result(tensors=tensors, **changes)] + [PASSED] * 4, Appearance(width=None)).splitlines()[0]

    assert said(tensor("dx")) == "pass  conv  5 checks of conv.yaml, every entry proved"
    assert said(tensor("dx", verdict="within_bound")).endswith("every entry compared")
    seen = tensor("dx", sees=2.2e-11, directions=9, checked=0)
    assert said(seen).endswith("every entry to within 3e-11 of its terms")
    assert said(tensor("dx", checked=9)).endswith("not every entry compared (-v shows how many)")
    assert said(tensor("dx", checked=9), data="ties").endswith("every entry proved")
    alone = (Finding("forward-only", "note", "no backward in test mode"),)
    assert said(tensor("forward"), findings=alone).endswith("every entry proved, 1 of the output alone")


def test_the_slowest_checks_are_named_where_that_is_asked_for() -> None:
    timed = [PASSED._replace(id=f"c{n}", seconds=seconds) for n, seconds in enumerate((0.25, 12.0, 0.5, 12.0))]
    assert render(timed, Appearance(durations=3)).split("Slowest 3 checks\n")[1].splitlines()[:3] == [
        "    12.0 s  c1", "    12.0 s  c3", "   0.500 s  c2",
    ]  # fmt: skip
    assert "Slowest 4 checks" in render(timed, Appearance(durations=9))
    assert "Slowest" not in render(timed)


@pytest.mark.parametrize("one", EVERY)
def test_one_check_can_be_had_as_text(one: Result) -> None:
    for width in (100, 40):
        assert table_text(one, width) == render([one], Appearance(width=width)).split("\n\n")[0]
    assert table_text(one, 100).encode("utf-8", "strict")


def test_the_text_of_one_check_is_what_its_stream_can_carry() -> None:
    text = table_text(FAILED, encoding="ascii")
    assert text.isascii()
    assert "2x3x8x8" in text
    assert "[0, 0, 0, 19]" in table_text(FAILED, verbose=True)


def test_what_directions_would_have_seen_is_said_once_for_tensors_that_are_alike() -> None:
    seen = [
        tensor(name, method="directions", directions=9, **changes)
        for name, changes in {
            "dx": {"sees": 2.2e-11}, "dw": {"sees": 2.9e-11, "verdict": "within_bound"}, "db": {"sees": 4e-9},
            "dc": {"sees": 2e-11, "verdict": "wrong", "wrong": 1}, "dd": {"sees": 2e-11, "verdict": "undecided"},
            "de": {},
        }.items()
    ]  # fmt: skip
    text = render([result(tensors=tuple(seen))], Appearance(width=None))
    assert [line.strip() for line in text.splitlines() if "by directions" in line] == [
        "by directions (dx, dw): every entry to within 3e-11 of its terms",
        "by directions (db): every entry to within 4e-09 of its terms",
    ]
    assert "by directions" not in render([result()], Appearance(width=None))
    # The check after it is told apart where it differs, and what is the same is not repeated.
    several = [result(tensors=tuple(chosen)) for chosen in (seen[:3], seen[:3], seen[:0], seen[:3], seen[2:3])]
    text = render([*several, several[0]], Appearance(width=None, verbose=True))
    assert [line.split(":")[0].strip() for line in text.splitlines() if "by directions" in line] == [
        "by directions (dx, dw)", "by directions (db)", "by directions (dx, dw)",
    ]  # fmt: skip
