"""`pytest --convcheck configs/`: each check of the spec files is a test.

pytest imports this module whenever convcheck is installed, and most people who run pytest did not ask for it: nothing
is imported here that Python or pytest has not imported already.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Called by pytest: add --convcheck and --convcheck-trust."""
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


def pytest_configure(config: pytest.Config) -> None:
    """Called by pytest: where --convcheck asks for it, read the configuration.

    Raises pytest.UsageError for every mistake in it.
    """
    if config.getoption("convcheck"):
        from convcheck.cli.pytest_configuration import CONFIGURATION, Configuration

        config.stash[CONFIGURATION] = Configuration(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Called by pytest: leave the checks that are selected. Raises pytest.UsageError where none is."""
    if config.getoption("convcheck"):
        from convcheck.cli.pytest_items import select_items

        select_items(config, items)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Called by pytest: what is shown under the number of items. A warning would fail where warnings are errors."""
    if not config.getoption("convcheck"):
        return []
    from convcheck.cli.pytest_configuration import CONFIGURATION

    return list(config.stash[CONFIGURATION].remarks.values())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Called by pytest: what is concluded of the checks that failed, above the short summary."""
    if not config.getoption("convcheck"):
        return
    from convcheck.cli.pytest_configuration import CONFIGURATION
    from convcheck.cli.pytest_items import conclusions_text

    if text := conclusions_text(config.stash[CONFIGURATION]):
        terminalreporter.section("conclusions")
        terminalreporter.write(text)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The collector of a spec file, where --convcheck asks for them; None for every other file."""
    if not parent.config.getoption("convcheck"):
        return None
    from convcheck.cli.options.specs import SPEC_SUFFIXES

    if file_path.suffix not in SPEC_SUFFIXES:
        return None
    from convcheck.cli.pytest_items import SpecFile

    return SpecFile.from_parent(parent, path=file_path)
