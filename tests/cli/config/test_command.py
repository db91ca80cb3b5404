"""Options from the environment and from a project's files: what goes before what, and what a file may not say.

Covers command.py, file.py, keys.py and show.py.

Covers cli/config/file.py and cli/config/keys.py as well.
"""

import json
from pathlib import Path

import pytest

from tests.cli.calling import Caller


@pytest.fixture(autouse=True)
def repository(call: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: Path) -> Path:
    """The working folder is below the root of a repository."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    return tmp_path


def shown(call: Caller, *arguments: str) -> dict[str, list[str]]:
    called = call("run", "--show-config", *arguments)
    assert called.code == 0, called.err
    rows = (line.split(maxsplit=2) for line in called.out.splitlines())
    return {key: rest for key, *rest in rows}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "[project]\nname = 'x'\n[tool.convcheck]\nseed = 7\nmax_memory = '1GB'\nquiet = true\n"),
        ("setup.cfg", "[metadata]\nseed = 1\n[convcheck]\nseed = 7\nmax-memory = 1GB\nquiet = yes\n"),
    ],
)
def test_the_nearest_goes_first(
    call: Caller, repository: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str
) -> None:
    assert shown(call)["seed"] == ["-", "default"]
    (repository / file).write_text(text)
    rows = shown(call)
    assert rows["seed"] == ["7", f"../{file}:4"]
    assert rows["max-memory"] == ["1000000000", f"../{file}:5"]
    assert rows["quiet"] == ["true", f"../{file}:6"]
    monkeypatch.setenv("CONVCHECK_SEED", "8")
    assert shown(call)["seed"] == ["8", "CONVCHECK_SEED"]
    assert shown(call, "--seed", "9")["seed"] == ["9", "the command line"]
    assert shown(call, "-j", "auto")["jobs"] == ["auto", "the command line"]
    # A file that is nearer is the one that counts, whole.
    Path("pyproject.toml").write_text("tool.convcheck.dtype = 'float32'\n")
    rows = shown(call)
    assert rows["dtype"] == ["float32", "pyproject.toml:1"]
    assert rows["quiet"] == ["false", "default"]


def test_it_is_what_the_run_does_and_repeats(call: Caller, repository: Path) -> None:
    (repository / "pyproject.toml").write_text(
        "[tool.convcheck]\ndtype = 'float32'\nmax-memory = '1GB'\nformat = 'json'\nk = ['wrong', 'spatial']\n"
    )
    (repository / "sub" / "wrong.yaml").write_text(
        "layer: spatial_batchnorm\nN: 2\nC: 3\nH: 4\nW: 5\nimplementation: reshape_without_swap\n"
    )
    (check,) = json.loads(call("run", "wrong.yaml").out)["checks"]
    assert check["dtype"] == "float32"
    out = call("run", "wrong.yaml", "--format", "table").out
    assert ", dtype: float32, implementation: reshape_without_swap}' | convcheck run - --max-memory 1000000000\n" in out


def test_outputs_are_under_the_folder_of_the_file(call: Caller, repository: Path, good: Path) -> None:
    (repository / "pyproject.toml").write_text("[tool.convcheck]\noutput = ['junit=out.xml', 'json=out.json']\n")
    assert "1 check: 1 pass" in call("run", good).out
    assert json.loads((repository / "out.json").read_text())["summary"]["pass"] == 1
    assert (repository / "out.xml").exists()
    for place in ("../out.json", "/etc/out.json", "sub/../.."):
        (repository / "pyproject.toml").write_text(f"[tool.convcheck]\noutput = 'json={place}'\n")
        called = call("run", good)
        assert called.code == 2
        assert f"../pyproject.toml:2: output: '{place}' is not under the folder" in called.err


@pytest.mark.parametrize("place", [".git/hooks/post-commit", ".git/x.json", "sub/layers.py", "setup.cfg", "x"])
def test_a_file_names_no_place_but_that_of_a_report(call: Caller, repository: Path, good: Path, place: str) -> None:
    for output in (place, f"json={place}"):
        (repository / "pyproject.toml").write_text(f"[tool.convcheck]\nformat = 'json'\noutput = '{output}'\n")
        called = call("run", good)
        assert called.code == 2
        assert "a file may name reports that end in .json" in called.err
    assert not (repository / place).exists()


def test_several_in_the_environment(call: Caller, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVCHECK_OUTPUT", "'a b.json' csv=c.csv")
    monkeypatch.setenv("CONVCHECK_TRUST", "1")
    assert shown(call)["trust"] == ["true", "CONVCHECK_TRUST"]
    assert call("run", good).code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["a b.json", "c.csv"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sede = 3", "unknown key 'sede'; did you mean seed?"),
        ("zzzzzz = 3", "unknown key 'zzzzzz'; there are k, impl, seed"),
        ("seed = -1", "seed: expected a whole number of at least 0"),
        ("dtype = 'float16'", "dtype: 'float16' is not one of 'float64', 'float32'"),
        ("format = 'xml'", "format: no format is called 'xml'; did you mean junit?"),
        ("quiet = 'yes'", "quiet: expected true or false, received 'yes'"),
        ("seed = [1]", "seed: expected a text or a number, received [1]"),
        ("seed = true", "seed: expected a text or a number, received True"),
        ("k = [1]", "k: expected a text or a list of texts, received [1]"),
        ("trust = true", "trust cannot be set in a file: code that a spec names runs only when the person"),
        ("impl = 'layers.py'", "impl: code of your own cannot be named in a file, which is data: --impl layers.py"),
        ("impl = 'a.b:C'", "impl: code of your own cannot be named in a file"),
        ("list-impl = 'layers.py'", "unknown key 'list-impl'"),
        ("max_memory = '1GB'\nmax-memory = '2GB'", "'max-memory' is there twice"),
        ("seed = = 3", "it is not TOML"),
    ],
)
def test_a_mistake_in_a_file(call: Caller, repository: Path, good: Path, line: str, message: str) -> None:
    (repository / "pyproject.toml").write_text(f"[tool.convcheck]\n{line}\n")
    called = call("run", good)
    assert (called.code, called.out) == (2, "")
    number = 3 if "twice" in message else 2
    assert f"../pyproject.toml:{number}: {message}" in " ".join(called.err.split())
    assert call("run", "--help").code == 0


def test_a_mistake_elsewhere(call: Caller, repository: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cfg = repository / "setup.cfg"
    cfg.write_text("[convcheck]\nseed = 1\nsede = 2\nquiet = maybe\n")
    err = call("run", good).err
    # All of them at once.
    assert "../setup.cfg:3: unknown key 'sede'; did you mean seed?" in err
    assert "../setup.cfg:4: quiet: 'maybe' is not a valid boolean" in err
    cfg.write_text("[convcheck]\nseed = 1\nseed = 2\n")
    assert "../setup.cfg:3: it cannot be read" in call("run", good).err
    cfg.write_bytes(b"[convcheck]\nk = \xe9\n")
    assert "../setup.cfg:2: it is not UTF-8" in call("run", good).err
    cfg.write_text("[convcheck]\nseed = 1\n")
    (repository / "pyproject.toml").write_text("[tool.convcheck]\n")
    assert "both ../pyproject.toml and ../setup.cfg have settings" in call("run", good).err
    (repository / "pyproject.toml").unlink()
    monkeypatch.setenv("CONVCHECK_SEED", "x")
    monkeypatch.setenv("CONVCHECK_DTIPE", "x")
    err = call("run", good).err
    assert "'--seed': expected a whole number of at least 0 and at most" in err
    assert "received 'x' (in CONVCHECK_SEED)" in err
    assert "convcheck: CONVCHECK_DTIPE sets nothing; did you mean CONVCHECK_DTYPE?" in err


def test_outside_a_repository_the_working_folder_alone_counts(call: Caller, repository: Path) -> None:
    (repository / ".git").rmdir()
    (repository / "pyproject.toml").write_text("[tool.convcheck]\nseed = 7\n")
    assert shown(call)["seed"] == ["-", "default"]
    Path("pyproject.toml").write_text("[tool.convcheck]\nseed = 8\n")
    assert shown(call)["seed"] == ["8", "pyproject.toml:2"]


def test_list_lists_what_is_run(call: Caller, repository: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "pyproject.toml").write_text(
        "[tool.convcheck]\nimpl = 'vectorized'\nformat = 'junit'\noutput = 'x.json'\nquiet = true\n"
    )
    assert "vectorized" in call("list", good, "--format", "json").out
    assert "forward evaluations" in call("list", good).out
    monkeypatch.setenv("CONVCHECK_IMPL", "naive")
    monkeypatch.setenv("CONVCHECK_QUIET", "1")
    called = call("list", good, "--format", "json")
    assert ("naive" in called.out, called.err) == (True, "")
    (repository / "pyproject.toml").write_text("[tool.convcheck]\nqiet = true\n")
    assert "unknown key 'qiet'; did you mean quiet?" in call("list", good).err
    assert "unknown key 'qiet'; did you mean quiet?" in call("run", good).err


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("pyproject.toml", b"[project]\n[tool.convcheck\nseed = 7\n", "pyproject.toml:2: it is not TOML: Expected ']'"),
        ("pyproject.toml", b"[project\nname = 'x'\n", "pyproject.toml:1: it is not TOML"),
        ("pyproject.toml", b"[project]\nname = 'x'\nurls = [\n", "pyproject.toml:3: it is not TOML"),
        ("pyproject.toml", b"[tool.other]\n# \xe9\n", "pyproject.toml:2: it is not UTF-8"),
        ("pyproject.toml", "[tool.convcheck]\nseed = 7\n".encode("utf-16"), "pyproject.toml:1: it is not UTF-8"),
        ("pyproject.toml", None, "pyproject.toml: it cannot be read: Is a directory"),
        ("pyproject.toml", b"[convcheck]\n", "pyproject.toml:1: [convcheck] is not read: expected [tool.convcheck]"),
        (
            "pyproject.toml",
            b"[a]\n[tool.convchek]\n",
            "pyproject.toml:2: [tool.convchek] is not read: expected [tool.con",
        ),
        ("pyproject.toml", b"[tool.Convcheck]\n", "pyproject.toml:1: [tool.Convcheck] is not read: expected [tool.con"),
        ("pyproject.toml", b"tool.conv_check.seed = 1\n", "pyproject.toml:1: [tool.conv_check] is not read: expected"),
        ("pyproject.toml", b"tool.convcheck = 3\n", "pyproject.toml: tool.convcheck: expected a table, received 3"),
        ("setup.cfg", None, "setup.cfg: it cannot be read: Is a directory"),
        ("setup.cfg", b"[metadata]\n[convcheck\nseed = 7\n", "setup.cfg:2: it cannot be read"),
        ("setup.cfg", "[convcheck]\nseed = 7\n".encode("utf-16"), "setup.cfg:1: it is not UTF-8"),
        ("setup.cfg", b"[a]\n[tool:convcheck]\n", "setup.cfg:2: [tool:convcheck] is not read: expected [convcheck]"),
        ("setup.cfg", b"[tool.convcheck]\n", "setup.cfg:1: [tool.convcheck] is not read: expected [convcheck]"),
    ],
)
def test_no_file_that_may_hold_settings_is_passed_over(
    call: Caller, repository: Path, good: Path, file: str, content: bytes | None, message: str
) -> None:
    if content is None:
        (repository / file).mkdir()
    else:
        (repository / file).write_bytes(content)
    for command in ("run", "list"):
        called = call(command, good)
        assert (called.code, called.out) == (2, "")
        assert f"../{message}" in " ".join(called.err.split())
    # A file that is nearer is the one that counts, whole.
    Path("pyproject.toml").write_text("[tool.convcheck]\n")
    assert call("run", good).code == 0


def test_a_working_folder_that_was_deleted_is_said(
    call: Caller, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for arguments in (["run", good], ["run", "*.yaml"], ["list", good], ["run", "--impl", "layers.py", "-o", "x.json"]):
        called = call(*arguments)
        assert (called.code, called.out) == (2, "")
        assert "the working folder is not there any more: change to one that is" in called.err
    # What needs none is done.
    assert call("layers").code == 0
    assert "cannot write 'x.yaml': No such file or directory" in call("suite", "relu", "-o", "x.yaml").err


def test_a_link_to_nowhere_is_a_file_that_cannot_be_read(call: Caller, repository: Path, good: Path) -> None:
    (repository / "pyproject.toml").symlink_to("gone.toml")
    assert "../pyproject.toml: it cannot be read: No such file or directory" in call("run", good).err


def test_files_that_say_nothing_of_it_are_let_be(call: Caller, repository: Path, good: Path) -> None:
    (repository / "pyproject.toml").write_text(
        "[project]\nname = 'convcheck'\n[tool.other]\nconvcheck = 1\n[tool.codecheck]\n"
    )
    for content in (b"convcheck\n", b"[metadata]\nauthor = \xe9\n", "[metadata]\n".encode("utf-16")):
        (repository / "setup.cfg").write_bytes(content)
        assert call("run", good).code == 0


def test_a_word_that_was_renamed_is_told_once_and_where_it_was_given(
    call: Caller, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "sub" / "spec.yaml").write_text("layer: relu\nmatrix: {shape: [[2], [3]]}\nscheme: groups\n")
    said = "spec.yaml:3:9: scheme groups is called entries now\n"
    called = call("run", "spec.yaml", "--scheme", "groups", "--format", "json")
    assert called.err == "convcheck: scheme groups is called entries now\n" + said
    document = json.loads(called.out)
    assert document["arguments"]["scheme"] == "entries"
    assert {check["scheme"] for check in document["checks"]} == {"entries"}
    assert document["checks"][0]["repeat"].endswith("--scheme entries")
    monkeypatch.setenv("CONVCHECK_SCHEME", "probe")
    assert call("run", "spec.yaml").err == "convcheck: CONVCHECK_SCHEME: scheme probe is called auto now\n" + said
    monkeypatch.delenv("CONVCHECK_SCHEME")
    Path("pyproject.toml").write_text("[tool.convcheck]\nscheme = 'groups'\n")
    assert call("run", "spec.yaml").err == "pyproject.toml:2: scheme groups is called entries now\n" + said
    assert call("run", "spec.yaml", "--scheme", "full").err == said
