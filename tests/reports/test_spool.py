"""Text kept on disk: read back as it was added, also where the disk takes none of it or not all."""

from __future__ import annotations

import errno
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.reports import spool as under_test
from convcheck.reports.spool import BLOCK, Excerpt, Spool
from tests.reports.hostile import ALL
from tests.reports.rendering import render

TEXTS = [f"{number:07}" * 10_000 for number in range(20)]


def text_of(spool: Spool, start: int = 0, stop: int | None = None) -> str:
    return "".join(spool.pieces(start, stop))


class Small(io.FileIO):
    """A disk with room for two blocks and a half."""

    def write(self, data: Any) -> int:
        room = 5 * BLOCK // 2 - self.tell()
        if room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(bytes(data)[:room])


def small(**_: object) -> io.FileIO:
    file, name = tempfile.mkstemp()
    Path(name).unlink()
    return Small(file, "w+b")


def full(**_: object) -> io.FileIO:
    return io.FileIO("/dev/full", "r+b")


def nowhere(**_: object) -> io.FileIO:
    raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")


@pytest.fixture(params=[None, small, full, nowhere], ids=["room", "small", "full", "nowhere"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    make: Callable[..., io.FileIO] | None = request.param
    if make is full and not Path("/dev/full").exists():
        pytest.skip("Linux has it")
    if make is not None:
        monkeypatch.setattr("tempfile.TemporaryFile", make)


@pytest.mark.usefixtures("disk")
def test_what_was_added_is_read_back_whatever_the_disk() -> None:
    spool, whole = Spool(), "".join(TEXTS)
    for text in TEXTS:
        spool.add(text)
    assert len(spool) == len(whole)
    assert text_of(spool) == whole
    for start, stop in (
        (0, 1),
        (BLOCK - 1, BLOCK + 1),
        (5 * BLOCK // 2 - 3, 3 * BLOCK),
        (7, 7),
        (len(whole) - 1, None),
    ):
        assert text_of(spool, start, stop) == whole[start:stop]
    # What is read from the file must not decide where the rest is written.
    spool.add(TEXTS[3] * 4)
    assert text_of(spool) == whole + TEXTS[3] * 4


@pytest.mark.usefixtures("disk")
def test_a_document_is_whole_whatever_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "BLOCK", 1 << 30)
    whole = {name: render(ALL, name=name) for name in ("json", "junit")}
    monkeypatch.setattr(under_test, "BLOCK", 1000)
    for name, text in whole.items():
        assert render(ALL, name=name) == text


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = Spool()
    spool.add("x" * 3 * BLOCK)
    assert list(tmp_path.iterdir()) == []


def test_a_few_checks_touch_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", None)
    render(ALL[:5], name="json")


def test_a_file_that_was_cut_is_an_error_and_no_shorter_report(monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[io.FileIO] = []
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: files.append(small()) or files[0])
    spool = Spool()
    spool.add("x" * 2 * BLOCK)
    files[0].truncate(BLOCK + 1)
    with pytest.raises(OSError, match=f"{BLOCK - 1:,} bytes too short"):
        text_of(spool)


@given(st.lists(st.tuples(st.integers(0, 2), st.text("ab", max_size=5))))
def test_excerpts_that_share_a_spool_do_not_mix(added: list[tuple[int, str]]) -> None:
    spool = Spool()
    excerpts = [Excerpt(spool) for _ in range(3)]
    for number, text in added:
        excerpts[number].add(text)
    for number, excerpt in enumerate(excerpts):
        assert "".join(excerpt.pieces()) == "".join(text for those, text in added if those == number)
