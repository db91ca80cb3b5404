"""The JSON reports that a command is given to read."""

from __future__ import annotations

from pathlib import Path

import click

from convcheck.reports.stored.document import Document, read_document


def document_in(file: str) -> Document:
    """The report in a file. Raises click.UsageError, with the reason, where it cannot be read or is no report."""
    try:
        return read_document(Path(file).read_text("utf-8"), file)
    except OSError as error:
        raise click.UsageError(f"cannot read {file!r}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file!r} is not a report of convcheck: it is not UTF-8") from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error
