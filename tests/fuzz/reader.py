"""Throws texts at the reader of specs, and says of each whether what was promised held.

    python -m tests.fuzz.reader [--engine own|atheris] [--inputs N] [--seconds T] [--seed S] [--jobs J]

Whatever the text: no exception, an answer within two seconds, no more than 300 MB, and errors at places that are there.
An input that breaks one of these is written to `corpus/reader/`, where the suite replays it.

The engine of our own makes specs from the keys that there are and from what YAML can do, spoils them, and spoils those
in `configs/` and `tests/specs/`. With atheris (`pip install atheris`) the search is guided by what the code reached.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import FunctionType
from typing import NamedTuple

from convcheck.layers.catalogue import FORMS
from convcheck.spec.errors import SpecError
from convcheck.spec.fields import declared
from convcheck.spec.layer_keys import MANNER
from convcheck.spec.reader import read_bytes
from convcheck.spec.spec_text import LINE_END, MOST_TOLD

FOLDER = Path(__file__).parent
CORPUS = FOLDER / "corpus" / "reader"
SEEDS = (FOLDER.parents[1] / "configs", FOLDER.parent / "specs", CORPUS)

MOST_SECONDS = 2.0
MOST_MEGABYTES = 300
LONGEST_ERROR = 10_000

KEYS = sorted({key for form in FORMS.values() for key in declared(form.sizes)} | set(MANNER))
OUTLINE = ("layer", "checks", "defaults", "matrix", "exclude", "<<", "file", "module", "forward", "backward", "class")
# fmt: off
SCALARS = (
    "1", "2", "3", "5", "8", "0", "-1", "2147483648", "1e-5", "0.5", ".inf", "010", "0x1f", "1_0", "1:30", "1,000", "~",
    "", "true", "on", "'3'", '"\\n"', "naive", "vectorized", "float32", "normal", "fail", "a.py", "é漢", "a b",
    "!!int 3", "9" * 40, "1_" * 30 + "x", "1." * 20, "|\n    a\n    b", ">-\n    a\n", "[2, 3]", "[]", "{}", "{N: 1}",
    "&a 1", "*a", "&b [1, 2]", "*b", "&d {N: 2, C: 3}", "*d", *FORMS,
)
PIECES = (
    "\t", "  ", "\n", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "<<: *d", "'", '"', "|\n", ">\n", "---\n", "...\n",
    "!x ",
    "!!int ", "? ", "%", "%TAG !a! b\n", "%YAML 1.1\n", "@", "`", "#", ",", "\x00", "\x1b", "\ufeff", "\u2028", "\x85",
    "\r", "\r\n", "é", "漢", "\U0001f600", "null", "matrix:\n  seed: [1, 2]\n", "checks:\n- ", "defaults:\n  ",
    "exclude:\n- ", "import os\n", "def f():\n",
)
# fmt: on


class Tally(NamedTuple):
    """What a run saw: how many inputs, what each that broke a promise did, the slowest in seconds, the growth in MB."""

    inputs: int
    faults: tuple[str, ...]
    slowest: float
    megabytes: float


class Mutator:
    """Makes inputs, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        paths = sorted(path for folder in SEEDS for path in folder.rglob("*.yaml"))
        self._seeds = [path.read_bytes().decode(errors="replace") for path in paths if path.stat().st_size < 2000]

    def __call__(self) -> bytes:
        """The next input."""
        chance = self._random.random
        text = self._spec() if chance() < 0.5 else self._random.choice(self._seeds)
        if chance() < 0.7:
            for _ in range(self._random.randint(1, 4)):
                text = self._spoilt(text)
        if chance() < 0.001:
            text *= self._random.randint(2, 200)
        data = text.encode(errors="replace")
        if chance() < 0.02 and data:
            at = self._random.randrange(len(data))
            data = data[:at] + bytes([self._random.randrange(256)]) + data[at + self._random.randint(0, 2) :]
        if chance() < 0.005:
            data = text.encode(self._random.choice(("utf-16", "utf-32", "utf-8-sig")), errors="replace")
        return data

    def _spec(self) -> str:
        form = self._random.choice(list(FORMS.items()))
        keys = list(declared(form[1].sizes))
        top = self._mapping(keys, form[0], 0)
        if self._random.random() < 0.4:
            items = [self._mapping(keys, form[0], 1) for _ in range(self._random.randint(0, 4))]
            lead = f"defaults:{self._random.choice((' ', ' &d '))}\n" + self._indented(top, "  ")
            top = lead + "checks:\n" + "".join("- " + self._indented(item, "  ").lstrip() for item in items)
        if self._random.random() < 0.2:
            top += "---\n" + self._mapping(keys, form[0], 0)
        return top

    def _mapping(self, keys: list[str], layer: str, depth: int) -> str:
        choice, chance = self._random.choice, self._random.random
        lines = [f"{key}: {choice('12358')}" for key in keys if chance() < 0.9 - 0.5 * depth]
        if chance() < 0.6:
            lines.append(f"layer: {layer}")
        for _ in range(self._random.randint(0, 2)):
            lines.append(f"{choice(choice((KEYS, OUTLINE)))}: {choice(SCALARS)}")
        if chance() < 0.3:
            axes = {
                choice(KEYS): ", ".join(choice(SCALARS[:14]) for _ in range(self._random.randint(0, 4))) for _ in "ab"
            }
            lines.append("matrix: {" + ", ".join(f"{key}: [{values}]" for key, values in axes.items()) + "}")
            if chance() < 0.5:
                item = "{" + f"{choice(list(axes))}: {choice(SCALARS[:14])}" + "}"
                lines.append("exclude: [" + ", ".join([item] * self._random.randint(0, 3)) + "]")
        if chance() < 0.2:
            self._random.shuffle(lines)
        return "\n".join(lines) + "\n"

    @staticmethod
    def _indented(text: str, by: str) -> str:
        return "".join(by + line + "\n" for line in text.splitlines())

    def _spoilt(self, text: str) -> str:
        """The text with one edit."""
        way = self._random.randrange(7)
        at = self._random.randint(0, len(text))
        end = min(len(text), at + self._random.randint(0, 30))
        if way == 0:
            return text[:at] + text[end:]
        if way == 1:
            return text[:at] + text[at:end] * self._random.choice((2, 3, 50)) + text[end:]
        if way == 2:
            lines = text.splitlines(keepends=True)
            self._random.shuffle(lines)
            return "".join(lines)
        if way == 3:
            other = self._random.choice(self._seeds)
            return text[:at] + other[self._random.randint(0, len(other)) :][:200] + text[end:]
        piece = self._random.choice(PIECES if way < 6 else SCALARS)
        return text[:at] + piece + text[self._random.choice((at, end)) :]


def fault(data: bytes) -> str | None:
    """What the reader does with an input that it must not do; None where every promise holds."""
    before = _megabytes()
    start = time.process_time()
    try:
        reading = read_bytes(data, "a.yaml", FORMS)
        shown = [error.text() for error in reading.errors]
    except Exception:
        return traceback.format_exc()
    seconds, growth = time.process_time() - start, _megabytes() - before
    lines = re.split(LINE_END, data.decode("utf-8-sig", errors="replace")) if reading.errors else []
    broken = (
        (seconds > MOST_SECONDS, f"answered after {seconds:.1f} s"),
        (growth > MOST_MEGABYTES, f"took {growth:.0f} MB"),
        (not reading.checks and not reading.errors, "neither a check nor an error"),
        (len(reading.errors) > MOST_TOLD + 1, f"{len(reading.errors)} errors"),
        (len({check.id for check in reading.checks}) < len(reading.checks), "two checks of one name"),
        (any(map(_unprintable, shown)), "an error that is no text to print"),
        (any(not _is_there(error, lines) for error in reading.errors), "an error at a place that is not there"),
    )
    return next((what for is_broken, what in broken if is_broken), None)


def _unprintable(text: str) -> bool:
    return len(text) > LONGEST_ERROR or not text.replace("\n", "").isprintable()


def _is_there(error: SpecError, lines: list[str]) -> bool:
    """Whether the error is at a line and a column of the file, or means the whole of it."""
    if (error.line, error.column) == (0, 0):
        return True
    return 1 <= error.line <= len(lines) and 1 <= error.column <= len(lines[error.line - 1]) + 1


def _megabytes() -> float:
    """The most memory that the process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def kept(data: bytes, folder: Path = CORPUS) -> Path:
    """The file of the corpus into which the input was written."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"found_{hashlib.sha256(data).hexdigest()[:12]}.yaml"
    path.write_bytes(data)
    return path


def run(make: Callable[[], bytes], inputs: int, seconds: float) -> Tally:
    """Up to so many inputs, for up to so long."""
    read_bytes(b"N: 2\n", "a.yaml", FORMS)
    before = _megabytes()
    start = last = time.monotonic()
    faults = []
    slowest = 0.0
    done = 0
    while done < inputs and last - start < seconds:
        data = make()
        begun = time.process_time()
        if (what := fault(data)) is not None:
            faults.append(f"{kept(data)}: {what}")
        last = time.monotonic()
        slowest = max(slowest, time.process_time() - begun)
        done += 1
    return Tally(done, tuple(faults), slowest, _megabytes() - before)


def _own(seed: int, inputs: int, seconds: float) -> Tally:
    return run(Mutator(seed), inputs, seconds)


def summary(tally: Tally, seconds: float) -> str:
    """The line that a run ends with."""
    pace = tally.inputs / max(seconds, 1e-9)
    return (
        f"reader: {tally.inputs:,} inputs, {len(tally.faults)} faults, slowest {tally.slowest:.2f} s, "
        f"{tally.megabytes:.0f} MB more at most, {pace:,.0f} a second"
    )


def _functions_of_the_reader() -> Iterator[FunctionType]:
    for name, module in list(sys.modules.items()):
        if name.startswith("convcheck.spec."):
            classes = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == name]
            for owner in (module, *classes):
                for one in list(vars(owner).values()):
                    if isinstance(one, FunctionType) and one.__module__ == name:
                        yield one


def _atheris(seed: int, inputs: int, seconds: float) -> None:
    """Let atheris choose. It ends the process itself."""
    import atheris

    for function in _functions_of_the_reader():
        atheris.instrument_func(function)
    start = time.monotonic()
    seen = {"inputs": 0, "slowest": 0.0}
    mutator = Mutator(seed)

    def one(data: bytes) -> None:
        begun = time.process_time()
        if (what := fault(data)) is not None:
            raise AssertionError(f"{kept(data)}: {what}")
        seen["inputs"] += 1
        seen["slowest"] = max(seen["slowest"], time.process_time() - begun)
        if seen["inputs"] == inputs:
            print(summary(Tally(inputs, (), seen["slowest"], _megabytes()), time.monotonic() - start), flush=True)

    def mutated(data: bytes, most: int, _seed: int) -> bytes:
        return (mutator() if len(data) < 2 else atheris.Mutate(data, most))[:most]

    # An input more than are counted, since the first is always empty.
    arguments = [
        sys.argv[0],
        f"-runs={inputs}",
        f"-seed={seed + 1}",
        "-max_len=4096",
        f"-max_total_time={int(seconds)}",
    ]
    atheris.Setup(arguments, one, custom_mutator=mutated)
    atheris.Fuzz()


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.reader", description="Fuzzes the reader of specs.")
    parser.add_argument("--engine", choices=("own", "atheris"), default="own")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=86_400.0, help="end after so long, whatever is left")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    chosen = parser.parse_args(arguments)
    if chosen.engine == "atheris":
        _atheris(chosen.seed, chosen.inputs, chosen.seconds)
        return 0
    start = time.monotonic()
    share = -(-chosen.inputs // chosen.jobs)
    if chosen.jobs == 1:
        tallies = [_own(chosen.seed, share, chosen.seconds)]
    else:
        with ProcessPoolExecutor(chosen.jobs) as pool:
            seeds = range(chosen.seed, chosen.seed + chosen.jobs)
            tallies = list(pool.map(_own, seeds, [share] * chosen.jobs, [chosen.seconds] * chosen.jobs))
    faults = tuple(one for tally in tallies for one in tally.faults)
    for one in faults:
        print(one)
    total = Tally(
        sum(tally.inputs for tally in tallies),
        faults,
        max(tally.slowest for tally in tallies),
        max(tally.megabytes for tally in tallies),
    )
    print(summary(total, time.monotonic() - start))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
