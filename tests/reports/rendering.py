"""A whole report as text, at a width or at none."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from convcheck.checking.result import Result
from convcheck.reports.formats import FORMATS
from convcheck.reports.report import Appearance, Invalid, Invocation, RunEnd
from tests.reports.hostile import ALL, ENDINGS, HOSTILE
from tests.reports.samples import EVERY

ENDING = RunEnd(errors=(Invalid("bad", "a.yaml", 3, 5),), not_run=2, interrupted=True, seconds=12.34)

# What a file in a format is called; tables, and what else people read, are text.
SUFFIXES = {"json": "json", "jsonl": "jsonl", "junit": "xml", "github": "txt", "markdown": "md", "csv": "csv"}

PLAIN = Appearance()
WELL = RunEnd(seconds=12.34)


def invocation() -> Invocation:
    return Invocation(
        version="0.1.0",
        arguments={"specs": ["configs"], "seed": None},
        environment={"python": "3.11.7", "numpy": "2.4.6", "platform": "Linux"},
        repeat=lambda result: f"convcheck run {result.file} -k '{result.id.rpartition('::')[2]}'",
    )


def render(
    results: Iterable[Result],
    look: Appearance = PLAIN,
    *,
    ending: RunEnd = WELL,
    name: str = "table",
    encoding: str = "utf-8",
) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="\n")
    report = FORMATS[name](stream, invocation(), look)
    for result in results:
        report.add(result)
    report.finish(ending)
    return raw.getvalue().decode(encoding)


def views() -> dict[str, Callable[[], str]]:
    """What the golden files hold: everything, at widths that people have and at none."""
    looks = {
        "table_40": Appearance(width=40),
        "table_60": Appearance(width=60),
        "table_80": Appearance(width=80),
        "table_120": Appearance(width=120),
        "table_none": Appearance(width=None),
        "table_80_verbose": Appearance(width=80, verbose=True),
        "table_80_quiet": Appearance(width=80, quiet=True),
        "table_80_colour": Appearance(width=80, colour=True),
    }
    made: dict[str, Callable[[], str]] = {
        name: partial(render, EVERY, look, ending=ENDING) for name, look in looks.items()
    }
    made["table_80_ascii"] = partial(render, EVERY, Appearance(width=80), ending=ENDING, encoding="ascii")
    made["table_80_hostile"] = partial(render, HOSTILE, Appearance(width=80, verbose=True))
    made["table_none_hostile"] = partial(render, HOSTILE, Appearance(verbose=True))
    # Those that are read by programs hold what may be hostile to them as well.
    ending = ENDING._replace(errors=ENDINGS["errors"].errors)
    made |= {name: partial(render, ALL, ending=ending, name=name) for name in SUFFIXES}
    # Of so many, GitHub is told the worst.
    made["github_hostile"] = lambda: "".join(render([one], name="github") for one in HOSTILE)
    return made


def golden_path(name: str) -> Path:
    return Path(__file__).parent / "golden" / f"{name}.{SUFFIXES.get(name, 'txt')}"


def golden_text(name: str) -> str:
    # Not as text: a line of CSV ends in CR LF.
    return golden_path(name).read_bytes().decode("utf-8")
