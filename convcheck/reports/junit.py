"""The report for CI servers: JUnit XML, a suite a file and a case a check."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html import escape
from itertools import chain
from typing import TextIO

from convcheck.checking.result import Result
from convcheck.diagnosis.conclusion import blames_code
from convcheck.implementations.source import NotChecked
from convcheck.reports.headline import headline
from convcheck.reports.report import Invalid, Invocation, RunEnd
from convcheck.reports.spool import Excerpt, Spool
from convcheck.reports.wording.conclusions import in_one_line
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.sentences import cut_short_text, problem_lines
from convcheck.spec.showing import count

# Where the message of a failure begins.
MESSAGE = ' message="'
# The name of the suite for what belongs to no file.
NO_FILE = "convcheck"

# The element that JUnit has for a status; for any other, a failure. JUnit knows no "undecided", and what does not pass
# must not look as if it had.
ELEMENTS = {"pass": "", "skipped": "skipped", "error": "error"}
COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


# Where a conclusion goes, if there is one: of which implementation and layer, and of which tensors that are wrong.
Explained = tuple[str, str, tuple[str, ...]]


@dataclass(slots=True)
class Suite:
    """The cases of one file, what is remarked on those that passed, and the counts. A folder may have thousands.

    Between the texts of `cases` are the places where conclusions go.
    """

    remarks: Excerpt
    cases: list[Excerpt | Explained] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class JunitReport:
    """Writes the document at the end, since the counts stand before the cases."""

    def __init__(self, stream: TextIO, invocation: Invocation) -> None:
        self._stream = stream
        self._invocation = invocation
        self._suites: dict[str, Suite] = {}
        self._cases = Spool()
        self._remarks = Spool()

    def add(self, result: Result) -> None:
        """Take one check."""
        suite = self._suite(result.file)
        outcome = ELEMENTS.get(result.status, "failure")
        lines = problem_lines(result)
        inside = ""
        if outcome:
            text = "\n".join((*lines, f"repeat: {shown(self._invocation.repeat(result))}"))
            inside = element_text(outcome, text, type=result.status, message=headline(result))
        elif lines:
            # The case of a check that passed has no room for text in every reader; its suite has.
            between = [""] if suite.remarks else []
            suite.remarks.add(_xml_text("\n".join((*between, f"{result.status} {shown(result.id)}", *lines))))
        suite.outcomes[outcome] += 1
        suite.seconds += result.seconds
        case = case_text(shown(result.id), f"convcheck.{shown(result.layer)}", result.seconds, inside)
        if not blames_code(result):
            self._add(suite, case)
            return
        # Whoever reads a message reads its beginning: what is concluded comes before what was seen.
        before, sign, after = case.partition(MESSAGE)
        wrong = tuple(tensor.name for tensor in result.tensors if tensor.verdict == "wrong")
        self._add(suite, before + sign)
        suite.cases.append((result.implementation, result.layer, wrong))
        self._add(suite, after)

    def finish(self, ending: RunEnd) -> None:
        """Write the document. What is wrong with a spec, and an interruption, are cases that end in an error.

        What was seen and not checked is a case that is skipped.
        """
        for error in ending.errors:
            self._add_error(self._suite(error.file), error)
        if ending.not_run or ending.interrupted or ending.fault:
            self._add_not_run(self._suite(None), ending)
        for seen in ending.not_checked:
            self._add_not_checked(self._suite(seen.place), seen)
        total: Counter[str] = sum((suite.outcomes for suite in self._suites.values()), Counter())
        head = {"tests": str(total.total()), "failures": str(total["failure"]), "errors": str(total["error"])}
        concluded = {(one.implementation, one.layer): one for one in ending.conclusions}
        write = self._stream.write
        write('<?xml version="1.0" encoding="utf-8"?>\n')
        write(f"<testsuites{attributes({'name': 'convcheck', **head, 'time': _seconds(ending.seconds)})}>\n")
        for name, suite in self._suites.items():
            counts = {counted: str(suite.outcomes[element]) for counted, element in COUNTED.items()}
            named = {"name": name, "tests": str(suite.outcomes.total()), **counts, "time": _seconds(suite.seconds)}
            write(f"<testsuite{attributes(named)}>\n")
            for piece in suite.cases:
                if isinstance(piece, Excerpt):
                    self._stream.writelines(piece.pieces())
                elif conclusion := concluded.get(piece[:2]):
                    write(_xml_text(shown(f"{in_one_line(conclusion, piece[2])}; ")))
            if suite.remarks:
                self._stream.writelines(chain(["<system-out>"], suite.remarks.pieces(), ["</system-out>\n"]))
            write("</testsuite>\n")
        write("</testsuites>\n")
        self._stream.flush()

    def _suite(self, file: str | None) -> Suite:
        name = NO_FILE if file is None else shown(file) or NO_FILE
        if name not in self._suites:
            self._suites[name] = Suite(Excerpt(self._remarks))
        return self._suites[name]

    def _add(self, suite: Suite, text: str) -> None:
        last = suite.cases[-1] if suite.cases else None
        if not isinstance(last, Excerpt):
            last = Excerpt(self._cases)
            suite.cases.append(last)
        last.add(text)

    def _add_error(self, suite: Suite, error: Invalid) -> None:
        message, hint = shown(error.message), [f"hint: {shown(error.hint)}"] if error.hint else []
        place = ":".join(str(part) for part in (shown(error.file or NO_FILE), error.line, error.column) if part)
        inside = element_text("error", "\n".join((f"{place}: {message}", *hint)), type="spec", message=message)
        suite.outcomes["error"] += 1
        self._add(suite, case_text(place, "convcheck.spec", 0.0, inside))

    def _add_not_checked(self, suite: Suite, seen: NotChecked) -> None:
        inside = element_text("skipped", shown(seen.hint), type="not checked", message=shown(seen.why))
        suite.outcomes["skipped"] += 1
        name = f"{shown(seen.place)}:{seen.line} {shown(','.join(seen.names))}"
        self._add(suite, case_text(name, "convcheck.not_checked", 0.0, inside))

    def _add_not_run(self, suite: Suite, ending: RunEnd) -> None:
        message = cut_short_text(ending)
        if message:
            suite.outcomes["error"] += 1
            self._add(
                suite,
                case_text("not run", "convcheck.run", 0.0, element_text("error", "", type="run", message=message)),
            )
        else:
            # After a failure with -x, say, the rest is not looked at, as somebody wanted. JUnit has no word for that.
            suite.remarks.add(_xml_text(f"{count(ending.not_run, 'check')} not run"))


def case_text(name: str, classname: str, seconds: float, inside: str) -> str:
    """A case, with what is `inside`, if anything."""
    named = attributes({"name": name, "classname": classname, "time": _seconds(seconds)})
    return f"<testcase{named}>\n{inside}\n</testcase>\n" if inside else f"<testcase{named}/>\n"


def element_text(element: str, text: str, **named: str) -> str:
    """An element with these attributes."""
    return f"<{element}{attributes(named)}>{_xml_text(text)}</{element}>"


def attributes(named: dict[str, str]) -> str:
    """What stands behind the name of an element."""
    return "".join(f' {name}="{_xml_text(value)}"' for name, value in named.items())


def _xml_text(text: str) -> str:
    # `shown` has left no character that XML cannot hold. ASCII alone, as references: whatever the stream's encoding is,
    # the document is the UTF-8 that it says it is.
    return escape(text).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
