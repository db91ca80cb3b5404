"""The audit for a job summary or a pull request: GitHub's Markdown."""

from __future__ import annotations

from typing import TextIO

from convcheck.diagnosis.audited import Audit
from convcheck.reports.audited.wording import HEADINGS, reasons, row, suggestion, totals
from convcheck.reports.markdown import LimitedRows, prose, row_text
from convcheck.reports.report import Appearance
from convcheck.reports.wording.figures import seconds_text, shown

# A comment on GitHub holds 65,536 characters.
ROOM_FOR_LAYERS = 10_000
ROOM_FOR_REASONS = 30_000
ROOM_FOR_ADEQUACY = 10_000
MOST_NAMED = 3


def write(stream: TextIO, audit: Audit, appearance: Appearance) -> None:
    """Write it. Raises what the stream raises."""
    lines = [f"**convcheck: {prose(totals(audit))}** ({seconds_text(audit.seconds)})", ""]
    layers, why, same = LimitedRows(ROOM_FOR_LAYERS), LimitedRows(ROOM_FOR_REASONS), LimitedRows(ROOM_FOR_ADEQUACY)
    for layer in audit.layers:
        layers.add(row_text(map(prose, row(layer))))
        for reason, mistakes in reasons(layer):
            said = [prose(shown(one.sentence)) for one in mistakes[:MOST_NAMED]]
            more = [f"and {len(mistakes) - MOST_NAMED:,} more"] if len(mistakes) > MOST_NAMED else []
            named = "<br>".join((*said, *more))
            why.add(row_text((prose(layer.layer), f"{len(mistakes):,}", prose(reason), named)))
        for sentence in layer.adequacy if layer.score != 1 else ():
            same.add(row_text((prose(layer.layer), prose(shown(sentence)))))
    lines += layers.lines(*HEADINGS)
    for found, headings in (
        (why, ("layer", "not noticed", "why", "mistakes")),
        (same, ("layer", "in every check")),
    ):
        if table := found.lines(*headings):
            lines += ["", *table]
    if told := suggestion(audit):
        lines += ["", prose(told)]
    lines += [f"- {prose(shown(error))}" for error in audit.errors]
    text = "\n".join(lines) + "\n"
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "xmlcharrefreplace").decode(encoding))
    stream.flush()
