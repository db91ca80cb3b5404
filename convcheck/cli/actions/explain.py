"""What `convcheck explain` does: opens one check and maybe somebody's code, and prints or writes the explanation."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout

import click
import numpy as np

from convcheck.checking.run_source import opened
from convcheck.cli.actions.gather import gather
from convcheck.cli.actions.plan import source_in_spec
from convcheck.cli.exits import Exit, exit_code
from convcheck.cli.options.impl import implementation_of, source_of
from convcheck.cli.streams import say, standard_output, wants_colour, width_of, writing
from convcheck.cli.write_file import refuse_existing, write_new
from convcheck.explain.blocks import Explanation
from convcheck.explain.entry import parse_entry
from convcheck.explain.explanation import explanation
from convcheck.explain.subject import Explained
from convcheck.implementations.errors.declined import CannotOpen, NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.loading.load import load_source
from convcheck.implementations.open import found_in
from convcheck.implementations.pair import Binding, built_in_pair
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import LAYERS, OPEN
from convcheck.layers.layer import Layer
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import shown
from convcheck.running.worker.restore_state import restored_state
from convcheck.spec.check import Check, NamedCode
from convcheck.spec.memory import DEFAULT_LIMIT
from convcheck.spec.showing import count, listed

FORMS = (".html", ".htm", ".svg")
# Ids of checks that a message names.
MOST_IDS = 5


def explain(
    spec: str,
    key: str | None,
    at: str | None,
    entries: Sequence[str],
    implementation: str | None,
    output: str | None,
    *,
    trust: bool,
    force: bool,
    colour: str,
) -> Exit:
    """Print it, or write it to a file, and return the exit code.

    Raises click.UsageError for what is wrong with the options, and CannotWrite where it cannot be written.
    """
    if output is not None and not output.endswith(FORMS):
        raise click.BadParameter(f"expected FILE.html or FILE.svg, received {output!r}", param_hint="'-o'")
    refuse_existing(output, force)
    source = source_of(implementation)
    name = implementation_of(implementation, source)
    selection = gather((spec,), (key,) if key else (), DEFAULT_LIMIT, {"implementation": None if source else name})
    if not selection.checks:
        return exit_code(all_passed=True, checks=0, invalid=selection.invalid, interrupted=False, fault=False)
    check = _one(selection.checks, spec)
    if check.layer in OPEN:
        raise click.UsageError(f"{check.id}: a {check.layer} is code of no layer: there is no equation to show")
    if source is None:
        source = _named_in_spec(check, trust=trust)
    with restored_state(), redirect_stdout(sys.stderr), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = _explanation(check, source, at, entries)
        except CannotOpen as error:
            say(f"convcheck: {shown(error)}")
            return Exit.USAGE
        except (Raised, NotWritten) as error:
            said = error.sentence() if isinstance(error, Raised) else str(error)
            say(f"convcheck: {shown(implementation or check.id)}: {shown(said)}")
            return Exit.FAILED
    _show(found, output, colour, force=force)
    return Exit.PASSED


def _one(checks: Sequence[Check], spec: str) -> Check:
    """The one check there is. Raises click.UsageError where there are several, with the ids of some."""
    if len(checks) == 1:
        return checks[0]
    ids = "".join(f"\n  {shown(check.id)}" for check in checks[:MOST_IDS])
    more = f"\n  and {len(checks) - MOST_IDS} more" if len(checks) > MOST_IDS else ""
    raise click.UsageError(f"{spec} has {len(checks)} checks: name one with -k{ids}{more}")


def _explanation(check: Check, source: Source | None, at: str | None, entries: Sequence[str]) -> Explanation:
    explained = Explained(check, *_opened(check, source))
    try:
        asked = [parse_entry(text, explained) for text in entries]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--entry'") from error
    return explanation(explained, None if at is None else _place(at, explained), asked)


def _opened(check: Check, source: Source | None) -> tuple[Layer, Binding | None]:
    """The layer, and what is looked at beside its reference: code that is named, or another variant that was asked for.

    Of a layer with an input that the code does without, what is left. Raises CannotOpen.
    """
    layer = LAYERS[check.layer]
    if source is None:
        name = check.manner.implementation
        if isinstance(name, NamedCode) or name in (layer.reference, layer.default):
            return layer, None
        variant = layer.variants[check.manner.variant]
        return layer, lambda params: built_in_pair(check.manner.variant, variant, params)
    loaded = load_source(source)
    found, _ = found_in(loaded, source, (check.layer,))
    if not found:
        text = source.text()
        raise CannotOpen(f"nothing in {text} for {check.layer}: `convcheck run --list-impl {text}` shows what is there")
    first, *others = found
    if others:
        named = listed(tuple(source.text(one.names) for one in others))
        say(
            f"convcheck: of {count(len(found), 'implementation')} of {check.layer} in {shown(source.text())} this is "
            f"{shown(','.join(first.names))}\n    hint: for another name it, --impl {shown(named)}"
        )
    return opened(check, loaded, first)


def _named_in_spec(check: Check, *, trust: bool) -> Source | None:
    """The code that the spec of a check names, if it may run; None where it names none. Else it is said."""
    code = check.manner.implementation
    if not isinstance(code, NamedCode):
        return None
    source = source_in_spec(check.file, code, stubs=True)
    if trust:
        return source
    place = shown(source.place)
    say(
        f"convcheck: {shown(check.id)} names code, {place}, and that runs only with --trust: this is the layer alone\n"
        f"    hint: look at {place} first; where it may run, add --trust"
    )
    return None


def _place(text: str, explained: Explained) -> tuple[int, ...]:
    """The index of an output that somebody wrote; what is left out at its beginning is 0.

    Raises click.BadParameter for what is none.
    """
    shape = explained.facts.output
    numbers = re.fullmatch(r"\s*\d+(?:[\s,]+\d+)*\s*", text)
    index = tuple(map(int, re.findall(r"\d+", text))) if numbers else ()
    index = (0,) * (len(shape) - len(index)) + index
    if numbers is None or len(index) != len(shape) or any(i >= n for i, n in zip(index, shape, strict=True)):
        largest = ",".join(str(n - 1) for n in shape)
        raise click.BadParameter(f"expected an index up to {largest}, received {text!r}", param_hint="'--at'")
    return index


def _show(found: Explanation, output: str | None, colour: str, *, force: bool) -> None:
    if output is None:
        from convcheck.reports.explained.text import print_explanation

        stream = standard_output()
        with writing("standard output"):
            print_explanation(Page(stream, colour=wants_colour(colour, stream), width=width_of(stream)), found)
        return
    from convcheck.reports.explained.page import explanation_html
    from convcheck.reports.explained.svg import explanation_svg, has_pictures

    if output.endswith(".svg") and not has_pictures(found):
        raise click.UsageError("there is no picture in this explanation: it is all text; write a page, -o FILE.html")
    write_new(explanation_svg(found) if output.endswith(".svg") else explanation_html(found), output, force)
