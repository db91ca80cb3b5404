"""What a machine says that would not give the results of this one."""

import os
import platform
from pathlib import Path

import numpy as np
import pytest

from convcheck._version import __version__
from convcheck.implementations.source import Survey
from convcheck.running.cluster.compatibility import (
    digest,
    incompatible_files,
    incompatible_import,
    incompatible_versions,
    remote_settings,
    versions,
)
from convcheck.running.job import Job
from tests.running.code import FOUND, GOOD, SETTINGS, source


def test_versions_are_of_what_decides_the_last_bit() -> None:
    python = ".".join(platform.python_version_tuple()[:2])
    assert versions() == {"convcheck": __version__, "numpy": np.__version__, "Python": python}
    assert incompatible_versions(versions()) is None


def test_only_the_versions_that_differ_are_named() -> None:
    incompatible = incompatible_versions({**versions(), "numpy": "1.0", "blas": "3"})
    assert incompatible is not None
    assert f"has numpy {np.__version__}, blas ?, and numpy 1.0, blas 3 is expected" in incompatible.text


def test_files_are_compared_by_what_is_in_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = source(tmp_path)
    remote = remote_settings([Job(GOOD), Job(GOOD, code, FOUND)], SETTINGS, SETTINGS, 5.0)
    assert remote.digests == {code.place: digest(code.place)}
    assert remote.folder == os.getcwd()
    assert incompatible_files(remote) is None
    Path(code.place).write_text("another")
    incompatible = incompatible_files(remote)
    assert incompatible is not None
    assert f"sees another {code.place}" in incompatible.text


def test_what_can_be_imported_here_alone_is_a_matter_of_the_machine(tmp_path: Path) -> None:
    code = source(tmp_path)
    assert incompatible_import(code, FOUND, Survey((FOUND,))) is None
    incompatible = incompatible_import(code, FOUND, Survey((), problem="no module named torch"))
    assert incompatible is not None
    assert incompatible.text.endswith("which can be opened here: no module named torch")
