"""What is no file, wherever the command line reads one; a pipe that a person named is read.

See `spec/regular_file.py`.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from convcheck.cli.actions.last_failed import UnreadableCache, last_failed
from tests.cli.calling import Caller, process
from tests.cli.conftest import RELU


def written_to(pipe: Path, text: str) -> threading.Thread:
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(text,))
    writer.start()
    return writer


@pytest.mark.parametrize("spec", ["specs", "specs/*.yaml"])
def test_a_spec_in_a_folder_or_of_a_pattern(call: Caller, special: Path, words: str, tmp_path: Path, spec: str) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "good.yaml").write_text(RELU)
    special.rename(tmp_path / "specs" / "special.yaml")
    called = call("run", spec)
    assert called.code == 2
    assert f"specs/special.yaml: cannot be read: {words}\n" in called.err
    assert "1 check: 1 pass, 1 error" in called.out


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg"])
def test_a_configuration_file(call: Caller, special: Path, words: str, good: Path, tmp_path: Path, name: str) -> None:
    special.rename(tmp_path / name)
    called = call("run", good)
    assert (called.code, called.out) == (2, "")
    assert f"{name}: it cannot be read: {words}" in " ".join(called.err.split())


def test_the_checks_that_failed_last_time(call: Caller, special: Path, words: str, wrong: Path, tmp_path: Path) -> None:
    folder = tmp_path / ".convcheck_cache"
    folder.mkdir()
    special.rename(folder / "last-failed.json")
    with pytest.raises(UnreadableCache, match=words):
        last_failed(folder)
    assert call("run", wrong, "--lf").code == 1
    # A file takes its place.
    assert len(last_failed(folder) or ()) == 1


def test_reports_and_code_that_were_named(call: Caller, special: Path, words: str) -> None:
    code = special.rename(special.with_suffix(".py"))
    assert "and code is in a file" in call("run", "--impl", code).err
    if special.name != "fifo":
        for arguments in (["diff", code, code], ["merge", code]):
            called = call(*arguments)
            assert called.code == 2
            assert words in " ".join(called.err.split())


def test_a_pipe_that_was_named_is_read(call: Caller, good: Path, tmp_path: Path) -> None:
    writer = written_to(tmp_path / "spec.yaml", RELU)
    assert "1 check: 1 pass" in call("run", "spec.yaml").out
    writer.join()
    call("run", good, "-o", "one.json")
    writer = written_to(tmp_path / "two.json", (tmp_path / "one.json").read_text())
    assert call("diff", "one.json", "two.json").code == 0
    writer.join()


def test_standard_input_by_its_names_and_the_substitution_of_a_shell_are_read(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(RELU)
    with (tmp_path / "s.yaml").open() as file:
        for given in ({"input": RELU}, {"stdin": file}):
            ran = process("list", "/dev/stdin", "--format", "json", cwd=tmp_path, **given)
            assert (ran.returncode, ran.stdout.count('"layer": "relu"')) == (0, 1), ran.stderr
    reading, writing = os.pipe()
    os.write(writing, RELU.encode())
    os.close(writing)
    assert process("list", f"/dev/fd/{reading}", cwd=tmp_path, pass_fds=[reading]).returncode == 0
    os.close(reading)
