"""What code under test has started does not outlive its check, however far it has gone from where it was started."""

import sys
import time
from pathlib import Path

import pytest

from convcheck.running.worker.isolation import Isolation
from tests.cli.calling import process
from tests.running.code import BAD, FOUND, SETTINGS, left_behind, source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process that has left cannot be found")

# Ways to leave: the session, the environment too, and the parent too, which is a double fork.
WAYS = {
    "session": "subprocess.Popen(['/bin/sleep', '{seconds}'], start_new_session=True)",
    "environment": "subprocess.Popen(['/bin/sleep', '{seconds}'], start_new_session=True, env={{}})",
    "parent": "subprocess.run(['/bin/sh', '-c', '/bin/sleep {seconds} &'], start_new_session=True, env={{}})",
}


def sleeping(seconds):
    """Whether a process sleeps for so long; after a moment to go."""
    sought = f"/bin/sleep\0{seconds}\0".encode()
    for _ in range(40):
        if not any(sought == words_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
            return False
        time.sleep(0.05)
    return True


def words_of(entry):
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize("way", WAYS)
def test_it_ends_with_its_check(way, tmp_path):
    seconds = 7001 + list(WAYS).index(way)
    with Isolation(timeout=20.0) as isolation:
        ran = isolation.run(BAD, source(tmp_path, WAYS[way].format(seconds=seconds)), FOUND, SETTINGS)
        assert not sleeping(seconds)
    assert ran.result.status == "pass"
    assert left_behind() == []


@pytest.mark.parametrize("after", ["time.sleep(1000)", "ctypes.string_at(0)"], ids=["time-out", "crash"])
def test_also_where_the_check_is_cut_short(after, tmp_path):
    seconds = 7010 + len(after)
    code = source(tmp_path, f"{WAYS['parent'].format(seconds=seconds)}; {after}")
    (tmp_path / "s.yaml").write_text("layer: relu\nshape: [2, 3]\n")
    called = process("run", "s.yaml", "--impl", Path(code.place).name, "--timeout", "2", cwd=tmp_path)
    assert called.returncode == 1, called.stderr
    assert not sleeping(seconds)
