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


def test_list_of_code_is_what_a_run_of_it_would_do(call: Caller, own: Path) -> None:
    here = ("--impl", own.name, "--no-isolation")
    for selection in ([], ["-k", "3"], ["--dtype", "float32"]):
        listed = json.loads(call("list", "--impl", own.name, "--format", "json", *selection).out)["checks"]
        ran = json.loads(call("run", *here, "--format", "json", *selection).out)["checks"]
        assert listed
        for key in ("id", "file", "line", "layer", "implementation", "output_shape"):
            assert [one[key] for one in listed] == [one[key] for one in ran], key
    called = call("list", "--impl", own.name)
    assert (called.code, called.err) == (0, "")
    assert called.out.splitlines()[0].split() == ["output", "forward", "evaluations", "implementation", "id"]
    assert called.out.splitlines()[1].endswith(f"layers.py:relu_forward,relu_backward  {listed[0]['id']}")


def test_list_of_code_says_what_is_wrong_as_a_run_of_it_does(call: Caller, own: Path, good: Path) -> None:
    assert call("list", "--impl", own.name, "-k", "zzz").code == call("run", "--impl", own.name, "-k", "zzz").code == 5
    own.write_text("import nowhere_to_be_found\n" + own.read_text())
    assert "nowhere_to_be_found is not installed: an empty module" in call("list", "--impl", own.name).err
    own.write_text("x = 1\n")
    listed, ran = call("list", "--impl", own.name), call("run", "--impl", own.name)
    assert listed.code == ran.code == 2
    assert listed.err == ran.err
    # Beside a spec it is listed by its name, and not imported.
    own.write_text("open('imported', 'w').close()\n")
    assert "layers.py" in call("list", good.name, "--impl", own.name, "--format", "json").out
    assert not Path("imported").exists()
    assert call("list", "--impl", "naive").code == 2
