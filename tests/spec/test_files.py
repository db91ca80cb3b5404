"""Files that are not there, not text, not UTF-8, too large.

Covers spec/reader.py as well.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import LARGEST_FILE, read_bytes, read_file
from tests.spec.conftest import conv


def message(reading) -> str:
    assert reading.checks == ()
    (error,) = reading.errors
    return error.text()


def test_missing_file_names_its_neighbour(tmp_path) -> None:
    (tmp_path / "conv.yaml").write_text(conv())
    text = message(read_file(tmp_path / "convv.yaml", FORMS))
    assert text == f"{tmp_path}/convv.yaml: no such file\n    hint: did you mean {tmp_path}/conv.yaml?"
    (error,) = read_file("relu", FORMS).errors
    assert error.hint == "`convcheck init relu` writes a spec of this layer, `convcheck suite relu` its whole suite"


def test_folder(tmp_path) -> None:
    assert message(read_file(tmp_path, FORMS)) == f"{tmp_path}: is a folder, and a spec is a file"


def test_unreadable(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").touch()

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)
    assert message(read_file("a.yaml", FORMS)) == "a.yaml: cannot be read: permission denied"


def test_impossible_names() -> None:
    assert message(read_file("a\0b", FORMS)) == r"a\x00b: cannot be read: embedded null byte"
    assert "cannot be read" in message(read_file("x" * 5000, FORMS))


def test_50_megabytes_are_refused_unread(tmp_path) -> None:
    path = tmp_path / "large.yaml"
    path.touch()
    os.truncate(path, 50_000_000)
    expected = "50,000,000 bytes, and a spec may have 4,194,304\n    hint: split it, or use a matrix"
    assert message(read_file(path, FORMS)) == f"{path}: {expected}"
    assert "4,194,305 bytes" in message(read_bytes(b" " * (LARGEST_FILE + 1), "a.yaml", FORMS))


def test_binary() -> None:
    text = message(read_bytes(b"\x7fELF\0\0", "a.yaml", FORMS))
    assert text == "a.yaml: a binary file (a zero byte at offset 4)\n    hint: a spec is a text file in YAML"


def test_not_utf8() -> None:
    text = message(read_bytes(b"N: 2\nname: gr\xf6\xdfe\n", "a.yaml", FORMS))
    assert text.splitlines()[0] == "a.yaml:2:9: the byte 0xf6 at offset 13 is not UTF-8"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-be"])
def test_utf16(encoding) -> None:
    data = ("\ufeff" if encoding.endswith("be") else "") + conv()
    text = message(read_bytes(data.encode(encoding), "a.yaml", FORMS))
    assert text.splitlines()[0] == "a.yaml: the file is UTF-16 or UTF-32, and specs are UTF-8"


def test_byte_order_mark_is_accepted() -> None:
    reading = read_bytes(b"\xef\xbb\xbf" + conv(N=0).encode(), "a.yaml", FORMS)
    assert [(e.line, e.column, e.source) for e in reading.errors] == [(1, 4, "N: 0")]


def test_a_good_file(tmp_path) -> None:
    path = tmp_path / "conv.yaml"
    path.write_text(conv())
    (check,) = read_file(path, FORMS).checks
    assert (check.id, check.file, check.line) == (f"{path}::conv", str(path), 1)


CODE = "import numpy as np\n\n\ndef relu_forward(x):\n    return np.maximum(x, 0), x\n"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("layers.py", "to check code: convcheck run --impl {}"),
        ("layers.txt", "to check code, save it as FILE.py: convcheck run --impl FILE.py"),
        ("layers", "to check code, save it as FILE.py: convcheck run --impl FILE.py"),
    ],
)
@pytest.mark.parametrize("code", [CODE, "class Conv: pass\n", "from a import *\n"])
def test_code_is_told_from_a_spec_whatever_it_is_called(tmp_path, name, hint, code) -> None:
    path = tmp_path / name
    path.write_text(code)
    assert message(read_file(path, FORMS)) == (f"{path}: is code, and a spec is YAML\n    hint: {hint.format(path)}")


@pytest.mark.parametrize("text", ["N: [3\n", "N: 3\nC: x\n", "N: 3\n    C: 4\n", "import: a\n", "'def'\n"])
def test_a_spec_with_a_slip_is_no_code(text) -> None:
    assert "is code" not in read_bytes(text.encode(), "a.yaml", FORMS).errors[0].message
