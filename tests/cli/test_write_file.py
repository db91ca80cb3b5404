"""`-o FILE`: the old file or the whole new one, and failures before the run."""

import json
import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from convcheck.cli.streams import CannotWrite
from convcheck.cli.write_file import destination
from tests.cli.calling import Caller


def test_the_report_goes_to_the_file_alone(call: Caller, good: Path, tmp_path: Path) -> None:
    called = call("run", good, "--format", "json", "-o", "out.json")
    assert called.code == 0
    assert called.out == ""
    assert "1 check: 1 pass; the report is in out.json" in called.err
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["pass"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.yaml", "out.json"]


def test_a_table_in_a_file_has_no_colour_unless_told(
    call: Caller, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    call("run", good, "-o", "out.txt")
    assert "\x1b" not in (tmp_path / "out.txt").read_text()
    call("run", good, "-o", "out.txt", "--color", "always")
    assert "\x1b" in (tmp_path / "out.txt").read_text()


@pytest.mark.parametrize("place", ["nowhere/out", "good.yaml/out", "folder", "folder/", "new/", "x" * 300, "/proc/out"])
def test_what_cannot_be_written_fails_before_the_run(
    call: Caller, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "folder").mkdir()

    def never(*_: object) -> None:
        raise AssertionError("a check was run")

    monkeypatch.setattr("convcheck.running.in_process.run_check", never)
    called = call("run", good, "-o", place)
    assert called.code == 2
    assert f"cannot write {place!r}" in called.err
    assert called.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "good.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_or_folder_without_permission(call: Caller, good: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("old")
    (tmp_path / "kept").chmod(0o444)
    (tmp_path / "locked").mkdir(mode=0o555)
    assert call("run", good, "-o", "kept").code == 2
    assert call("run", good, "-o", "locked/out").code == 2
    assert (tmp_path / "kept").read_text() == "old"


def test_a_failed_run_leaves_the_old_file(call: Caller, good: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")
    with suppress(RuntimeError), destination(str(tmp_path / "out")) as (stream, _):
        stream.write("half")
        raise RuntimeError
    assert (tmp_path / "out").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.yaml", "out"]


def test_a_disk_that_is_full_at_the_end_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "out").write_text("old")
    monkeypatch.setattr("convcheck.cli.write_file.os.fsync", full)
    with pytest.raises(CannotWrite, match="No space left"), destination(str(tmp_path / "out")) as (stream, _):
        stream.write("new")
    assert (tmp_path / "out").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_is_followed_and_the_mode_kept(call: Caller, good: Path, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    assert call("run", good, "-o", "link").code == 0
    assert (tmp_path / "link").is_symlink()
    assert "1 check: 1 pass" in (tmp_path / "real").read_text()
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o640


def test_a_new_file_has_the_mode_that_files_have(call: Caller, good: Path, tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    call("run", good, "-o", "out")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_devices_and_pipes_are_written_directly(call: Caller, good: Path, tmp_path: Path) -> None:
    assert call("run", good, "-o", "/dev/null").code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert "1 check: 1 pass" in call("run", good, "-o", "-").out
    assert "1 check: 1 pass" in call("run", good, "-o", "/dev/stdout").out
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    assert call("run", good, "-o", "pipe").code == 0
    reader.join(10)
    assert "1 check: 1 pass" in read[0]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_a_full_device(call: Caller, good: Path) -> None:
    for form in ("table", "json"):
        called = call("run", good, "-o", "/dev/full", "--format", form)
        assert called.code == 3
        assert "convcheck: cannot write to /dev/full: No space left on device\n" in called.err
