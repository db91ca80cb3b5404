"""What is concluded of each edited file: `python -m tests.corpus.conclusions [PART OF AN ID]` prints it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from convcheck.cli.process import run_process
from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import suite_text
from tests.corpus.edited import Edited, edited


def suite_in(folder: str, layer: str) -> str:
    """The path of the layer's suite, written to the folder."""
    path = Path(folder, "suite.yaml")
    path.write_text(suite_text(layer), encoding="utf-8")
    return str(path)


def conclusions_on(one: Edited) -> list[dict]:
    """The conclusions on its layer, of the JSON report of the layer's suite; empty where every check passes."""
    with TemporaryDirectory() as folder:
        code, report = Path(folder, one.file.rpartition("/")[2]), Path(folder, "report.json")
        code.write_text(one.text(), encoding="utf-8")
        names = f":{one.impl}" if one.impl else ""
        # Where the code tells the layer, its suite is run as that of no spec: there it may have constants of its own.
        found = survey(Source(str(code), tuple(filter(None, one.impl.split(","))))).found
        suite = [] if {each.layer for each in found} == {one.layer} else [suite_in(folder, one.layer)]
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
