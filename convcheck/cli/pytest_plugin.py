"""`pytest --convcheck configs/`: each check of the spec files is a test; of suites, with `--convcheck-impl layers.py`.

pytest imports this module whenever convcheck is installed, and most people who run pytest did not ask for it: nothing
is imported here that Python or pytest has not imported already.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Called by pytest: add --convcheck, --convcheck-trust and --convcheck-impl."""
    group = parser.getgroup("convcheck", "verified gradients (convcheck)")
    group.addoption(
        "--convcheck",
        action="store_true",
        help="collect the checks of convcheck's spec files, *.yaml and *.yml, as tests",
    )
    group.addoption(
        "--convcheck-trust",
        action="store_true",
        help="with --convcheck: run code that a spec names (implementation: {file: layers.py})",
    )
    group.addoption(
        "--convcheck-impl",
        metavar="FILE.py[:NAMES]",
        help="check the layers in this file: by their suites, each check of which is a test; with --convcheck, by "
        "the spec files",
    )


def _is_wanted(config: pytest.Config) -> bool:
    return bool(config.getoption("convcheck") or config.getoption("convcheck_impl"))


def pytest_configure(config: pytest.Config) -> None:
    """Called by pytest: where an option asks for it, read the configuration.

    Raises pytest.UsageError for every mistake in it.
    """
    if _is_wanted(config):
        from convcheck.cli.pytest_configuration import CONFIGURATION, Configuration

        config.stash[CONFIGURATION] = Configuration(config)


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Called by pytest: add the checks of suites, and leave those that are selected.

    Raises pytest.UsageError where there are none, or none is selected.
    """
    if _is_wanted(config):
        from convcheck.cli.pytest_items import select_items, suite_items

        if not config.getoption("convcheck"):
            items += suite_items(session)
        select_items(config, items)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Called by pytest: what is shown under the number of items. A warning would fail where warnings are errors."""
    if not _is_wanted(config):
        return []
    from convcheck.cli.pytest_configuration import CONFIGURATION

    return list(config.stash[CONFIGURATION].remarks.values())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Called by pytest: what is concluded of the checks that failed, above the short summary."""
    if not _is_wanted(config):
        return
    from convcheck.cli.pytest_configuration import CONFIGURATION
    from convcheck.cli.pytest_items import conclusions_text, not_checked_text

    if text := conclusions_text(config.stash[CONFIGURATION]):
        terminalreporter.section("conclusions")
        terminalreporter.write(text)
    terminalreporter.write(not_checked_text(config.stash[CONFIGURATION]))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The collector of a spec file, where --convcheck asks for them; None for every other file."""
    if not parent.config.getoption("convcheck"):
        return None
    from convcheck.cli.options.specs import SPEC_SUFFIXES

    if file_path.suffix not in SPEC_SUFFIXES:
        return None
    from convcheck.cli.pytest_items import SpecFile

    return SpecFile.from_parent(parent, path=file_path)
