"""What is concluded of each edited file: `python -m tests.corpus.conclusions [PART OF AN ID]` prints it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import convcheck
from convcheck.cli.process import run_process
from convcheck.layers.catalogue import LAYERS
from tests.corpus.edited import Edited, edited

FOLDERS = Path(convcheck.__file__).parent / "layers"


def conclusions_on(one: Edited) -> list[dict]:
    """The conclusions on its layer, of the JSON report of the layer's suite; empty where every check passes."""
    with TemporaryDirectory() as folder:
        code, report = Path(folder, one.file.rpartition("/")[2]), Path(folder, "report.json")
        code.write_text(one.text(), encoding="utf-8")
        names = f":{one.impl}" if one.impl else ""
        # The suite of a layer that asks code for what it does by itself does so where no spec asks for anything.
        adopts = any(constant.adopted for constant in LAYERS[one.layer].words.built_in)
        suite = ["--layer", one.layer] if adopts else [str(FOLDERS / one.layer / "suite.yaml")]
        run_process(["run", *suite, "--impl", f"{code}{names}", "-q", "-o", f"json={report}", "--no-isolation"])
        return json.loads(report.read_text(encoding="utf-8")).get("conclusions", [])


def kind_of(one: Edited, conclusions: list[dict]) -> str:
    """How the code's fault is told: "named" or "pointed" as was expected, "other" words, or "silent" (no failure)."""
    causes = [cause for conclusion in conclusions for cause in conclusion["causes"]]
    if not conclusions:
        return "silent"
    if one.named and any(one.named in cause["sentence"] and cause["mistakes"] for cause in causes):
        return "named"
    return "pointed" if one.pointed and any(one.pointed in cause["sentence"] for cause in causes) else "other"


def main(part: str = "") -> None:
    """Print every conclusion, and how many are of each kind."""
    kinds: dict[str, int] = {}
    for one in edited():
        if part not in one.id:
            continue
        conclusions = conclusions_on(one)
        kind = kind_of(one, conclusions)
        kinds[kind] = kinds.get(kind, 0) + 1
        print(f"{kind}  {one.id}: {one.why}")
        for conclusion in conclusions:
            print(f"    wrong: {', '.join(conclusion['wrong'])}; {conclusion['failed']} of {conclusion['checks']}")
            for cause in conclusion["causes"]:
                known = f" [{', '.join(cause['mistakes'][:3])}]" if cause["mistakes"] else ""
                print(f"      {cause['sentence']}{known}")
    print(", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())), "of", sum(kinds.values()))


if __name__ == "__main__":
    main(*sys.argv[1:2])
