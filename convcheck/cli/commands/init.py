"""`convcheck init`: a spec to start from, or an adapter."""

from __future__ import annotations

import click

from convcheck.cli.options.complete import complete_files, complete_layers
from convcheck.cli.session import debug_option

EXIT_CODES = """\
\b
Exit codes:
    0  it is written
    2  wrong usage, code that cannot be opened, or FILE exists
"""


@click.command("init", short_help="Write a spec to start from, or an adapter for code of your own.", epilog=EXIT_CODES)
@click.argument("layer", required=False, shell_complete=complete_layers)
@click.option(
    "--impl",
    "implementation",
    metavar="SOURCE",
    shell_complete=complete_files,
    help="Write an adapter for what is in FILE.py or a module.",
)
@click.option(
    "-o", "--output", metavar="FILE", shell_complete=complete_files, help="Write to FILE, which must not exist yet."
)
@click.option(
    "--schema",
    metavar="FILE",
    shell_complete=complete_files,
    help="Where editors find the schema: a file that `convcheck schema -o FILE` wrote, or its address.  "
    "[default: convcheck.schema.json, beside the spec or in a folder above it]",
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@debug_option
def command(layer: str | None, implementation: str | None, output: str | None, schema: str | None, force: bool) -> None:
    """Write a spec with every field explained, ready to run. LAYER is conv unless said otherwise.

    Editors with the YAML language server complete and check it, once `convcheck schema -o convcheck.schema.json` has
    written the schema for all specs in that folder and below.

    With --impl, write the first adapter for code that is not called as convcheck would guess: ten lines of Python that
    call it, to be edited and then named with --impl in its place.

    \b
    Examples:
      convcheck init conv -o conv.yaml
      convcheck init batchnorm | convcheck run -
      convcheck init conv --impl cnn.py:Conv -o cnn_adapter.py
    """
    from convcheck.cli.actions.init import adapter_text, spec_text
    from convcheck.cli.options.impl import files_of, source_of
    from convcheck.cli.write_file import refuse_existing, require_other_files, write_new

    if implementation is not None:
        # Before code is imported, which may take a while.
        refuse_existing(output, force)
        require_other_files([output], lambda: files_of(source_of(implementation)))
        text = adapter_text(implementation, layer, output, schema)
    else:
        text = spec_text(layer, output, schema)
    write_new(text, output, force)
