"""The report for people: a block a check as it finishes, and at the end what did not pass and how to repeat it."""

from __future__ import annotations

from typing import TextIO

from convcheck.checking.result import Result
from convcheck.reports.report import Appearance, Invocation, RunEnd, Tally
from convcheck.reports.tables.block import print_block
from convcheck.reports.tables.conclusions import print_conclusions
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.paragraphs import Paragraph, seen_by_directions
from convcheck.reports.tables.places import Places, without_places
from convcheck.reports.tables.remarks import Remarks
from convcheck.reports.tables.summary import FailedCheck, failed_check, print_not_checked, print_summary


class TableReport:
    """Prints each check as it finishes; where it is to be quiet, only those that do not pass."""

    def __init__(self, stream: TextIO, invocation: Invocation, appearance: Appearance) -> None:
        self._page = Page(stream, colour=appearance.colour, width=appearance.width)
        self._appearance = appearance
        self._invocation = invocation
        self._tally = Tally()
        self._not_passed: list[FailedCheck] = []
        self._remarks = Remarks()
        self._places = Places()
        # What directions would have seen is much the same in one check after the other.
        self._seen: tuple[Paragraph, ...] = ()

    def add(self, result: Result) -> None:
        """Print one check."""
        self._tally.add(result)
        if result.status == "skipped":
            self._remarks.add_skipped(result)
        elif result.status != "pass":
            self._not_passed.append(failed_check(result, self._invocation.repeat(result)))
            self._places.add(result)
        if self._appearance.quiet and result.status in ("pass", "skipped"):
            return
        if result.status == "pass":
            self._remarks.add_warned(result)
        print_block(self._page, without_places(result), verbose=self._appearance.verbose, said=self._seen)
        self._seen = tuple(seen_by_directions(result)) or self._seen
        self._page.blank()
        self._page.flush()

    def finish(self, ending: RunEnd) -> None:
        """Print the summary; where it is to be quiet, only if something did not pass or is not well otherwise.

        What was seen and not checked is always named.
        """
        counts = self._tally.counts(ending.not_run)
        all_well = not (
            self._not_passed or counts["skipped"] or counts["not_run"] or ending.errors or ending.interrupted
        )
        nothing = counts["checks"] == 0 and not ending.errors and not ending.interrupted
        said = not nothing and not (self._appearance.quiet and all_well)
        if said:
            self._remarks.print(self._page)
        if counts["checks"]:
            print_not_checked(self._page, ending.not_checked)
        print_conclusions(self._page, ending.conclusions)
        if said:
            print_summary(self._page, self._not_passed, tuple(self._places.sentences()), counts, ending)
        self._page.flush()
