"""The report for people: what is wrong and why, then how all checks came out, and the counts as the last line.

A check has a block of figures where there are three or fewer; each as it finishes with -v.
"""

from __future__ import annotations

from heapq import heappush, heappushpop
from typing import TextIO

from convcheck.checking.result import Result
from convcheck.reports.report import Appearance, Invocation, RunEnd, Tally
from convcheck.reports.tables.block import print_block
from convcheck.reports.tables.conclusions import print_conclusions
from convcheck.reports.tables.groups import CheckLines
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.paragraphs import Paragraph, seen_by_directions
from convcheck.reports.tables.remarks import Remarks
from convcheck.reports.tables.summary import NotPassed, print_counts, print_not_checked, print_slowest

# So many checks fit on two screens, figures and all.
MOST_BLOCKS = 3


class TableReport:
    """Keeps of the results what it will say of them at the end; where it is to be verbose, each has its block first.

    Where it is to be quiet there are the conclusions, what they leave out, and the last line.
    """

    def __init__(self, stream: TextIO, invocation: Invocation, appearance: Appearance) -> None:
        self._page = Page(stream, colour=appearance.colour, width=appearance.width)
        self._appearance = appearance
        self._invocation = invocation
        self._tally = Tally()
        self._few: list[Result] = []
        self._lines = CheckLines(by_file=bool(invocation.arguments.get("specs")))
        self._not_passed = NotPassed()
        self._remarks = Remarks()
        self._slowest: list[tuple[float, int, str]] = []
        # What directions would have seen is much the same in one check after the other.
        self._seen: tuple[Paragraph, ...] = ()

    def add(self, result: Result) -> None:
        """Take one check."""
        self._tally.add(result)
        if result.status == "skipped":
            self._remarks.add_skipped(result)
        elif result.status == "pass":
            self._remarks.add_warned(result)
        else:
            self._not_passed.add(result, self._invocation.repeat(result))
        self._lines.add(result)
        self._time(result)
        if self._appearance.verbose:
            self._print_block(result)
        elif len(self._few) <= MOST_BLOCKS:
            self._few.append(result)

    def finish(self, ending: RunEnd) -> None:
        """Print it, or what is left of it."""
        page, quiet, verbose = self._page, self._appearance.quiet, self._appearance.verbose
        counts = self._tally.counts(ending.not_run)
        concluded = {(conclusion.implementation, conclusion.layer) for conclusion in ending.conclusions}
        print_conclusions(page, ending.conclusions, verbose=verbose)
        if not quiet and not verbose:
            if len(self._few) <= MOST_BLOCKS:
                for result in self._few:
                    self._print_block(result)
            else:
                self._lines.print(page)
        self._not_passed.print(page, concluded)
        if not quiet:
            self._remarks.print_warned(page)
        self._remarks.print_skipped(page)
        if counts["checks"]:
            print_not_checked(page, ending.not_checked)
        if self._slowest:
            print_slowest(page, [(seconds, name) for seconds, _, name in sorted(self._slowest, reverse=True)])
        if counts["checks"] or ending.errors or ending.interrupted:
            print_counts(page, counts, ending)
        page.flush()

    def _time(self, result: Result) -> None:
        # Of those that took equally long the first counts.
        one = (result.seconds, -self._tally.by_status.total(), result.id)
        if len(self._slowest) < self._appearance.durations:
            heappush(self._slowest, one)
        elif self._slowest:
            heappushpop(self._slowest, one)

    def _print_block(self, result: Result) -> None:
        print_block(self._page, result, verbose=self._appearance.verbose, said=self._seen)
        self._seen = tuple(seen_by_directions(result)) or self._seen
        self._page.blank()
        self._page.flush()
