"""The schema of specs as a file, and the line by which an editor finds it."""

import json
import re
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("written", "output", "options", "place"),
    [
        (None, "new.yaml", [], "convcheck.schema.json"),
        (None, None, [], "convcheck.schema.json"),
        ("convcheck.schema.json", "sub/new.yaml", [], "../convcheck.schema.json"),
        ("sub/convcheck.schema.json", "sub/new.yaml", [], "convcheck.schema.json"),
        ("../convcheck.schema.json", "new.yaml", [], "convcheck.schema.json"),
        (None, "sub/new.yaml", ["--schema", "my specs.json"], "../my%20specs.json"),
        (None, None, ["--schema", "https://example.org/s.json"], "https://example.org/s.json"),
    ],
)
def test_the_spec_says_where_it_is(
    call: Caller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: str | None,
    output: str | None,
    options: list[str],
    place: str,
) -> None:
    root = tmp_path / "root"
    (root / ".git").mkdir(parents=True)
    (root / "sub").mkdir()
    monkeypatch.chdir(root)
    if written:
        Path(written).write_text(call("schema").out)
    called = call("init", "relu", *(["-o", output] if output else []), *options)
    assert (called.code, called.err) == (0, "")
    text = Path(output).read_text("utf-8") if output else called.out
    # As the language server reads it.
    found = re.search(r"^#\s+yaml-language-server\s*:.*\$schema=(\S+)", text.splitlines()[0])
    assert found is not None
    assert found[1] == place
    if written and output and written != "../convcheck.schema.json":
        assert (Path(output).parent / place).is_file()


def test_the_group_has_an_example(call: Caller) -> None:
    assert "\n    convcheck run " in call("--help").out
