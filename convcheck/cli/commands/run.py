"""`convcheck run`: check what the specs say."""

from __future__ import annotations

from typing import Any

import click

from convcheck.cli.config.command import ConfigurableCommand
from convcheck.cli.exits import MEANINGS
from convcheck.cli.options.complete import complete_files
from convcheck.cli.options.impl import (
    files_of,
    implementation_of,
    input_option,
    layer_option,
    require_code_alone,
    setting_option,
    source_of,
)
from convcheck.cli.options.number import bounded_number
from convcheck.cli.options.output import FormatOrFile, resolve_outputs
from convcheck.cli.options.run import batch_options
from convcheck.cli.options.selection import colour_option, require_specs, selection_options
from convcheck.cli.session import debug_option
from convcheck.cli.startup import gc_paused
from convcheck.reports.formats import FORMATS

EXIT_CODES = "\n".join(f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())


@click.command("run", cls=ConfigurableCommand, epilog=f"\b\nExit codes:\n{EXIT_CODES}")
@selection_options("[SPEC]...")
@batch_options
@layer_option
@input_option
@setting_option
@click.option(
    "--budget",
    callback=bounded_number(),
    metavar="SECONDS",
    help="What one check may take; what does not fit is left out, and said.  [default: 60]",
)
@click.option(
    "--timeout",
    callback=bounded_number(0.1, 1e6),
    metavar="SECONDS",
    help="What one check of code of your own may take before it is stopped.  [default: 60]",
)
@click.option("--no-isolation", is_flag=True, help="Run such code in this process, for a debugger: no time limit.")
@click.option("--no-stubs", is_flag=True, help="No empty modules in the place of those that such code cannot import.")
@click.option("--trust", is_flag=True, help="Run code that a spec names (implementation: {file: layers.py}).")
@click.option(
    "--list-impl",
    metavar="SOURCE",
    shell_complete=complete_files,
    help="Show what can be checked in FILE.py or a module, and how it is called.",
)
@click.option(
    "--format",
    "form",
    type=FormatOrFile(file=False),
    multiple=True,
    metavar="NAME",
    help=f"{', '.join(FORMATS)}; NAME=FILE is as with -o.  [default: table]",
)
@click.option(
    "-o",
    "--output",
    type=FormatOrFile(file=True),
    multiple=True,
    metavar="[NAME=]FILE",
    help="Write a report to FILE in the format of its suffix, or of --format, in place of standard output; with NAME= "
    "in that format, beside it. Repeatable. A file is the old one or the whole new one.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only what does not pass (the JSON is always whole).")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also maps of what is wrong, the worst twenty entries, and what such code prints.",
)
@colour_option
@debug_option
@click.pass_context
def command(context: click.Context, /, specs: tuple[str, ...], **options: Any) -> int:
    """Check gradients as the specs say.

    SPEC is a file, a folder (searched for *.yaml and *.yml), a quoted glob ('configs/**/*.yaml'), or - for standard
    input. Where --impl names code of your own none is needed: what is found in it runs through a built-in suite.
    The report goes to standard output, everything else to standard error.

    \b
    Examples:
      convcheck run configs/conv.yaml
      convcheck run --impl layers.py
      convcheck run --impl vectorized --dtype float32 -- configs/*.yaml
      convcheck run conv.yaml -k 'conv[stride=2]' -v
      convcheck run configs/ -j auto --maxfail 10
      convcheck run 'configs/*.yaml' -o report.json
      convcheck run --impl layers.py -o html=report.html
      convcheck run configs/ --format github -o junit=report.xml -o markdown=summary.md
    """
    options["outputs"] = resolve_outputs(options.pop("form"), options.pop("output"))
    if options["list_impl"] is not None:
        return _list_impl(context, specs, options)
    source = source_of(options["implementation"])
    require_code_alone(context, specs, source)
    if source is None or "" in specs:
        if not specs:
            # A word that names nothing was meant for a file more often than not.
            implementation_of(options["implementation"], source)
        require_specs(context, specs)
    # NumPy, the layers and the YAML reader come with this import, and with no other.
    with gc_paused():
        from convcheck.cli.actions.run import run_checks

    return run_checks(context, specs, **options)


def _list_impl(context: click.Context, specs: tuple[str, ...], options: dict[str, Any]) -> int:
    source = source_of(options["list_impl"], option="--list-impl")
    if source is None:
        raise click.BadParameter(
            f"expected FILE.py or package.module, received {options['list_impl']!r}; those that are built in: "
            "`convcheck layers LAYER`",
            param_hint="'--list-impl'",
        )
    if specs or options["implementation"] is not None:
        raise click.UsageError("--list-impl shows one source: leave SPEC and --impl out", context)
    if len(options["outputs"]) > 1:
        raise click.UsageError("--list-impl writes to one place", context)
    if (form := options["outputs"][0].form) not in ("table", "json"):
        raise click.UsageError(f"--list-impl writes a table or json, and no {form}", context)
    from convcheck.cli.actions.list_impl import list_implementations
    from convcheck.cli.write_file import require_other_files

    require_other_files([output.file for output in options["outputs"]], lambda: files_of(source))

    return list_implementations(source, options)
