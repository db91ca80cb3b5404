"""The spec files and checks of `pytest --convcheck`, as pytest calls and runs them."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from convcheck.checking.check import run_check
from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.cli.actions.messages import say_printed
from convcheck.cli.actions.plan import plan_jobs
from convcheck.cli.actions.repeat import repeat_command
from convcheck.cli.actions.workers import Workers
from convcheck.cli.streams import width_of
from convcheck.layers.catalogue import FORMS
from convcheck.reports.tables.block import print_block
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.words import reason
from convcheck.spec.check import Check
from convcheck.spec.ids import file_part
from convcheck.spec.reader import read_file

# One worker for the code that specs name, for the whole session of pytest.
WORKERS: pytest.StashKey[Workers] = pytest.StashKey()


class SpecFile(pytest.File):
    """One spec file."""

    def collect(self) -> Iterator[CheckItem]:
        """Its checks in their order. Raises CollectError, with every mistake, where it is not valid."""
        name = relative_name(self.path, self.config)
        reading = read_file(name, FORMS)
        if reading.errors:
            raise self.CollectError("\n".join(error.text() for error in reading.errors))
        for check in reading.checks:
            # pytest puts the file before the `::` itself.
            short = check.id.removeprefix(f"{file_part(name)}::")
            yield CheckItem.from_parent(self, name=short, check=check)


class CheckItem(pytest.Item):
    """One check."""

    def __init__(self, *, check: Check, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.check = check

    def runtest(self) -> None:
        """Run it. Raises pytest's exceptions: failed, with the block that the command prints, or skipped."""
        trust = self.config.getoption("convcheck_trust")
        workers = workers_of(self.config)
        plan = plan_jobs([self.check], None, workers, trust=trust, stubs=True)
        hint = "" if trust else " (--trust is --convcheck-trust here)"
        if plan.errors:
            pytest.fail("\n".join(f"{error.message}{hint}" for error in plan.errors), pytrace=False)
        if not plan.jobs:
            pytest.skip(f"nothing to run it with: {self.check.manner.implementation}")
        results = []
        for job in plan.jobs:
            if job.source is None or job.found is None:
                results.append(run_check(job.check, Settings()))
                continue
            ran = workers.run(job.check, job.source, job.found, Settings())
            say_printed(ran)
            results.append(ran.result)
        if failed := [one for one in results if one.status not in ("pass", "skipped")]:
            pytest.fail("\n".join(_block(one, {"--trust": True} if trust else {}) for one in failed), pytrace=False)
        if all(one.status == "skipped" for one in results):
            pytest.skip(reason(results[0]))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Its file, its line from 0, and a headline that is not the id, which pytest would split at its dots."""
        return self.path, self.check.line - 1, f"convcheck {self.check.id}"


def relative_name(path: Path, config: pytest.Config) -> str:
    """The file as it would be named on the command line, from where pytest was called."""
    return os.path.relpath(path, config.invocation_params.dir)


def workers_of(config: pytest.Config) -> Workers:
    """The workers of this session of pytest. A process is started for the first check of code that a spec names."""
    if WORKERS not in config.stash:
        config.stash[WORKERS] = Workers().__enter__()
        config.add_cleanup(lambda: config.stash[WORKERS].__exit__(None, None, None))
    return config.stash[WORKERS]


def _block(result: Result, trust: Mapping[str, bool]) -> str:
    # In the characters that the screen has: pytest's own stream stands in for it while a test runs.
    encoding = getattr(sys.__stdout__, "encoding", None) or "ascii"
    text = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", newline="\n")
    page = Page(text, colour=False, width=width_of(text))
    print_block(page, result, verbose=False)
    page.line(repeat_command(result, trust), indent=2)
    page.flush()
    text.seek(0)
    return text.read()
