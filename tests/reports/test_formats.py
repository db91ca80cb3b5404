"""Every format of a report, by its name and by the end of a file's name."""

import re

import pytest

from convcheck.implementations.source import NotChecked
from convcheck.reports.formats import FORMAT_BY_SUFFIX, FORMATS
from convcheck.reports.report import Invalid, RunEnd
from tests.reports.hostile import hostile
from tests.reports.rendering import render
from tests.reports.samples import PASSED


@pytest.mark.parametrize("name", FORMATS)
def test_each_has_something_to_say_of_a_check(name):
    assert render([PASSED], name=name)
    assert FORMATS[name].__doc__


def commands(line: str) -> bool:
    """Whether a CI would take a line of its log for a command, by the rules of GitHub, Azure Pipelines and TeamCity."""
    name, end, _ = line.strip().removeprefix("::").partition("::")
    of_github = bool(line.strip().startswith("::") and end and re.match(r"[\w.-]+( |$)", name))
    return of_github or bool(re.search(r"##\w*\[", line))


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_that_comes_from_outside_is_a_command_to_a_ci(name):
    # On their own, after blanks, and at the start of a line of several.
    names = ("::set-output name=x::y", "  ::add-mask::x", "##[group]x", "x ##VSO[task.complete]", "##", "a\n::error::x")
    for text in names:
        ending = RunEnd(
            errors=(Invalid(text, text, 1, 1, text, text),), not_checked=(NotChecked((text,), 1, text, text, text),)
        )
        lines = render([hostile(text), hostile(text, status="pass")], name=name, ending=ending).splitlines()
        own = [line for line in lines if name == "github" and line.startswith(("::error ", "::warning "))]
        assert [line for line in lines if line not in own and commands(line)] == []
        assert not [line for line in own if re.search(r"##\w*\[", line)]


def test_a_ci_would_take_these():
    assert all(map(commands, ("::error file=a::b", "  ::group::x", "x ##[set-env name=a]", "##vso[a.b c=d]e")))
    assert not any(map(commands, ("a.yaml::b::c", "x[::2]", "::2, ::3", "## [x]")))


def test_a_suffix_names_a_format():
    assert set(FORMAT_BY_SUFFIX.values()) <= set(FORMATS)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in FORMAT_BY_SUFFIX)
