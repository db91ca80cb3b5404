"""Two runs at once, with several workers or none, in one folder and with one file to write: it is that of one."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from convcheck.cli.actions.last_failed import CACHE_FILE, CACHE_FOLDER, last_failed
from tests.cli.conftest import WRONG
from tests.cli.eager import RUNS, gone, start

FIRST, SECOND = 40, 41


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of two specs, each with many checks that pass and one that does not."""
    for name, number in (("first", FIRST), ("second", SECOND)):
        shapes = ", ".join(f"[{n}]" for n in range(2, number + 1))
        matrix = f"---\nlayer: relu\nmatrix: {{shape: [{shapes}]}}\n"
        (tmp_path / f"{name}.yaml").write_text(f"name: wrong\n{WRONG}{matrix}")
    return tmp_path


class Reader:
    """Reads a file over and over, as somebody might in the middle of a run."""

    def __init__(self, file: Path) -> None:
        self.found: set[str] = set()
        self._file = file
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._over.wait(0.001):
            self.found.add(self._file.read_text())


def both(runs: RUNS, folder: Path, *arguments: tuple[object, ...]) -> list[tuple[int, str]]:
    """Exit code and standard error of each; standard output has nothing to say."""
    running = [start(runs, folder, *each) for each in arguments]
    said = [one.communicate(timeout=100) for one in running]
    assert [out for out, _ in said] == [""] * len(said)
    assert all(gone(one) for one in running)
    return [(one.returncode, err) for one, (_, err) in zip(running, said, strict=True)]


def checks(text: str) -> list[str]:
    document: Any = json.loads(text)
    return [check["id"] for check in document["checks"]]


def test_every_file_is_whole_and_no_failure_is_lost(runs: RUNS, folder: Path) -> None:
    (folder / "out.json").write_text('{"checks": []}')
    outputs = ("-j", 2, "-o", "out.json", "-o", "out.xml")
    with Reader(folder / "out.json") as reader:
        ended = both(runs, folder, ("first.yaml", *outputs), ("second.yaml", *outputs))
    where = "the reports are in out.json and out.xml"
    assert ended == [
        (1, f"convcheck: {number} checks: {number - 1} pass, 1 fail; {where}\n") for number in (FIRST, SECOND)
    ]
    # The old one, one or the other; never a part of one.
    assert {len(checks(text)) for text in reader.found} <= {0, FIRST, SECOND}
    found = checks((folder / "out.json").read_text())
    assert len(found) in (FIRST, SECOND)
    assert len({each.partition("::")[0] for each in found}) == 1
    assert ElementTree.parse(folder / "out.xml").getroot().get("tests") in (str(FIRST), str(SECOND))
    assert last_failed(folder / CACHE_FOLDER) == {"first.yaml::wrong", "second.yaml::wrong"}
    assert sorted(path.name for path in folder.iterdir()) == [
        ".convcheck_cache", "first.yaml", "out.json", "out.xml", "second.yaml",
    ]  # fmt: skip
    assert sorted(path.name for path in (folder / CACHE_FOLDER).iterdir()) == [".gitignore", "CACHEDIR.TAG", CACHE_FILE]


def test_what_failed_last_time_is_run_by_both_and_mended_by_one(runs: RUNS, folder: Path) -> None:
    both(runs, folder, ("first.yaml", "second.yaml", "-o", "out.jsonl"))
    assert last_failed(folder / CACHE_FOLDER) == {"first.yaml::wrong", "second.yaml::wrong"}
    again = (".", "--lf", "-q", "-o", "out.json")
    assert both(runs, folder, again, again) == [(1, ""), (1, "")]
    assert checks((folder / "out.json").read_text()) == ["first.yaml::wrong", "second.yaml::wrong"]
    text = (folder / "first.yaml").read_text()
    (folder / "first.yaml").write_text(text.replace("implementation: reshape_without_swap\n", ""))
    mended = ("first.yaml", "--lf", "-q", "-o", "out.json")
    other = ("second.yaml", "--lf", "-q", "-o", "out.json")
    assert both(runs, folder, mended, other) == [(0, ""), (1, "")]
    assert last_failed(folder / CACHE_FOLDER) == {"second.yaml::wrong"}
