"""What code under test sees around it is the same for every check, and is none of convcheck's own.

Covers child.py and, with test_hostile_code.py, what it puts back: restore_state.py and restore_modules.py.

Covers running/worker/restore_modules.py and running/worker/restore_state.py as well.
"""

import ast
import gc
import io
import json
import os
import random
import signal
import subprocess
import sys
import threading
import warnings
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest

import convcheck
from convcheck.layers.catalogue import FORMS, LAYERS, suite_text
from convcheck.running.batch import run_batch
from convcheck.running.worker.child import PRELOADED
from convcheck.running.worker.isolation import Isolation
from convcheck.running.worker.restore_modules import ModuleSnapshot
from convcheck.spec.overrides import override
from convcheck.spec.reader import read_text
from tests.running.code import BAD, FOUND, GOOD, SETTINGS, source

SEEN = """print(json.dumps({
        "random": [random.random(), np.random.rand(), hash("a")], "argv": len(sys.argv), "stdin": sys.stdin.read(),
        "threads": os.environ["OMP_NUM_THREADS"], "errors": np.geterr(), "leads": os.getsid(0) == os.getpid(),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0], "pid": os.getpid(),
    }))"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What two checks in a row saw, with one between them, and one in another process."""
    code = source(tmp_path_factory.mktemp("seen"), "import json, resource\n    " + SEEN)
    output = []
    for _ in range(2):
        with Isolation(timeout=20.0) as isolation:
            for check in (BAD, GOOD, BAD):
                output.append(isolation.run(check, code, FOUND, SETTINGS).output)
    return [json.loads(text.splitlines()[0]) for text in output if text]


def test_every_check_starts_from_the_same_state(seen):
    assert len(seen) == 4
    assert seen[0]["pid"] == seen[1]["pid"] != seen[2]["pid"]
    assert len({json.dumps({**one, "pid": 0}) for one in seen}) == 1


def test_the_process_is_set_apart(seen):
    assert seen[0]["argv"] == 1
    assert seen[0]["stdin"] == ""
    assert seen[0]["threads"] == "1"
    assert seen[0]["core"] == 0
    assert seen[0]["leads"]


def test_memory_has_a_limit(tmp_path):
    text = "KEPT.append(1)\n    while True: KEPT.append(np.ones(10**7))"
    with Isolation(timeout=20.0, memory=2**30) as isolation:
        result = isolation.run(BAD, source(tmp_path, text), FOUND, SETTINGS).result
        after = isolation.run(GOOD, source(tmp_path, text), FOUND, SETTINGS).result
    assert result.status == "error"
    assert "MemoryError" in result.findings[0].message or result.findings[0].code == "out-of-memory"
    assert after.status == "pass"


def test_nothing_of_convcheck_is_imported_once_code_under_test_has_run(tmp_path):
    # relu has kinks, its backward is wrong here, and the code raises: what is seldom needed is needed.
    ours = "sorted(name for name in sys.modules if name.startswith('convcheck.'))"
    code = source(tmp_path, f"print({ours})\n    raise ValueError('operands could not be')")
    layers = tmp_path / "layers.py"
    layers.write_text(layers.read_text().replace("dout * (cache > 0)", "dout * (cache > 1)"))
    with Isolation(timeout=20.0) as isolation:
        before = isolation.run(BAD, code, FOUND, SETTINGS).output
        assert isolation.run(GOOD, code, FOUND, SETTINGS).result.status == "fail"
        after = isolation.run(BAD, code, FOUND, SETTINGS).output
    assert before == after
    assert "convcheck.checking.examine" in before


def state():
    """What is put back after code of somebody's own, as far as it can be compared."""
    return (
        (dict(os.environ), os.getcwd(), list(sys.path), list(sys.argv), sys.stdout, sys.stderr, gc.isenabled()),
        (np.geterr(), np.get_printoptions(), np.getbufsize(), list(warnings.filters), sys.getrecursionlimit()),
        (random.getstate(), np.random.get_state()[1].tolist(), threading.enumerate(), signal.getsignal(signal.SIGINT)),
    )


def test_what_is_built_in_changes_nothing_that_would_have_to_be_put_back():
    # Of one implementation on these data, of the next on those.
    checks = [
        override(read_text(suite_text(name), name, FORMS).checks[0], FORMS, implementation=variant, data=data)
        for name, form in FORMS.items()
        for variant, data in zip(form.implementations, cycle(["dyadic", "normal"]), strict=False)
    ]
    modules, before = ModuleSnapshot(), state()
    assert {result.layer for result in run_batch(checks, SETTINGS)} == set(LAYERS)
    assert state() == before
    assert modules.restore() == []


PACKAGE = Path(convcheck.__file__).parent
ON_THE_WAY_OF_A_CHECK = ("checking", "numeric", "implementations", "running/batch.py", "running/worker")
# What is imported late in these folders and need not be there before code under test runs, each with the reason.
NOT_PRELOADED: dict[str, str] = {}


def late_imports(text):
    """The modules of convcheck that are imported inside of functions."""
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names if alias.name.startswith("convcheck."))
                elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("convcheck."):
                    yield from (module_of(node.module, alias.name) for alias in node.names)


def module_of(module, name):
    """`from a.b import c` imports a.b.c where that is a module, else a.b."""
    place = PACKAGE.parent.joinpath(*module.split("."), name)
    return f"{module}.{name}" if place.is_dir() or place.with_suffix(".py").is_file() else module


def files_on_the_way():
    for part in ON_THE_WAY_OF_A_CHECK:
        place = PACKAGE / part
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place]


@pytest.fixture(scope="module")
def preloaded():
    """The modules that are there when a worker is ready."""
    code = "import sys; from convcheck.running.worker import child; child._preload(); print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("name", PRELOADED)
def test_every_name_in_the_list_is_that_of_a_module(name):
    assert find_spec(name) is not None


def test_what_is_imported_late_is_there_before_code_under_test_runs(preloaded):
    for path in files_on_the_way():
        missing = set(late_imports(path.read_text("utf-8"))) - preloaded - NOT_PRELOADED.keys()
        assert not missing, f"{path} imports them late: add them to PRELOADED in running/worker/child.py"


def test_every_exception_is_needed(preloaded):
    late = {module for path in files_on_the_way() for module in late_imports(path.read_text("utf-8"))}
    assert NOT_PRELOADED.keys() <= late - preloaded


def test_a_late_import_would_be_seen():
    text = "import convcheck.api\ndef f():\n    from convcheck.spec import reader\n    from convcheck.api import load\n"
    assert set(late_imports(text)) == {"convcheck.spec.reader", "convcheck.api"}


class Full(io.StringIO):
    """A stream on a full disk."""

    def flush(self):
        raise OSError(28, "No space left on device")


def test_a_worker_starts_where_standard_output_is_on_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Full())
    with Isolation(timeout=20.0) as isolation:
        assert isolation.run(GOOD, source(tmp_path), FOUND, SETTINGS).result.status == "pass"
