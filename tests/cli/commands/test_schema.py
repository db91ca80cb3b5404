"""`convcheck schema`: the file in the package is what it prints, and it is written whole."""

import json
from pathlib import Path

import jsonschema

from tests.cli.calling import ROOT, Caller


def test_the_file_is_what_the_command_prints(call: Caller) -> None:
    file = ROOT / "convcheck" / "spec" / "spec.schema.json"
    assert file.read_text("utf-8") == call("schema").out, "run: convcheck schema -o convcheck/spec/spec.schema.json"


def test_it_is_written_whole(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("old")
    assert call("schema", "-o", "s.json").out == ""
    assert (tmp_path / "s.json").read_text("utf-8") == call("schema").out
    assert call("schema", "--report", "-o", "s.json").code == 0
    assert "checks" in json.loads((tmp_path / "s.json").read_text("utf-8"))["properties"]
    assert call("schema", "-o", "nowhere/s.json").code == 2


def test_schemas(call: Caller) -> None:
    for options in ([], ["--report"]):
        jsonschema.Draft7Validator.check_schema(json.loads(call("schema", *options).out))
    assert "schema" in json.loads(call("schema", "--report").out)["properties"]
