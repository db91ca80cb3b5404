"""`convcheck diff`: what two runs differ in."""

from __future__ import annotations

import click

from convcheck.cli.exits import Exit
from convcheck.cli.options.complete import complete_files
from convcheck.cli.session import debug_option
from convcheck.cli.streams import standard_output, writing

EXIT_CODES = """\
\b
Exit codes:
    0  nothing got worse
    1  something did
    2  wrong usage, or a file that is no report
"""


@click.command("diff", short_help="Compare the JSON reports of two runs.", epilog=EXIT_CODES)
@click.argument("old", metavar="OLD.json", shell_complete=complete_files)
@click.argument("new", metavar="NEW.json", shell_complete=complete_files)
@debug_option
def command(old: str, new: str) -> int:
    """Compare the JSON reports of two runs: what got worse, and what else changed.

    Worse is a check that no longer passes or is no longer there, a new one that does not pass, a new error in a spec,
    an error over its bound that is more than ten times what it was, and a check that calls forward more often.

    \b
    Examples:
      convcheck run configs/ --format json -o new.json
      convcheck diff old.json new.json
    """
    from convcheck.cli.actions.read_report import document_in
    from convcheck.reports.stored.changes import changes_text
    from convcheck.reports.stored.diff import compare_documents
    from convcheck.reports.tables.glyphs import Glyphs

    difference = compare_documents(document_in(old), document_in(new))
    with writing("standard output"):
        stream = standard_output()
        stream.write(Glyphs(stream.encoding).fit(changes_text(difference)))
        stream.flush()
    return Exit.FAILED if difference.worse else Exit.PASSED
