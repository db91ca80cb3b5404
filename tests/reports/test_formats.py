"""Every format of a report, by its name and by the end of a file's name."""

import pytest

from convcheck.reports.formats import FORMAT_BY_SUFFIX, FORMATS
from tests.reports.rendering import render
from tests.reports.samples import PASSED


@pytest.mark.parametrize("name", FORMATS)
def test_each_has_something_to_say_of_a_check(name):
    assert render([PASSED], name=name)
    assert FORMATS[name].__doc__


def test_a_suffix_names_a_format():
    assert set(FORMAT_BY_SUFFIX.values()) <= set(FORMATS)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in FORMAT_BY_SUFFIX)
