"""Completion: what click answers, and what a real bash makes of it. Covers cli/shell.py as well."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from convcheck.cli.main import convcheck
from convcheck.layers.catalogue import LAYERS
from tests.cli.calling import Caller, clean_environment, process
from tests.cli.conftest import SEVERAL

MATRIX = "layer: relu\nmatrix: {shape: [[2], [3]], dtype: [float32, float64]}\n"


@pytest.fixture
def folder(call: Caller, tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text(MATRIX)
    (tmp_path / "s.yaml").write_text(SEVERAL)
    (tmp_path / "bad.yaml").write_text("- ] {")
    return tmp_path


def answers(*words: str) -> list[str]:
    """To the last word, after those before it."""
    completing = ShellComplete(convcheck, {}, "convcheck", "_CONVCHECK_COMPLETE")
    return [str(item.value) for item in completing.get_completions(list(words[:-1]), words[-1])]


def kinds(*words: str) -> set[str]:
    completing = ShellComplete(convcheck, {}, "convcheck", "_CONVCHECK_COMPLETE")
    return {item.type for item in completing.get_completions(list(words[:-1]), words[-1])}


def test_commands_options_layers_and_implementations() -> None:
    assert {"run", "list", "completion"} <= set(answers(""))
    assert answers("run", "--dty") == ["--dtype"]
    assert answers("run", "--scheme", "") == ["auto", "entries", "full"]
    assert answers("run", "--dtype", "") == ["float64", "float32"]
    assert answers("run", "--format", "js") == ["json", "jsonl"]
    assert answers("layers", "") == list(LAYERS)
    assert answers("init", "max") == ["max_pool"]
    assert answers("suite", "relu", "conv_") == ["conv_transpose"]
    assert answers("run", "--impl", "vec") == ["vectorized"]
    assert answers("completion", "") == ["bash", "zsh", "fish"]


@pytest.mark.parametrize(
    "words",
    [
        ["run", "con"], ["run", "-o", ""], ["run", "--impl", "lay"], ["list", ""], ["init", "-o", ""], ["diff", "a"],
        ["diff", "a", "b"], ["merge", "a", "b"], ["run", "--list-impl", "a"],
    ],
)  # fmt: skip
def test_files_are_left_to_the_shell(words: list[str]) -> None:
    assert kinds(*words) == {"file"}


@pytest.mark.usefixtures("folder")
def test_ids_are_those_of_the_specs_on_the_line() -> None:
    tails = [f"relu[shape={n},dtype={dtype}]" for n in (2, 3) for dtype in ("float32", "float64")]
    assert answers("run", "m.yaml", "-k", "") == tails
    assert answers("list", "m.yaml", "-k", "relu[shape=3") == tails[2:]
    assert answers("run", "m.yaml", "-k", "m.yaml::relu[shape=3") == [f"m.yaml::{tail}" for tail in tails[2:]]
    assert answers("run", ".", "-k", "sm") == ["small", "small wide"]
    # Nothing to be said of no spec, of one that is not valid, and of one that is not there.
    assert answers("run", "-k", "") == answers("run", "bad.yaml", "-k", "") == answers("run", "x", "-k", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script(call: Caller, shell: str) -> None:
    called = call("completion", shell)
    assert (called.code, called.err) == (0, "")
    assert f"_CONVCHECK_COMPLETE={shell}_complete" in called.out
    assert call("completion", "csh").code == 2


@pytest.mark.parametrize(
    ("shell", "words", "told"),
    [
        ("bash", {"COMP_WORDS": "convcheck\nlayers\nspat", "COMP_CWORD": "2"}, "plain,spatial_batchnorm\n"),
        (
            "zsh",
            {"COMP_WORDS": "convcheck layers rel", "COMP_CWORD": "2"},
            "plain\nrelu\nnegative entries become zero\n",
        ),
        ("fish", {"COMP_WORDS": "convcheck layers rel", "COMP_CWORD": "rel"}, "plain\nrelu\nnegative entries"),
    ],
)
def test_what_each_shell_is_told(shell: str, words: dict[str, str], told: str) -> None:
    ran = process(env={"_CONVCHECK_COMPLETE": f"{shell}_complete", **words})
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(told) or told in ran.stdout.replace("plain,relu\t", "plain\nrelu\n")


BASH = """\
complete() {{ :; }}
source ./script
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_convcheck_completion {program}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_itself(call: Caller, folder: Path) -> None:
    (folder / "script").write_text(call("completion", "bash").out)
    (folder / "program").write_text(f'#!/bin/sh\nexec {sys.executable} -m convcheck "$@"\n')
    (folder / "program").chmod(0o755)

    def replies(words: str) -> list[str]:
        text = BASH.format(words=words, program="./program")
        ran = subprocess.run(
            ["bash", "--norc", "-c", text], cwd=folder, env=clean_environment(),
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        return ran.stdout.split("\n")[:-1]

    # Words as bash takes them apart: at `=` and at `:`.
    assert replies("convcheck run m.yaml -k 'relu[shape' = 3") == ["3,dtype=float32]", "3,dtype=float64]"]
    assert replies("convcheck run m.yaml -k 'relu[shape' =")[0] == "2,dtype=float32]"
    assert replies("convcheck run m.yaml --format = jso") == ["json", "jsonl"]
    # A blank in an id is no end of the word.
    assert replies("convcheck run s.yaml -k sm") == ["small", "small\\ wide"]
