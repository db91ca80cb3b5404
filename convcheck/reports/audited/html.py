"""The audit as a page for people: one file, which fetches nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TextIO

from convcheck.diagnosis.audited import Audit, AuditedLayer
from convcheck.reports.audited.wording import HEADINGS, SAID_OF, reasons, row, seen_at, suggestion, totals
from convcheck.reports.html.style import CSS
from convcheck.reports.report import Appearance
from convcheck.reports.wording.figures import seconds_text, shown


def write(stream: TextIO, audit: Audit, appearance: Appearance) -> None:
    """Write it. Raises what the stream raises."""
    stream.writelines(piece.encode("ascii", "xmlcharrefreplace").decode("ascii") for piece in _pieces(audit))
    stream.flush()


def _pieces(audit: Audit) -> Iterator[str]:
    title = escape(shown(totals(audit)))
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta http-equiv="Content-Security-Policy"'
    yield " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
    yield '<link rel="icon" href="data:,">\n'
    yield f"<title>convcheck audit: {title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
    yield f"<header>\n<h1>convcheck audit: {title}</h1>\n"
    yield f'<p class="dim small">{seconds_text(audit.seconds)}</p>\n</header>\n'
    yield '<main id="main">\n'
    if audit.errors:
        yield f"<h2>Errors</h2>\n<ul>{''.join(f'<li>{escape(shown(error))}</li>' for error in audit.errors)}</ul>\n"
    if said := suggestion(audit):
        yield f"<p>{escape(said)}</p>\n"
        if audit.suggested is not None and audit.suggested.checks:
            yield f"<pre>{escape(audit.suggested.text)}</pre>\n"
    yield '<div class="scroll"><table>\n<tr>' + "".join(f"<th>{heading}</th>" for heading in HEADINGS) + "</tr>\n"
    for layer in audit.layers:
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row(layer)) + "</tr>\n"
    yield "</table></div>\n"
    for layer in audit.layers:
        yield from _layer(layer)
    yield "</main>\n</body>\n</html>\n"


def _layer(layer: AuditedLayer) -> Iterator[str]:
    left = [one for one in layer.mistakes if one.fate == "equivalent"]
    if layer.score == 1 and not left and not layer.left_out:
        return
    yield f"<section>\n<h2>{escape(shown(layer.layer))}</h2>\n"
    for reason, mistakes in reasons(layer):
        yield f"<details>\n<summary>{len(mistakes):,} not noticed: {escape(reason)}</summary>\n<ul>\n"
        yield from (f"<li>{escape(shown(one.sentence))}{escape(seen_at(one))}</li>\n" for one in mistakes)
        yield "</ul>\n</details>\n"
    if left:
        yield f"<details>\n<summary>{len(left):,} {SAID_OF['equivalent']}</summary>\n<ul>\n"
        yield from (f"<li>{escape(shown(one.sentence))}: {escape(shown(one.why))}</li>\n" for one in left)
        yield "</ul>\n</details>\n"
    yield from (f"<p>{escape(shown(name))}: {escape(shown(why))}</p>\n" for name, why in layer.left_out.items())
    if layer.adequacy and layer.score != 1:
        same = "".join(f"<li>{escape(shown(one))}</li>" for one in layer.adequacy)
        yield f"<p>In every check:</p>\n<ul>{same}</ul>\n"
    yield "</section>\n"
