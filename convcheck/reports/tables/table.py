"""The report for people: a block a check as it finishes, and at the end what did not pass and how to repeat it."""

from __future__ import annotations

from typing import TextIO

from convcheck.checking.result import Result
from convcheck.reports.report import Ending, Look, Run, Tally
from convcheck.reports.tables.block import print_block
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.remarks import Remarks
from convcheck.reports.tables.summary import Failure, print_summary
from convcheck.reports.wording.sentences import why


class TableReport:
    """Blocks as the checks finish; nothing of those that pass where the look is quiet."""

    def __init__(self, stream: TextIO, run: Run, look: Look) -> None:
        self._page = Page(stream, colour=look.colour, width=look.width)
        self._look = look
        self._run = run
        self._tally = Tally()
        self._not_passed: list[Failure] = []
        self._remarks = Remarks()

    def add(self, result: Result) -> None:
        """Print one check."""
        self._tally.add(result)
        if result.status == "skipped":
            self._remarks.add_skipped(result)
        elif result.status != "pass":
            self._not_passed.append(Failure(result.status, result.id, why(result), self._run.repeat(result)))
        if self._look.quiet and result.status in ("pass", "skipped"):
            return
        if result.status == "pass":
            self._remarks.add_warned(result)
        print_block(self._page, result, verbose=self._look.verbose)
        self._page.blank()
        self._page.flush()

    def finish(self, ending: Ending) -> None:
        """Print the summary, if there is anything to sum up."""
        counts = self._tally.counts(ending.skipped)
        all_well = not (self._not_passed or counts["skipped"] or ending.errors or ending.interrupted)
        nothing = counts["checks"] == 0 and not ending.errors and not ending.interrupted
        if not nothing and not (self._look.quiet and all_well):
            self._remarks.print(self._page)
            print_summary(self._page, self._not_passed, counts, ending)
        self._page.flush()
