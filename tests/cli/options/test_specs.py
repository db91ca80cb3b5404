"""From SPEC… to files."""

import os
from pathlib import Path

import pytest

from convcheck.cli.options.specs import find_spec_files


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


@pytest.mark.usefixtures("tree")
def test_links_in_a_circle_end() -> None:
    Path("sub/up").symlink_to("..")
    assert len(find_spec_files(["."]).files) == 4
