import os
import socket
from contextlib import chdir, closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Hundreds of processes are started here: without it each would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("convcheck", deadline=None, max_examples=40, derandomize=True)
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
