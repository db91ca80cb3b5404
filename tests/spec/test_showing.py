"""Text from users on one line: nothing in it is sent to a terminal, and nothing is a command to a CI."""

from __future__ import annotations

import time

import pytest

from convcheck.spec.showing import escape, without_commands


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\x1b[31m\u2028\ud800", r"a\tb\x1b[31m\u2028\ud800"),
        # GitHub.
        ("::set-output name=x::y", r"\x3a:set-output name=x::y"),
        ("  ::error::", r"  \x3a:error::"),
        ("::group", r"\x3a:group"),
        ("said ::stop-commands::t", r"said \x3a:stop-commands::t"),
        ("\n::x y", r"\n::x y"),
        ("##[set-env name=PATH]", r"#\x23[set-env name=PATH]"),
        # Azure Pipelines in any case of letters, and TeamCity.
        ("x ##VSO[task.complete]", r"x #\x23VSO[task.complete]"),
        ("###teamcity[a]", r"##\x23teamcity[a]"),
        # What is printed behind it may be the rest.
        ("a ##", r"a #\x23"),
        # These are what they look like.
        ("configs/a.yaml::conv[stride=2]", "configs/a.yaml::conv[stride=2]"),
        ("x[:, ::2] x[::s] y[..., ::s, 1]", "x[:, ::2] x[::s] y[..., ::s, 1]"),
        ("# a ## b # [1]", "# a ## b # [1]"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown
    # What is shown once more stays as it is.
    assert escape(shown) == shown


def test_several_lines_keep_their_ends() -> None:
    assert without_commands("a\n::b c\n  ::d::\n##[e]") == "a\n\\x3a:b c\n  \\x3a:d::\n#\\x23[e]"


@pytest.mark.parametrize("text", ["#" * 10**6, ":" * 10**6, " ::a" * 10**5, "##a" * 10**5, "##" + "a" * 10**6])
def test_it_takes_no_longer_than_the_text_is_long(text: str) -> None:
    began = time.process_time()
    escape(text)
    assert time.process_time() - began < 2
