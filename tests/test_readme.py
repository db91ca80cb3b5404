"""The README: what holds of it alone. That its examples are true is tested in tests/docs, with those of docs/."""

import re

from tests.docs.pages import README, ROOT, links

MOST_LINES = 160


def test_it_is_read_in_ten_minutes():
    # The table of layers is looked at, and not read.
    lines = [line for line in README.read_text("utf-8").splitlines() if not line.startswith("| [`")]
    assert len(lines) <= MOST_LINES


def test_ci_runs_its_two_commands_word_for_word():
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    for name in ("install", "test"):
        assert f"<!-- {name} -->\n```sh\n" in README.read_text("utf-8")
        assert f"$(block {name})" in ci


def test_the_environment_is_activated_before_convcheck_is_typed():
    text = README.read_text("utf-8")
    activated = text.index(". .venv/bin/activate")
    typed = re.search(r"^\$ convcheck|&& convcheck", text, re.MULTILINE)
    assert typed
    assert activated < typed.start()


def test_it_leads_to_every_page():
    pages = {str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md")}
    assert pages <= {link.partition("#")[0] for link in links(README)}
