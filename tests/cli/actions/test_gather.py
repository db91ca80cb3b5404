"""Bad input: a clear error and exit code, never a traceback; what is wrong with one spec keeps no other from its check.

Covers actions/gather.py; see test_select.py for -k.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from convcheck.reports.formats import FORMATS
from tests.cli.calling import Caller

VALID = "N: 2\nC: 3\nH: 8\nW: 8\nF: 4\nH1: 3\nW1: 3\nstride: 1\npad: 1\n"


def write(content: str | bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return make


def large(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(50 * 2**20)


BAD = {
    "missing": lambda path: None,
    "empty": write(""),
    "comment": write("# nothing\n"),
    "binary": write(bytes(range(256)) * 20),
    "large": large,
    "latin1": write(b"name: caf\xe9\n"),
    "syntax": write("N: [1, 2\n"),
    "list": write("- 1\n- 2\n"),
    "layer": write("layer: conf\n" + VALID),
    "key": write(VALID + "paddding: 3\n"),
    "implementation": write(VALID + "implementation: vectorised\n"),
    "excluded": write(VALID.replace("stride: 1\n", "") + "matrix: {stride: [1]}\nexclude: [{stride: 1}]\n"),
    "bomb": write("a: &a [1,1]\nb: &b [*a,*a]\nc: &c [*b,*b]\n" + VALID),
    "cycle": write("N: &a [*a]\n"),
    "memory": write(VALID.replace("N: 2", "N: 200000").replace("H: 8", "H: 5000")),
    "folder link": lambda path: path.symlink_to(path.parent / "nowhere"),
    **{
        f"{field}={value}": write(VALID.replace(f"{field}: {now}\n", f"{field}: {value}\n"))
        for field, now in (line.split(": ") for line in VALID.splitlines())
        for value in ("text", "true", "1.5", "null", "[1]", str(10**30), "-1", *(() if field == "pad" else ("0",)))
    },
}


@pytest.mark.parametrize("name", BAD)
def test_bad_specs(call: Caller, tmp_path: Path, name: str) -> None:
    BAD[name](tmp_path / "bad.yaml")
    for command in ("run", "list"):
        called = call(command, "bad.yaml")
        assert called.code == 2
        assert "bad.yaml" in called.err
        assert "Traceback" not in called.err
        assert "::" not in called.out


def test_no_report_grows_with_the_line_of_its_mistakes(call: Caller, tmp_path: Path) -> None:
    line = "{" + ", ".join(f"k{i}: 1" for i in range(20_000)) + "}\n"
    assert len(line) > 200_000
    (tmp_path / "bad.yaml").write_text(line)
    called = call("run", "bad.yaml", *(part for form in FORMATS for part in ("-o", f"{form}={form}.txt")))
    assert called.code == 2
    assert called.err.count("unknown key") == 100
    assert "at least 900 more mistakes" in called.err
    for text in (called.err, called.out, *(Path(f"{form}.txt").read_text() for form in FORMATS)):
        assert len(text) < 100_000


@pytest.mark.parametrize("spec", ["empty_folder", "nothing/*.yaml", "*.yml"])
def test_nothing_to_check(call: Caller, tmp_path: Path, spec: str) -> None:
    (tmp_path / "empty_folder").mkdir()
    called = call("run", spec)
    assert called.code == 5
    assert spec in called.err
    assert "nothing to check" in called.err
    assert "::" not in called.out


def test_an_empty_folder_beside_a_spec_is_said(call: Caller, good: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    called = call("run", good, "empty")
    assert called.code == 2
    assert "'empty' holds no *.yaml and no *.yml" in called.err
    assert "1 check: 1 pass, 1 error in specs or options" in called.out


def test_an_empty_name_is_a_variable_that_is_not_set(call: Caller, good: Path) -> None:
    called = call("run", good, "")
    assert called.code == 2
    assert "a SPEC is empty" in called.err
    assert called.out == ""


def test_a_name_that_sends_control_characters_is_shown(call: Caller) -> None:
    called = call("run", "\x1bno.yaml")
    assert called.code == 2
    assert "\x1b" not in called.err
    assert "\\x1bno.yaml" in called.err


def test_code_in_the_place_of_a_spec_says_how_to_check_it(call: Caller, own: Path, good: Path) -> None:
    for command in ("run", "list"):
        called = call(command, own.name, good.name)
        assert called.code == 2
        assert called.err.splitlines()[:2] == [
            "layers.py: is code, and a spec is YAML",
            "    hint: to check code: convcheck run --impl layers.py",
        ]
        # The others are looked at all the same.
        assert "1 check" in called.out
    assert "no command is called 'layers.py'; to check code: convcheck run --impl layers.py" in call(own.name).err
