"""What is no file is refused by its type, before it is opened.

Where the command line meets such: tests/cli/test_special_files.py.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from convcheck.spec.regular_file import open_regular, special_kind


def test_it_is_refused_before_it_is_opened(special: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert f"it is {special_kind(special)}, and no file" == words
    with monkeypatch.context() as patch:
        patch.setattr("os.open", lambda *_: pytest.fail("it was opened"))
        patch.setattr("builtins.open", lambda *_: pytest.fail("it was opened"))
        with pytest.raises(OSError, match=words):
            open_regular(special)
    # A pipe may have been meant by whoever named it; a device or a socket never.
    if special.name != "fifo":
        with pytest.raises(OSError, match=words):
            open_regular(special, pipes=True)


def test_what_is_put_there_in_between_is_refused_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, pipe = tmp_path / "file", tmp_path / "pipe"
    file.touch()
    os.mkfifo(pipe)
    found = os.stat(file)
    monkeypatch.setattr("os.stat", lambda *_: found)
    with pytest.raises(OSError, match="it is a pipe, and no file"):
        open_regular(pipe)


def test_files_are_read_and_folders_and_nothing_are_what_they_were(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        assert special_kind(tmp_path / name) is None
        with open_regular(tmp_path / name) as stream:
            assert stream.read() == b"text"
    assert (special_kind(tmp_path), special_kind(tmp_path / "gone")) == ("a folder", None)
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "gone")
