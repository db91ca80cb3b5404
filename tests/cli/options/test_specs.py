"""From SPEC… to files."""

import os
import subprocess
from pathlib import Path

import pytest

from convcheck.cli.options.specs import code_hint, find_spec_files


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b.yaml", "a.yml", "c.txt", "sub/d.yaml", "sub/.hidden/e.yaml", ".git/f.yaml", "x[1].yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("specs", "files"),
    [
        (["."], ["./a.yml", "./b.yaml", "./x[1].yaml", "./sub/d.yaml"]),
        (["*.yaml"], ["b.yaml", "x[1].yaml"]),
        (["**/*.yaml"], ["b.yaml", "sub/d.yaml", "x[1].yaml"]),
        (["**"], ["a.yml", "b.yaml", "sub/d.yaml", "x[1].yaml"]),
        (["su*"], ["sub/d.yaml"]),
        (["c.txt"], ["c.txt"]),
        (["x[1].yaml"], ["x[1].yaml"]),
        (["b.yaml", "a.yml", "./b.yaml", "*"], ["b.yaml", "a.yml", "c.txt", "sub/d.yaml", "x[1].yaml"]),
        (["-", "-"], ["-"]),
        (["missing.yaml"], ["missing.yaml"]),
    ],
)
@pytest.mark.usefixtures("tree")
def test_files(specs: list[str], files: list[str]) -> None:
    assert find_spec_files(specs).files == tuple(file.replace("/", os.sep) for file in files)
    assert not find_spec_files(specs).unmatched


@pytest.mark.usefixtures("tree")
def test_what_is_named_in_vain_is_said() -> None:
    Path("empty").mkdir()
    assert find_spec_files(["empty", "*.toml"]).unmatched == (
        "'empty' holds no *.yaml and no *.yml",
        "nothing matches '*.toml'",
    )


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ("layers.py", "layers.py"),
        ("layers.py:f,g", "layers.py:f,g"),
        ("old.pyc", "old.py"),
        ("sub/__pycache__/old.cpython-311.pyc", "sub/old.py"),
        ("b.yaml", None),
        ("gone.py", None),
        ("folder.py", None),
        ("-", None),
    ],
)
@pytest.mark.usefixtures("tree")
def test_code_in_the_place_of_a_spec(spec: str, named: str | None) -> None:
    for file in ("layers.py", "a note book.ipynb", "old.pyc", "sub/__pycache__/old.cpython-311.pyc"):
        Path(file).parent.mkdir(exist_ok=True)
        Path(file).touch()
    Path("folder.py").mkdir()
    assert code_hint(spec) == (named and f"to check code: convcheck run --impl {named}")


@pytest.mark.usefixtures("tree")
def test_a_notebook_is_written_out_first() -> None:
    Path("a note book.ipynb").touch()
    assert code_hint("a note book.ipynb") == (
        "to check code: jupyter nbconvert --to script 'a note book.ipynb'; convcheck run --impl 'a note book.py'"
    )


@pytest.mark.usefixtures("tree")
def test_a_folder_of_code_says_how_to_check_it() -> None:
    Path("code").mkdir()
    Path("code/b.py").touch()
    said = "'code' holds no *.yaml and no *.yml; to check code: "
    assert find_spec_files(["code"]).unmatched == (f"{said}convcheck run --impl code/b.py",)
    Path("code/a.ipynb").touch()
    assert find_spec_files(["code"]).unmatched == (
        f"{said}jupyter nbconvert --to script code/a.ipynb; convcheck run --impl code/a.py (or another of its 2 files)",
    )


@pytest.mark.parametrize(
    "spec", [".", "**", "**/*.yaml", "sub/**/*.yaml", "**/sub/**/*.yaml", "**/*/**", "./**/**/*.y*"]
)
@pytest.mark.usefixtures("tree")
def test_links_in_a_circle_end(spec: str) -> None:
    for link, target in (("sub/up", ".."), ("sub/here", "."), ("again", "."), ("sub/other", "../sub")):
        Path(link).symlink_to(target)
    names = {os.path.basename(file) for file in find_spec_files([spec]).files}
    assert names - {"a.yml"} == {"b.yaml", "d.yaml", "x[1].yaml"}


@pytest.mark.parametrize(
    ("spec", "files"),
    [
        ("sub/**", ["sub/d.yaml"]),
        ("**/sub/*.yaml", ["sub/d.yaml"]),
        ("*/**/d.yaml", ["link/d.yaml"]),
        ("./**/d.*", ["./link/d.yaml"]),
        ("**/.hidden/*.yaml", ["link/.hidden/e.yaml"]),
        ("**/**/[bd].yaml", ["b.yaml", "link/d.yaml"]),
        ("**/link/**/d.yaml", ["link/d.yaml"]),
    ],
)
@pytest.mark.usefixtures("tree")
def test_patterns_of_any_depth(spec: str, files: list[str]) -> None:
    Path("link").symlink_to("sub")
    assert find_spec_files([spec]).files == tuple(files)


@pytest.mark.parametrize("spec", ["sub", "sub/**"])
@pytest.mark.usefixtures("tree")
def test_a_link_to_itself_is_left_to_the_reader(spec: str) -> None:
    Path("sub/itself.yaml").symlink_to("itself.yaml")
    assert find_spec_files([spec]).files == ("sub/d.yaml", "sub/itself.yaml")


@pytest.mark.parametrize("spec", ["deep", "deep/**", "**/deepest.yaml"])
def test_a_folder_may_be_as_deep_as_a_path_can_be_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: str
) -> None:
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    for _ in range(1200):
        os.mkdir("a")
        os.chdir("a")
    Path("deepest.yaml").touch()
    os.chdir(tmp_path)
    [file] = find_spec_files([spec]).files
    assert file.endswith("/a/a/deepest.yaml")
    # Those who clear up after the tests call themselves for each folder.
    subprocess.run(["rm", "-r", "deep"], check=True)


@pytest.mark.usefixtures("tree")
def test_a_folder_that_folders_are_behind_is_no_match_of_files() -> None:
    assert find_spec_files(["**/"]).unmatched == ("nothing matches '**/'",)
