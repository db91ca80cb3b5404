"""The JSON reports that a command is given to read."""

from __future__ import annotations

import click

from convcheck.reports.stored.document import Document, read_document
from convcheck.spec.regular_file import open_regular


def document_in(file: str) -> Document:
    """The report in a file. Raises click.UsageError, with the reason, where it cannot be read or is no report."""
    try:
        with open_regular(file, pipes=True) as stream:
            return read_document(stream.read().decode("utf-8"), file)
    except OSError as error:
        raise click.UsageError(f"cannot read {file!r}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file!r} is not a report of convcheck: it is not UTF-8") from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error
