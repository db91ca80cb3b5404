"""The audit for people: a line a layer, then why mistakes are not noticed, and the score last."""

from __future__ import annotations

from typing import TextIO

from convcheck.diagnosis.audited import Audit, AuditedLayer
from convcheck.reports.audited.wording import HEADINGS, reasons, row, score_text, seen_at, suggestion, totals
from convcheck.reports.report import Appearance
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import seconds_text, shown
from convcheck.spec.showing import count

# Of mistakes with the same reason, and of reasons, so many are shown.
MOST_NAMED = 2
MOST_REASONS = 12


def write(stream: TextIO, audit: Audit, appearance: Appearance) -> None:
    """Write it. Raises what the stream raises."""
    page = Page(stream, colour=appearance.colour, width=appearance.width)
    if audit.layers and not appearance.quiet:
        headings = [(title, number > 0) for number, title in enumerate(HEADINGS)]
        page.table(page.columns(headings, [row(layer) for layer in audit.layers]))
        page.blank()
        for layer in audit.layers:
            _layer(page, layer, verbose=appearance.verbose)
    if audit.no_layer:
        page.prose(f"left out {count(len(audit.no_layer), 'check')} of no layer: no mistakes of these are known")
    if said := suggestion(audit):
        page.prose(said)
    style = "green" if audit.score == 1 else "yellow" if audit.is_enough else "bold red"
    score = f"score {score_text(audit.score)}"
    page.prose(f"{totals(audit).removeprefix(score)} ({seconds_text(audit.seconds)})", lead=score, style=style)
    page.flush()


def _layer(page: Page, layer: AuditedLayer, *, verbose: bool) -> None:
    groups = [*reasons(layer)]
    if not (groups or layer.left_out):
        return
    page.line((shown(layer.layer), "bold"))
    for reason, mistakes in groups if verbose else groups[:MOST_REASONS]:
        page.prose(reason, indent=2, hanging=2, lead=f"{len(mistakes):,} ", style="yellow")
        for one in mistakes if verbose else mistakes[:MOST_NAMED]:
            page.prose(f"{shown(one.sentence)}{seen_at(one)}", indent=6, hanging=2)
        if not verbose and len(mistakes) > MOST_NAMED:
            page.line(f"and {len(mistakes) - MOST_NAMED:,} more", indent=6)
    if not verbose and len(groups) > MOST_REASONS:
        others = groups[MOST_REASONS:]
        number = sum(len(mistakes) for _, mistakes in others)
        page.prose(
            f"for {count(len(others), 'other reason')}: -v shows all", indent=2, lead=f"{number:,} ", style="yellow"
        )
    for identity, why in layer.left_out.items():
        page.prose(f"{shown(identity)}: {shown(why)}", indent=2, hanging=2, lead="left out ", style="yellow")
    if groups and layer.adequacy:
        page.line("in every check:" if len(layer.checks) > 1 else "in the one check:", indent=2)
        for sentence in layer.adequacy:
            page.prose(shown(sentence), indent=4, hanging=2)
    page.blank()
