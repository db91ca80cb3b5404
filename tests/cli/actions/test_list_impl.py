"""`--list-impl`: what is in a source, and how each would be called; nothing of it runs but the import."""

import json
from pathlib import Path

from tests.cli.calling import Caller, process

HERE = "--no-isolation"


def test_a_row_for_each(call: Caller, own: Path) -> None:
    called = call("run", "--list-impl", own.name, HERE)
    assert called.code == 0
    lines = called.out.splitlines()
    assert lines[0] == "layers.py"
    assert lines[1].split() == ["layer", "line", "names", "called", "as"]
    assert lines[2].split()[:3] == ["relu", "3", "relu_forward,relu_backward"]
    assert "relu_forward(x)" in lines[2]
    assert lines[-1] == "Check them: convcheck run --impl layers.py"


def test_for_programs(call: Caller, own: Path) -> None:
    own.write_text("import not_installed\n" + own.read_text())
    document = json.loads(call("run", "--list-impl", own.name, HERE, "--format", "json").out)
    assert document["stubs"] == ["not_installed"]
    assert [(one["layer"], one["line"], one["names"]) for one in document["found"]] == [
        ("relu", 4, ["relu_forward", "relu_backward"])
    ]


def test_what_is_not_there_is_named(call: Caller, own: Path) -> None:
    own.write_text("import not_installed\n" + own.read_text())
    assert call("run", "--list-impl", own.name, HERE).err.startswith("convcheck: not_installed is not installed: ")
    assert call("run", "--list-impl", own.name, HERE, "-q").err == ""
    assert call("run", "--list-impl", own.name, HERE, "--no-stubs").code == 2


def test_nothing_but_the_import_runs_and_that_in_a_process_of_its_own(own: Path, tmp_path: Path) -> None:
    own.write_text(
        "import os\nopen('imported', 'w').write(str(os.getpid()))\n"
        + own.read_text().replace("    return", "    open('called', 'w')\n    return")
    )
    ran = process("run", "--list-impl", own.name, cwd=tmp_path)
    assert ran.returncode == 0
    assert (tmp_path / "imported").exists()
    assert not (tmp_path / "called").exists()


def test_nothing_found_is_5_and_no_import_is_2(call: Caller, own: Path) -> None:
    own.write_text("x = 1\n")
    nothing = call("run", "--list-impl", own.name, HERE)
    assert (nothing.code, nothing.out) == (5, "")
    assert nothing.err.startswith("convcheck: layers.py has no function or class")
    own.write_text("def f(:\n")
    broken = call("run", "--list-impl", own.name, HERE)
    assert (broken.code, broken.out) == (2, "")
    assert "line 1" in broken.err
    assert call("run", "--list-impl", "missing.py", HERE).code == 2
    assert call("run", "--list-impl", "no.such.module", HERE).code == 2


def test_a_crash_while_importing_is_2(own: Path, tmp_path: Path) -> None:
    own.write_text("import os\nos._exit(0)\n")
    ran = process("run", "--list-impl", own.name, cwd=tmp_path)
    assert ran.returncode == 2
    assert "convcheck: importing it did not end well: " in ran.stderr


def test_it_shows_one_source_and_nothing_else(call: Caller, own: Path, good: Path) -> None:
    assert "leave SPEC and --impl out" in call("run", good.name, "--list-impl", own.name).err
    assert "leave SPEC and --impl out" in call("run", "--impl", "naive", "--list-impl", own.name).err
    assert "writes a table or json, and no junit" in call("run", "--list-impl", own.name, "--format", "junit").err
    said = call("run", "--list-impl", "naive")
    assert said.code == 2
    assert "'--list-impl': expected FILE.py or package.module, received 'naive'" in said.err


def test_a_file_of_ones_own_for_the_table(call: Caller, own: Path, tmp_path: Path) -> None:
    assert call("run", "--list-impl", own.name, HERE, "-o", "found.txt").out == ""
    assert "relu_forward" in (tmp_path / "found.txt").read_text()
