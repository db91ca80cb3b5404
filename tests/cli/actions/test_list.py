"""`convcheck list`: the checks that a run would do."""

import json
from pathlib import Path

from tests.cli.calling import Caller


def test_list_says_what_a_run_would_do(call: Caller, several: Path) -> None:
    called = call("list", "several.yaml")
    assert called.code == 0
    lines = called.out.splitlines()
    assert lines[0].split("  ")[0] == "output"
    assert [line.split(maxsplit=2)[0] for line in lines[1:4]] == ["2×3"] * 3
    assert lines[2].endswith("several.yaml::small wide")
    document = json.loads(call("list", "several.yaml", "-k", "other", "--format", "json").out)
    ran = json.loads(call("run", "several.yaml", "-k", "other", "--format", "json").out)["checks"][0]
    for key in ("id", "file", "line", "layer", "output_shape", "forward_evaluations"):
        assert document["checks"][0][key] == ran[key], key


def test_list_goes_on_beside_an_invalid_spec(call: Caller, good: Path, invalid: Path) -> None:
    called = call("list", good, invalid)
    assert called.code == 2
    assert "good.yaml::relu" in called.out
    assert call("list", good, "-k", "zzz").code == 5
    assert call("list").code == 2
