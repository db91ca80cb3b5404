"""The pre-commit hook: what it says of itself, and a real `pre-commit` that builds and runs it."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.cli.calling import ROOT, Caller
from tests.cli.conftest import RELU, WRONG

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def test_the_hook_runs_the_command_on_files(call: Caller, good: Path, wrong: Path) -> None:
    (hook,) = HOOKS
    assert {"id", "name", "entry", "language"} <= set(hook)
    program, *arguments = shlex.split(hook["entry"])
    assert program == "convcheck"
    assert call(*arguments, good.name).code == 0
    assert call(*arguments, good.name, wrong.name).code == 1


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


# It builds an environment of its own, for which pip must find NumPy.
@pytest.mark.skipif(shutil.which("pre-commit") is None, reason="pre-commit is not installed")
def test_pre_commit_runs_it_on_what_changed(tmp_path: Path) -> None:
    hook, mine = tmp_path / "hook", tmp_path / "mine"
    subprocess.run(["git", "clone", "-q", ROOT, hook], check=True, timeout=60)
    for name in (".pre-commit-hooks.yaml", "setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, hook)
    git(hook, "add", ".")
    git(hook, "commit", "-q", "--allow-empty", "-m", "As it is here")
    (mine / "configs").mkdir(parents=True)
    git(mine, "init", "-q")
    for name, text in (("good", RELU), ("wrong", WRONG)):
        (mine / "configs" / f"{name}.yaml").write_text(text)
    (mine / "other.yaml").write_text("not: a spec\n")
    command = ["pre-commit", "try-repo", str(hook), "convcheck", "--verbose"]

    def tried() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=mine, capture_output=True, text=True, check=False, timeout=300)

    git(mine, "add", "configs/good.yaml", "other.yaml")
    passed = tried()
    assert (passed.returncode, "1 check: 1 pass" in passed.stdout) == (0, True), passed.stdout + passed.stderr
    git(mine, "add", "configs/wrong.yaml")
    failed = tried()
    assert failed.returncode == 1
    assert "2 checks: 1 pass, 1 fail" in failed.stdout
