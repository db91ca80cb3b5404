"""How `pytest --convcheck` runs its checks: as `convcheck run` does, with the same variables and files, by its code."""

from __future__ import annotations

import click
import pytest

from convcheck.checking.result import Result
from convcheck.cli.actions.repeat import repeat_command, repeated_options
from convcheck.cli.actions.run import replaced_fields, workers_of
from convcheck.cli.actions.select import no_match, restrict, select
from convcheck.cli.commands.run import command
from convcheck.implementations.source import NotChecked
from convcheck.spec.check import Check


class Configuration:
    """The options of `convcheck run` for one session of pytest, and what follows from them.

    Where reports go, how many workers there are and when to stop are pytest's business: those options are not used.
    Raises pytest.UsageError for every mistake.
    """

    def __init__(self, config: pytest.Config) -> None:
        arguments = ["--trust"] if config.getoption("convcheck_trust") else []
        named = config.getoption("convcheck_impl")
        arguments += ["--impl", named] if named else []
        # What is named is checked by the suites of its layers where no specs are asked for.
        self.suites = bool(named) and not config.getoption("convcheck")
        try:
            self.context = command.make_context("run", arguments)
            self.options = self.context.params
            self.source, overrides = replaced_fields(self.options)
        except click.UsageError as error:
            raise pytest.UsageError(f"convcheck: {error.format_message()}") from error
        self.overrides = {name: value for name, value in overrides.items() if value is not None}
        # A process is started for the first check of code of somebody's own, and serves them all.
        self.workers = workers_of(self.options)
        config.add_cleanup(lambda: self.workers.__exit__(None, None, None))
        # What there is to say of specs that are right, once for all of them, and where it stands first.
        self.remarks: dict[str, str] = {}
        # What came of the checks in this process, for the conclusions.
        self.results: list[Result] = []
        # What the code that is named holds beside what is checked.
        self.not_checked: list[NotChecked] = []

    def repeat(self, result: Result) -> str:
        """The command that runs a check again."""
        given = repeated_options(self.context)
        if self.source is not None:
            given["--impl"] = result.implementation
        return repeat_command(result, given, suite=self.suites)

    def selected(self, checks: list[Check]) -> list[Check]:
        """Those that -k, --lf and --shard leave. Raises pytest.UsageError for a -k that matches none."""
        found, unmatched = select(checks, self.options["keys"])
        if checks and unmatched:
            raise pytest.UsageError("\n".join(f"convcheck: {no_match(key, checks)}" for key in unmatched))
        return list(restrict(found, self.options["shard"], last_failed=self.options["last_failed"]))


CONFIGURATION: pytest.StashKey[Configuration] = pytest.StashKey()
