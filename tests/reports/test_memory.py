"""A night's run may have any number of checks: what passes is written or forgotten, in every format."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from convcheck.checking.result import Finding, Result
from convcheck.reports.formats import FORMATS
from convcheck.reports.report import Appearance, RunEnd
from tests.reports.rendering import invocation
from tests.reports.samples import result

MOST = 3_000_000
WARNING = Finding("slow", "warning", "slower than need be", "dx")
SKIP = Finding("not-written", "warning", "backward is not written yet: it returns None")


def checks(number: int = 2_500) -> Iterator[Result]:
    """Such as pass, with a warning or without, and such as are skipped; their ids alone are more than there is room."""
    for n in range(number):
        file = f"specs/{n // 100}.yaml"
        name = f"{file}::{'long' * 400}[stride={n}]"
        if n % 2:
            yield result(id=name, file=file, tensors=(), findings=(WARNING,) if n % 3 else ())
        else:
            yield result(id=name, file=file, tensors=(), findings=(SKIP,), status="skipped")


@pytest.mark.parametrize("name", FORMATS)
def test_memory_is_the_same_for_however_many_checks(name: str) -> None:
    with Path(os.devnull).open("w", encoding="utf-8") as stream:
        report = FORMATS[name](stream, invocation(), Appearance(width=80))
        tracemalloc.start()
        try:
            for one in checks():
                report.add(one)
            report.finish(RunEnd())
            assert tracemalloc.get_traced_memory()[1] < MOST
        finally:
            tracemalloc.stop()
