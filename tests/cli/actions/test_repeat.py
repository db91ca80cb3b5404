"""The repeat command survives the shell."""

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.cli.actions.repeat import quoted, repeat_command
from tests.reports.samples import result

NAMES = ["conv.yaml", "it's.yaml", "a b.yaml", '$(ls) "q".yaml', "[x]*?.yaml", "-rf.yaml", "\x1b[1m\n.yaml", "é😀.yaml"]


@pytest.mark.parametrize("name", NAMES)
def test_a_shell_reads_back_what_was_meant(name: str) -> None:
    command = repeat_command(result(file=name, id="anything::x"), {"--seed": 3, "--impl": None})
    ran = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, text=True, encoding="utf-8", check=True
    )
    words = ran.stdout.split("\0")[:-1]
    assert words[2] == ("./-rf.yaml" if name == "-rf.yaml" else name)
    assert words[-2:] == ["--seed", "3"]


@given(st.text())
def test_whatever_is_quoted_is_one_printable_word(text: str) -> None:
    assert quoted(text).isprintable()
    if text.isprintable():
        assert shlex.split(quoted(text)) == [text]


def test_says_only_what_was_given() -> None:
    one = result(file="./conv.yaml", id="conv.yaml::conv[stride=2]")
    assert repeat_command(one, {"--impl": None, "--dtype": "float32"}) == (
        "convcheck run ./conv.yaml -k 'conv[stride=2]' --dtype float32"
    )
    assert repeat_command(result(file=None, id="conv"), {}) == "convcheck run -k conv"
