"""Several workers or none, and a disk that is full or not to be written: what else was asked for is there and whole."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from convcheck.cli.actions.last_failed import CACHE_FILE, CACHE_FOLDER, last_failed
from convcheck.reports.spool import BLOCK
from tests.cli.calling import clean_environment, many
from tests.cli.conftest import WRONG
from tests.cli.eager import RUNS, gone, start

ROOM = 1 << 15
# Of the checks of `many` the reports that hold every figure are larger than that, and a JUnit report is smaller.
CHECKS = 80
LIMITED = f"""\
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({ROOM}, {ROOM}))
os.execv(sys.argv[1], sys.argv[1:])
"""
Disk = tuple[Path, list[str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of many checks that pass and one that fails."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "many.yaml").write_text(many(CHECKS))
    (folder / "wrong.yaml").write_text(WRONG)
    return folder


@pytest.fixture(params=["a small disk", "a limit on files"])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A folder with an old report and no room for another, what starts a run that writes there, and what it says."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if request.param == "a limit on files":
        (disk / "out").write_text("old")
        yield disk, [sys.executable, "-c", LIMITED], "File too large"
        return
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={ROOM}", "convcheck", str(disk)]
    if mount is None or subprocess.run([mount, *options], capture_output=True, check=False).returncode:
        pytest.skip("only root can make a small disk, and not everywhere")
    try:
        (disk / "out").write_text("old")
        yield disk, [], "No space left on device"
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize(
    ("full", "form"),
    [("a small disk", "json"), ("a small disk", "csv"), ("a limit on files", "jsonl")],
    indirect=["full"],
)
def test_a_full_disk_costs_the_report_that_was_to_be_there(runs: RUNS, folder: Path, full: Disk, form: str) -> None:
    disk, through, why = full
    outputs = ("-o", f"{form}={disk}/out", "-o", "junit=other.xml")
    running = start(runs, folder, "many.yaml", "wrong.yaml", "-j", 2, *outputs, through=through)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (3, f"convcheck: cannot write to {disk}/out: {why}\n")
    assert f"{CHECKS + 1} checks: {CHECKS} pass, 1 fail" in out
    assert ElementTree.parse(folder / "other.xml").getroot().get("tests") == str(CHECKS + 1)
    assert (disk / "out").read_text() == "old"
    assert [path.name for path in disk.iterdir()] == ["out"]
    assert sorted(path.name for path in folder.iterdir()) == [
        ".convcheck_cache", "many.yaml", "other.xml", "wrong.yaml",
    ]  # fmt: skip
    assert last_failed(folder / CACHE_FOLDER) == {"wrong.yaml::spatial_batchnorm"}
    assert gone(running)


def test_where_it_is_the_only_report_the_run_ends(runs: RUNS, folder: Path, full: Disk) -> None:
    disk, through, why = full
    running = start(runs, folder, "many.yaml", "-j", 2, "--format", "jsonl", "-o", f"{disk}/out", through=through)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (3, "", f"convcheck: cannot write to {disk}/out: {why}\n")
    assert (disk / "out").read_text() == "old"
    assert [path.name for path in disk.iterdir()] == ["out"]
    assert gone(running)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
@pytest.mark.parametrize("form", ["table", "junit"])
def test_a_full_device(runs: RUNS, folder: Path, form: str) -> None:
    running = start(runs, folder, "many.yaml", "-o", f"{form}=/dev/full", "-o", "csv=other.csv")
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (3, "convcheck: cannot write to /dev/full: No space left on device\n")
    assert form == "table" or f"{CHECKS} checks: {CHECKS} pass" in out
    with (folder / "other.csv").open(encoding="utf-8", newline="") as rows:
        assert len({row["id"] for row in csv.DictReader(rows)}) == CHECKS
    assert gone(running)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
@pytest.mark.parametrize("form", ["table", "json"])
def test_standard_output_on_a_full_disk(runs: RUNS, folder: Path, form: str) -> None:
    with Path("/dev/full").open("w") as stdout:
        running = start(runs, folder, "many.yaml", "--format", form, "-o", "junit=other.xml", stdout=stdout)
        err = running.communicate(timeout=60)[1]
    assert (running.returncode, err) == (3, "convcheck: cannot write to standard output: No space left on device\n")
    assert ElementTree.parse(folder / "other.xml").getroot().get("tests") == str(CHECKS)
    assert gone(running)


def test_no_room_for_a_temporary_file_costs_nothing(runs: RUNS, folder: Path, full: Disk) -> None:
    disk, through, _ = full
    (folder / "many.yaml").write_text(many(4 * CHECKS))
    env = clean_environment({"TMPDIR": str(disk)})
    running = start(runs, folder, "many.yaml", "wrong.yaml", "-j", 2, "--format", "json", env=env, through=through)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (1, "")
    assert len(out) > BLOCK
    assert json.loads(out)["summary"]["checks"] == 4 * CHECKS + 1
    assert [path.name for path in disk.iterdir()] == ["out"]
    assert gone(running)


@pytest.fixture
def locked() -> list[str]:
    """What starts a command that minds what a folder's mode says: root does not."""
    if os.geteuid() != 0:
        return []
    rights = "-dac_override,-dac_read_search"
    dropping = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]
    if shutil.which("setpriv") is None or subprocess.run([*dropping, "true"], check=False).returncode:
        pytest.skip("root may write anywhere, and cannot do without")
    return dropping


def test_a_folder_that_may_not_be_written_is_known_before_the_run(runs: RUNS, folder: Path, locked: list[str]) -> None:
    (folder / "locked").mkdir()
    (folder / "locked" / "out.json").write_text("old")
    (folder / "locked").chmod(0o555)
    for name in ("out.json", "new.json"):
        running = start(runs, folder, "many.yaml", "-o", "a.xml", "-o", f"locked/{name}", through=locked)
        out, err = running.communicate(timeout=60)
        assert (running.returncode, out) == (2, "")
        assert f"cannot write 'locked/{name}': Permission denied" in " ".join(err.split())
    assert (folder / "locked" / "out.json").read_text() == "old"
    assert [path.name for path in (folder / "locked").iterdir()] == ["out.json"]
    assert sorted(path.name for path in folder.iterdir()) == ["locked", "many.yaml", "wrong.yaml"]


def test_a_report_that_may_not_be_written_is_known_before_the_run(runs: RUNS, folder: Path, locked: list[str]) -> None:
    (folder / "out.json").write_text("old")
    (folder / "out.json").chmod(0o444)
    running = start(runs, folder, "many.yaml", "-o", "out.json", through=locked)
    err = running.communicate(timeout=60)[1]
    assert running.returncode == 2
    assert "cannot write 'out.json': it is read-only" in " ".join(err.split())
    assert (folder / "out.json").read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["many.yaml", "out.json", "wrong.yaml"]


@pytest.mark.parametrize("where", [".", CACHE_FOLDER])
def test_where_nothing_can_be_kept_for_lf_the_run_is_as_it_was(
    runs: RUNS, folder: Path, locked: list[str], where: Path
) -> None:
    arguments = ("many.yaml", "wrong.yaml", "--lf", "-o", "json=../out.json")
    if where == CACHE_FOLDER:
        (folder / CACHE_FOLDER).mkdir()
        (folder / CACHE_FOLDER / CACHE_FILE).write_text('{"schema": 1, "failed": ["many.yaml::relu[shape=3]", "x"]}')
    (folder / where).chmod(0o555)
    try:
        running = start(runs, folder, *arguments, through=locked)
        out, err = running.communicate(timeout=60)
    finally:
        (folder / where).chmod(0o755)
    assert "Traceback" not in err
    summary = json.loads((folder.parent / "out.json").read_text())["summary"]
    if where == CACHE_FOLDER:
        assert (running.returncode, summary["checks"], summary["pass"]) == (0, 1, 1)
        assert last_failed(folder / CACHE_FOLDER) == {"many.yaml::relu[shape=3]", "x"}
        assert [path.name for path in (folder / CACHE_FOLDER).iterdir()] == [CACHE_FILE]
    else:
        assert (running.returncode, summary["checks"], summary["fail"]) == (1, CHECKS + 1, 1)
        assert err == f"convcheck: --lf: nothing is known of a run before: {CHECKS + 1} checks to run\n"
        assert not (folder / CACHE_FOLDER).exists()
    assert out.splitlines()[-1].startswith(f"{summary['checks']} check")
    assert gone(running)


def test_what_may_not_be_read_for_lf_is_said(runs: RUNS, folder: Path, locked: list[str]) -> None:
    (folder / CACHE_FOLDER).mkdir()
    (folder / CACHE_FOLDER / CACHE_FILE).write_text('{"schema": 1, "failed": ["x"]}')
    (folder / CACHE_FOLDER / CACHE_FILE).chmod(0)
    running = start(runs, folder, "many.yaml", "--lf", "-q", through=locked)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert out.count("\n") == 1
    assert (
        err
        == f"convcheck: --lf: {CACHE_FOLDER / CACHE_FILE} cannot be used (Permission denied): {CHECKS} checks to run\n"
    )
    assert gone(running)
