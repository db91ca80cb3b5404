"""Wrong code made of right code: files of `files/right`, each with an edit as people make it by mistake.

`edits/*.yaml` hold them, a file a layer. Of each: the `file` that is edited; `impl`, the names in it, where they must
be given; `edit`, the old texts, each of which is in the file once, and the new ones; `why`, what is wrong, in the words
of whoever wrote it; `named` or `pointed`, a part of the conclusion that is to be drawn: `named` is the sentence of a
known mistake, `pointed` a condition, a pattern or a finding that is true of the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from convcheck.spec.compose import LOADER

FOLDER = Path(__file__).parent
RIGHT = FOLDER / "files" / "right"


@dataclass(frozen=True)
class Edited:
    """One wrong implementation; see above. `id` is its number among those of its layer, and its file."""

    id: str
    layer: str
    file: str
    edit: tuple[tuple[str, str], ...]
    why: str
    impl: str = ""
    named: str = ""
    pointed: str = ""

    def text(self) -> str:
        """The wrong code. Raises ValueError where an old text is not in the file exactly once."""
        text = (RIGHT / self.file).read_text(encoding="utf-8")
        for old, new in self.edit:
            if text.count(old) != 1:
                raise ValueError(f"{self.id}: {old!r} is {text.count(old)} times in {self.file}, not once")
            text = text.replace(old, new)
        return text


def edited() -> list[Edited]:
    """All of them, by layer."""
    every = []
    for path in sorted((FOLDER / "edits").glob("*.yaml")):
        for number, one in enumerate(yaml.load(path.read_text(encoding="utf-8"), LOADER) or (), start=1):
            edit = tuple(one.pop("edit").items())
            every.append(Edited(f"{path.stem} {number} {one['file']}", path.stem, edit=edit, **one))
    return every
