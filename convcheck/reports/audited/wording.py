"""An audit in words that all formats share."""

from __future__ import annotations

import math
from collections.abc import Iterator

from convcheck.diagnosis.audited import NOT_NOTICED, Audit, AuditedLayer, AuditedMistake, Fate, by_reason
from convcheck.reports.wording.figures import shown
from convcheck.spec.showing import count

HEADINGS = ("layer", "checks", "mistakes", "noticed", "not noticed", "left out", "score")
# How the two kinds of what is not noticed are told apart, wherever there is room.
SAID_OF: dict[Fate, str] = {
    "hidden": "not noticed: right at these sizes",
    "unseen": "not noticed: wrong at these sizes, and every check passes",
    "equivalent": "left out: right at any sizes",
}


def score_text(score: float | None) -> str:
    """To three digits, rounded down: 1.000 is all of them."""
    return "–" if score is None else f"{math.floor(score * 1000) / 1000:.3f}"


def row(layer: AuditedLayer) -> tuple[str, ...]:
    """What stands under HEADINGS."""
    counts = layer.counts()
    numbers = (
        len(layer.checks),
        len(layer.mistakes),
        counts["noticed"],
        sum(counts[fate] for fate in NOT_NOTICED),
        counts["equivalent"],
    )
    return (shown(layer.layer), *(f"{number:,}" for number in numbers), score_text(layer.score))


def totals(audit: Audit) -> str:
    """The score and what it is made of: "score 0.704: 382 of 542 mistakes noticed, …"."""
    counts = [layer.counts() for layer in audit.layers]
    sums = {fate: sum(each[fate] for each in counts) for fate in ("noticed", "unseen", "hidden", "equivalent")}
    every = sums["noticed"] + sums["unseen"] + sums["hidden"]
    said = f"score {score_text(audit.score)}: {sums['noticed']:,} of {count(every, 'mistake')} noticed"
    parts = [
        f"{sums['hidden']:,} right at these sizes" if sums["hidden"] else "",
        f"{sums['unseen']:,} wrong there and not noticed" if sums["unseen"] else "",
        f"{sums['equivalent']:,} right at any sizes, left out" if sums["equivalent"] else "",
    ]
    said = ", ".join((said, *filter(None, parts)))
    return said if audit.is_enough else f"{said}; expected {audit.least:g}"


def reasons(layer: AuditedLayer) -> Iterator[tuple[str, list[AuditedMistake]]]:
    """Why mistakes are not noticed, with those of which it is true."""
    for (fate, why), mistakes in by_reason(layer).items():
        yield (shown(why) if fate == "hidden" else f"{SAID_OF[fate]}: {shown(why)}"), mistakes


def seen_at(mistake: AuditedMistake) -> str:
    """Where a check of it was seen to notice a mistake, in brackets."""
    return f" (noticed with {shown(mistake.shows)})" if mistake.shows else ""


def suggestion(audit: Audit) -> str:
    """What the checks that were suggested notice."""
    if audit.suggested is None:
        return ""
    checks, noticed, left = audit.suggested.checks, audit.suggested.noticed, audit.suggested.left
    more = f"; nothing that was tried notices the other {left:,}" if left else ""
    return f"{count(checks, 'check')} would notice {count(noticed, 'mistake')} more{more}"
