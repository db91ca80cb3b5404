"""Right code with one method broken by an odd value or an odd exception: no fault of convcheck, and no pass.

    python -m tests.fuzz.broken_methods --cases 5000 --seed 1

All cases run in this process, one after the other. Each is numbered by its seed and says how to repeat it alone.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import io
import random
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from convcheck.checking.result import Result
from convcheck.checking.run_source import run_source
from convcheck.checking.settings import Settings
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.source import Found, Source
from convcheck.layers.catalogue import LAYERS
from convcheck.reports.json import check_record, json_text
from convcheck.running.blame import blame
from convcheck.running.message import Fault, Reply, packed, unpacked
from convcheck.spec.check import Check, Manner
from tests.fuzz import odd_values
from tests.fuzz.right_code import ARRAYS, KINDS, MOMENTS, WHOLE, broken, right_code
from tests.layers.cases import ONE_OF_EACH

# The layers that are broken; the passes of others are called by the same code.
DRAWN = ("conv", "max_pool", "relu", "batchnorm", "spatial_batchnorm")
# The methods that the check of this moment has called.
_reached: set[str] = set()
CALLS = (1, 1, 1, 1, 2, 3, 7)


class Case(NamedTuple):
    """`method` of the right code of `layer` is broken from call number `call` on, by `odd` or `exception`."""

    number: int
    layer: str
    kind: str
    method: str
    odd: str
    exception: str
    call: int
    suite: bool

    @property
    def surely_wrong(self) -> bool:
        """Whether no check of it may pass."""
        return (
            self.call == 1
            and self.method in ("out", "gradient", "others")
            and (bool(self.exception) or self.odd in odd_values.WRONG)
        )


def case(number: int, seed: int) -> Case:
    """Case `number` of a seed."""
    choose = random.Random(f"{seed} {number}")
    exception = choose.choice(list(odd_values.EXCEPTIONS)) if choose.random() < 0.35 else ""
    odd = "" if exception else choose.choice([*odd_values.WRONG, *odd_values.RIGHT])
    methods = [*ARRAYS, *ARRAYS, *WHOLE, *MOMENTS]
    return Case(
        number,
        choose.choice(DRAWN),
        choose.choice(list(KINDS)),
        choose.choice(methods),
        odd,
        exception,
        choose.choice(CALLS),
        choose.random() < 0.3,
    )


def _breaking(case: Case) -> Callable[[Any], Any]:
    calls = 0

    def handed_on(value: Any) -> Any:
        nonlocal calls
        calls += 1
        _reached.add(case.method)
        if calls < case.call:
            return value
        if case.exception:
            raise odd_values.EXCEPTIONS[case.exception]()
        made = (odd_values.WRONG.get(case.odd) or odd_values.RIGHT[case.odd])(_array_in(value))
        _leave(value, made)
        return made

    return handed_on


def _array_in(value: Any) -> Any:
    while isinstance(value, (tuple, list)) and value:
        value = value[0]
    return value if hasattr(value, "shape") else 1.0


def _leave(place: Any, made: Any) -> None:
    """In every entry of a dictionary of settings or of an instance's attributes but those that it needs."""
    own = place if isinstance(place, dict) else getattr(place, "__dict__", None)
    if isinstance(own, dict):
        for key in list(own):
            if key not in ("stride", "pad", "mode", "eps", "momentum", "pool_height", "pool_width"):
                own[key] = made
        with contextlib.suppress(Exception):
            own[made] = made


@contextmanager
def _broken(case: Case) -> Iterator[None]:
    broken[case.method] = _breaking(case)
    try:
        yield
    finally:
        broken.clear()
        _reached.clear()
        odd_values.Finicky.armed = False


def outcome_of(case: Case, source: Source, found: Found) -> Result | str:
    """The Result; or what went wrong in convcheck, in words."""
    sizes = LAYERS[case.layer].sizes(**ONE_OF_EACH[case.layer])
    check = Check(case.layer, case.layer, sizes, Manner())
    with _broken(case), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = run_source(check, source, found, Settings(suite=case.suite))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return _escaped(error)
        reached = case.method in _reached
    try:
        reply = unpacked(packed(Reply(result)))
        json_text(check_record(reply.value, ""))
    except Exception as error:
        return f"report: {type(error).__name__}: {error}"
    if case.surely_wrong and reached and result.status == "pass":
        return "passes"
    return result


def _escaped(error: BaseException) -> str:
    """Nothing may come out of a check but that the code cannot be opened, and that there is no memory."""
    blamed = blame(error)
    if isinstance(error, CannotOpen | MemoryError):
        return ""
    said = blamed.text if isinstance(blamed, Fault) else blamed.message
    return f"{''.join(traceback.format_exception(error))}\nescapes: {said}"


def run(cases: int, seed: int, only: int | None = None) -> list[tuple[Case, str]]:
    """What did not hold, of so many cases of a seed."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        code = right_code(Path(folder))
        for number in range(cases) if only is None else (only,):
            one = case(number, seed)
            outcome = outcome_of(one, *code[one.layer, one.kind])
            if isinstance(outcome, str) and outcome:
                failed.append((one, outcome))
    return failed


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.broken_methods", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="this case alone")
    given = parser.parse_args()
    began = time.perf_counter()
    failed = run(given.cases, given.seed, given.only)
    kinds = collections.Counter(said.rstrip().rpartition("\n")[2][:150] for _, said in failed)
    shown: set[str] = set()
    for one, said in failed:
        last = said.rstrip().rpartition("\n")[2][:150]
        if last not in shown:
            print(f"{said}\n{one}\n{kinds[last]} like it: --seed {given.seed} --only {one.number}\n")
        shown.add(last)
    print(f"{given.cases} cases, {len(failed)} failed, {time.perf_counter() - began:.1f} s")
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
