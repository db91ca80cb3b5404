import os
import signal
import socket
from contextlib import chdir, closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Hundreds of processes are started here: without it each would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# In the background of a shell they are ignored, and would be by all that is started here.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

# What starts processes, fills disks, or runs the pages of the docs is marked thorough, and CI runs it.
THOROUGH = (
    "running/test_check_at.py",
    "cli/actions/test_execute_faults.py",
    "cli/actions/test_list.py",
    "cli/actions/test_outputs_full_disk.py",
    "cli/actions/test_plan.py",
    "cli/actions/test_runs_at_once.py",
    "cli/actions/test_schedule.py",
    "cli/actions/test_schedule_on_cluster.py",
    "cli/test_pytest_plugin.py",
    "cli/test_streams.py",
    "cli/test_working_folder.py",
    "docs/test_pages.py",
    "fuzz/test_broken_methods.py",
    "fuzz/test_signals.py",
    "layers/test_toy_layer.py",
    "reports/test_memory.py",
    "running/cluster",
    "running/test_time_outs.py",
    "running/worker",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    for item in items:
        if item.path.relative_to(folder).as_posix().startswith(THOROUGH):
            item.add_marker(pytest.mark.thorough)


settings.register_profile("convcheck", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("convcheck")


@pytest.fixture
def rng():
    return np.random.default_rng(20170413)


# What is no file, and its words.
KINDS = {"fifo": "a pipe", "socket": "a socket", "zero": "a device"}


@pytest.fixture(params=KINDS)
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Something that is no file, in a folder of its own."""
    (tmp_path / "special").mkdir()
    path = tmp_path / "special" / request.param
    if request.param == "fifo":
        os.mkfifo(path)
    elif request.param == "zero":
        path.symlink_to("/dev/zero")
    else:
        with closing(socket.socket(socket.AF_UNIX)) as listening, chdir(path.parent):
            # The name of a socket has room for some hundred characters.
            listening.bind(path.name)
    return path


@pytest.fixture
def words(special: Path) -> str:
    return f"it is {KINDS[special.name]}, and no file"
