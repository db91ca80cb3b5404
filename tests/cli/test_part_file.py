"""What a run that was killed has left is cleared by the next one that writes there; what is being written is not."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from convcheck.cli import part_file
from convcheck.cli.actions.last_failed import CACHE_FOLDER, last_failed, update_last_failed
from convcheck.cli.part_file import PartFile
from tests.cli.calling import process
from tests.cli.conftest import OWN, RELU

KILLED = OWN.replace(
    "    return np.maximum", "    import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n    return np.maximum"
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_run_that_was_killed_leaves_nothing_for_long(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "killed.py").write_text(KILLED)
    (tmp_path / "s.yaml").write_text(RELU)
    killed = process("run", "s.yaml", "--impl", "killed.py", "--no-isolation", "-o", "out/a.json", cwd=tmp_path)
    assert killed.returncode == -9
    [left] = names(tmp_path / "out")
    assert left.startswith(".convcheck-")
    # A report of any name clears the folder.
    assert process("run", "s.yaml", "-o", "out/b.json", cwd=tmp_path).returncode == 0
    assert names(tmp_path / "out") == ["b.json"]


def test_what_is_being_written_stays(tmp_path: Path) -> None:
    first, second = PartFile(tmp_path / "first"), PartFile(tmp_path / "second")
    for part, text in ((first, "1"), (second, "2")):
        part.stream.write(text)
    second.finish()
    PartFile(tmp_path / "third").drop()
    first.finish()
    assert names(tmp_path) == ["first", "second"]
    assert (tmp_path / "first").read_text() == "1"


def test_the_lock_lasts_until_the_file_is_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = PartFile(tmp_path / "out")
    replace = Path.replace

    def meanwhile(path: Path, target: Path) -> Path:
        PartFile(tmp_path / "other").drop()
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", meanwhile)
    part.finish()
    assert names(tmp_path) == ["out"]


def test_who_clears_up_between_the_file_and_its_lock_is_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_free, cleared = part_file._is_free, []

    def meanwhile(descriptor: int) -> bool | None:
        if not cleared:
            [left] = tmp_path.iterdir()
            cleared.append(left)
            left.unlink()
        return is_free(descriptor)

    monkeypatch.setattr(part_file, "_is_free", meanwhile)
    part = PartFile(tmp_path / "out")
    part.stream.write("whole")
    part.finish()
    assert (tmp_path / "out").read_text() == "whole"


def test_other_files_stay_and_a_pipe_of_that_name_is_not_waited_for(tmp_path: Path) -> None:
    for name in (".convcheck-mine", "mine.part", ".other-1.part"):
        (tmp_path / name).touch()
    os.mkfifo(tmp_path / ".convcheck-0.part")
    (tmp_path / ".convcheck-1.part").touch()
    PartFile(tmp_path / "out").drop()
    assert names(tmp_path) == [".convcheck-0.part", ".convcheck-mine", ".other-1.part", "mine.part"]


def test_where_there_are_no_locks_nothing_is_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".convcheck-1.part").touch()
    monkeypatch.setitem(sys.modules, "fcntl", None)
    part = PartFile(tmp_path / "out")
    part.finish()
    assert names(tmp_path) == [".convcheck-1.part", "out"]


def test_the_cache_is_cleared_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CACHE_FOLDER.mkdir()
    (CACHE_FOLDER / ".convcheck-1.part").touch()
    update_last_failed((), {"a"})
    assert not (CACHE_FOLDER / ".convcheck-1.part").exists()
    assert last_failed() == {"a"}


def test_several_at_once_lose_nothing(tmp_path: Path) -> None:
    def write(number: int) -> None:
        for _ in range(50):
            part = PartFile(tmp_path / f"{number}")
            part.stream.write(f"{number}")
            part.finish(sync=False)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(tmp_path / name).read_text() for name in names(tmp_path)] == ["0", "1", "2", "3"]
