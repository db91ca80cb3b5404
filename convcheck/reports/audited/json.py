"""The audit for programs: one document."""

from __future__ import annotations

from typing import TextIO

from convcheck.diagnosis.audited import Audit
from convcheck.reports.json import json_text
from convcheck.reports.report import Appearance

# Raised when a key changes its meaning or goes; new keys leave it as it is.
AUDIT_VERSION = 1


def write(stream: TextIO, audit: Audit, appearance: Appearance) -> None:
    """Write it, a line a layer. Raises what the stream raises."""
    head = {
        "schema": AUDIT_VERSION,
        "score": audit.score,
        "least": audit.least,
        "seconds": audit.seconds,
        "errors": audit.errors,
        "no_layer": audit.no_layer,
        "suggested": audit.suggested,
    }
    stream.write("{" + "".join(f"{json_text(key)}: {json_text(value)},\n" for key, value in head.items()))
    layers = (
        {"layer": layer.layer, "score": layer.score, "counts": layer.counts(), **layer._asdict()}
        for layer in audit.layers
    )
    stream.write('"layers": [' + ",".join(f"\n  {json_text(layer)}" for layer in layers) + "\n]}\n")
    stream.flush()
