"""The spec files, suites and checks of the plugin for pytest, as pytest calls and runs them."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from convcheck.checking.check import run_check
from convcheck.checking.result import Result, without_maps
from convcheck.cli.actions.messages import say_printed
from convcheck.cli.actions.plan import plan_jobs
from convcheck.cli.actions.run import select_and_plan, settings_of
from convcheck.cli.pytest_configuration import CONFIGURATION, Configuration
from convcheck.cli.streams import width_of
from convcheck.diagnosis.conclude import conclude
from convcheck.layers.catalogue import FORMS
from convcheck.reports.headline import headline
from convcheck.reports.tables.block import print_block
from convcheck.reports.tables.conclusions import print_conclusions
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.summary import print_not_checked
from convcheck.reports.wording.conclusions import in_one_line
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.words import reason
from convcheck.running.job import Job
from convcheck.spec.check import Check
from convcheck.spec.ids import file_part
from convcheck.spec.overrides import override
from convcheck.spec.reader import read_file


def select_items(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take from the items the checks that are not selected, and tell pytest of them."""
    checks = [item.check for item in items if isinstance(item, CheckItem)]
    selected = set(map(id, config.stash[CONFIGURATION].selected(checks)))
    left_out = [item for item in items if isinstance(item, CheckItem) and id(item.check) not in selected]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def suite_items(session: pytest.Session) -> list[pytest.Item]:
    """The checks of the suites for what is in the code that is named, one after the other.

    Raises pytest.UsageError where nothing in it can be checked.
    """
    configuration = session.config.stash[CONFIGURATION]
    source = configuration.source
    if source is None:
        raise pytest.UsageError("convcheck: --convcheck-impl: expected FILE.py or FILE.py:NAMES: code of your own")
    # Which of them run is said once, by what selects among all that pytest has collected.
    options = {**configuration.options, "keys": (), "shard": None, "last_failed": False}
    with redirect_stderr(io.StringIO()) as said:
        _, plan = select_and_plan((), options, source, configuration.overrides, configuration.workers)
    if plan.errors:
        raise pytest.UsageError(said.getvalue().strip())
    configuration.not_checked += plan.not_checked
    place = Path(source.place if source.is_file else session.startpath)
    file: pytest.File = CodeFile.from_parent(session, path=place.absolute())
    items: list[pytest.Item] = []
    for job in plan.jobs:
        assert job.found is not None
        name = f"{','.join(job.found.names)}::{job.check.id.rpartition('::')[2]}"
        items.append(CheckItem.from_parent(file, name=name, check=job.check, problem="", job=job))
    return items


class CodeFile(pytest.File):
    """A file of code that is named: its checks are those of suites."""

    def collect(self) -> Iterator[pytest.Item]:
        """Nothing that is not known already."""
        return iter(())


class SpecFile(pytest.File):
    """One spec file."""

    def collect(self) -> Iterator[CheckItem]:
        """Its checks in their order. Raises CollectError, with every mistake, where it is not valid."""
        name = relative_name(self.path, self.config)
        configuration = self.config.stash[CONFIGURATION]
        limit = configuration.options["max_memory"]
        reading = read_file(name, FORMS, max_memory=limit)
        if reading.errors:
            raise self.CollectError("\n".join(error.text() for error in reading.errors))
        for remark in reading.remarks:
            configuration.remarks.setdefault(remark.message, remark.headline())
        for check in reading.checks:
            # pytest puts the file before the `::` itself.
            short = check.id.removeprefix(f"{file_part(name)}::")
            try:
                changed, problem = override(check, FORMS, max_memory=limit, **configuration.overrides), ""
            except ValueError as error:
                changed, problem = check, str(error)
            yield CheckItem.from_parent(self, name=short, check=changed, problem=problem)


class CheckItem(pytest.Item):
    """One check. `problem`: why the options do not fit it, if they do not. `job`: its code, where it is of a suite."""

    def __init__(self, *, check: Check, problem: str, job: Job | None = None, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.check = check
        self.problem = problem
        self.job = job

    def runtest(self) -> None:
        """Run it. Raises pytest's exceptions: failed, with the block that the command prints, or skipped."""
        if self.problem:
            pytest.fail(self.problem, pytrace=False)
        configuration = self.config.stash[CONFIGURATION]
        options, workers = configuration.options, configuration.workers
        settings = settings_of(options, suite=self.job is not None)
        results: list[Result] = []
        for job in self._jobs(configuration) if self.job is None else [self.job]:
            if job.source is None or job.found is None:
                results.append(run_check(job.check, settings))
                continue
            ran = workers.run(job.check, job.source, job.found, settings)
            say_printed(ran)
            results.append(ran.result)
        configuration.results += map(without_maps, results)
        if failed := [one for one in results if one.status not in ("pass", "skipped")]:
            pytest.fail("\n".join(_block(one, configuration) for one in failed), pytrace=False)
        if all(one.status == "skipped" for one in results):
            pytest.skip(reason(results[0]))

    def _jobs(self, configuration: Configuration) -> list[Job]:
        """What it is run with. Raises pytest's exceptions: failed where there is nothing, or skipped."""
        options, workers, source = configuration.options, configuration.workers, configuration.source
        layers = [] if source is None else [one.layer for one in workers.survey(source).found]
        if source is not None and layers and self.check.layer not in layers:
            pytest.skip(f"nothing in {source.text()} for {self.check.layer}")
        trust = options["trust"]
        plan = plan_jobs([self.check], source, workers, trust=trust, stubs=not options["no_stubs"])
        hint = "" if trust else " (--trust is --convcheck-trust here)"
        if plan.errors:
            pytest.fail("\n".join(f"{error.message}{hint}" for error in plan.errors), pytrace=False)
        if not plan.jobs:
            pytest.skip(f"nothing to run it with: {self.check.manner.implementation}")
        return plan.jobs

    def reportinfo(self) -> tuple[Path, int, str]:
        """Its file, its line from 0, and a headline that is not the id, which pytest would split at its dots."""
        line = self.check.line if self.job is None or self.job.found is None else self.job.found.line
        return self.path, line - 1, f"convcheck {self.check.id}"


def relative_name(path: Path, config: pytest.Config) -> str:
    """The file as it would be named on the command line, from where pytest was called."""
    return os.path.relpath(path, config.invocation_params.dir)


def conclusions_text(configuration: Configuration) -> str:
    """What is concluded of all checks that were run; empty where nothing failed."""
    page, text = _page()
    print_conclusions(page, conclude(configuration.results, configuration.repeat))
    return text()


def not_checked_text(configuration: Configuration) -> str:
    """What was seen in the code that is named and is not checked; empty where there is nothing."""
    page, text = _page()
    print_not_checked(page, configuration.not_checked)
    return text()


def _page() -> tuple[Page, Callable[[], str]]:
    """A page, and what gives all that was written on it."""
    # In the characters that the screen has: pytest's own stream stands in for it while a test runs.
    encoding = getattr(sys.__stdout__, "encoding", None) or "ascii"
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", newline="\n")
    page = Page(stream, colour=False, width=width_of(stream))

    def text() -> str:
        page.flush()
        stream.seek(0)
        return stream.read()

    return page, text


def _block(result: Result, configuration: Configuration) -> str:
    page, text = _page()
    # Its short summary shows the first line alone.
    concluded = [in_one_line(conclusion) for conclusion in conclude([result], configuration.repeat)]
    page.line(shown(concluded[0]) if concluded and concluded[0] else headline(result))
    print_block(page, result, verbose=False)
    page.line(configuration.repeat(result), indent=2)
    return text()
