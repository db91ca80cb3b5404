"""What the README shows is what happens."""

import doctest
import re
import shutil
import subprocess
import sys

import pytest

from tests.readme import README, ROOT, examples, folder_of_examples, run, steady


@pytest.fixture(scope="module")
def folder():
    made = folder_of_examples()
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize("example", examples(), ids=lambda e: e.command[:60])
def test_a_command_of_the_readme_prints_what_the_readme_shows(example, folder):
    assert steady(run(example.command, folder)) == steady(example.output)


def test_the_python_of_the_readme_gives_what_the_readme_shows():
    text = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(text, {}, "README", "README.md", 0)
    assert test.examples
    told = []
    doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert not told, "".join(told)


def test_the_spec_in_the_readme_is_the_one_that_ships():
    first = re.search(r"^```yaml\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    assert first[1] == (ROOT / "configs" / "conv.yaml").read_text()


def test_every_yaml_of_the_readme_runs():
    for block in re.findall(r"^```yaml\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL):
        done = subprocess.run(
            [sys.executable, "-m", "convcheck", "run", "-", "-q"],
            input=block,
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_the_links_of_the_readme_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text()):
        assert (ROOT / target).exists(), target


def test_ci_runs_the_two_commands_of_the_readme_word_for_word():
    ci = (ROOT / ".ci" / "run").read_text()
    for name in ("install", "test"):
        assert f"<!-- {name} -->" in README.read_text()
        assert f"$(block {name})" in ci
