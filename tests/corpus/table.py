"""What each file of the corpus is, how it is named on the command line, and what the report must say of it.

Every file is written for this test, in the style and with the mistakes of code that is out there. Files that are right
pass the whole suite; each of the others has one mistake, which passes the sizes that a notebook tries.

The rows stand in `rows/*.yaml`, a file a layer, under `right` and `wrong`, with the fields of `Row`. `impl` is from the
folder of that name; `layers` may be left out where it is the layer that the file of rows is named after.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from convcheck.spec.compose import LOADER

FOLDER = Path(__file__).parent / "rows"


@dataclass(frozen=True)
class Row:
    """A file, and what is to be said of it.

    `impl`: as after --impl, from the folder `files`. `layers`: those that are found in it. `why`: what is wrong.

    `says`: what the report must name, tensors that are wrong and codes of findings; "a|b" is either. `may`: what it may
    name beside that, because it follows. Where both are empty every check passes and no tensor is wrong.
    `fails`: the layers that fail, all of them where it is empty. `cause`: what the conclusion says, or part of it.
    `spec`: the layer whose suite is given on the command line, for names that do not tell. `k`: which of the checks are
    run, of what is wrong and takes long; all where it is empty. `torch`: whether PyTorch is needed.
    """

    impl: str
    layers: tuple[str, ...]
    why: str = ""
    says: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    cause: str = ""
    spec: str = ""
    k: str = ""
    torch: bool = False


def rows(kind: str) -> list[Row]:
    """All rows that are `right`, or all that are `wrong`."""
    every = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for one in yaml.load(path.read_text(encoding="utf-8"), LOADER).get(kind) or ():
            lists = {name: tuple(value) for name, value in one.items() if isinstance(value, list)}
            every.append(Row(**{"layers": (path.stem,), **one, **lists, "impl": f"{kind}/{one['impl']}"}))
    return every


RIGHT = rows("right")
WRONG = rows("wrong")
ROWS = RIGHT + WRONG
