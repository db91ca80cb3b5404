"""What README.md and docs/*.md show is what happens."""

import doctest
import os
from pathlib import Path

import pytest
import yaml

from tests.docs.pages import (
    OTHERS,
    PAGES,
    ROOT,
    Example,
    anchors,
    blocks,
    commands_in,
    examples,
    folder_of,
    links,
    name_of,
    needs_torch,
    ran,
    steady,
)
from tests.docs.reference import REFERENCE

every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def shown_wrongly(page: Path, chosen: list[Example]) -> list[str]:
    """The commands of a page that print something else than it shows, run in their order, each with what it printed."""
    with folder_of(page) as folder:
        printed = [(example, ran(example.command, folder).stdout) for example in chosen]
    return [f"$ {one.command}\n{now}" for one, now in printed if steady(now).rstrip() != steady(one.output).rstrip()]


@every_page
def test_every_command_prints_what_stands_under_it(page: Path) -> None:
    wrong = shown_wrongly(page, [one for one in examples(page) if not needs_torch(one.command, page)])
    assert not wrong, "\n".join(wrong)


@pytest.mark.torch
@pytest.mark.parametrize("page", [ROOT / "docs" / "own-code.md"], ids=name_of)
def test_every_command_on_pytorch_prints_what_stands_under_it(page: Path) -> None:
    pytest.importorskip("torch")
    chosen = [one for one in examples(page) if needs_torch(one.command, page)]
    assert chosen
    wrong = shown_wrongly(page, chosen)
    assert not wrong, "\n".join(wrong)


@every_page
def test_every_session_in_python_gives_what_the_page_shows(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    text = "\n".join(block.text for block in blocks(page, "pycon"))
    test = doctest.DocTestParser().get_doctest(text, {}, page.stem, page.name, 0)
    with folder_of(page) as folder:
        monkeypatch.chdir(folder)
        doctest.DocTestRunner(verbose=False).run(test, out=told.append)
        monkeypatch.undo()
    assert not told, "".join(told)


@every_page
def test_every_spec_passes(page: Path) -> None:
    with folder_of(page) as folder:
        for number, block in enumerate(one for one in blocks(page, "yaml") if one.file is None):
            (folder / f"spec-{number}.yaml").write_text(block.text, "utf-8")
            done = ran(f"convcheck run -q spec-{number}.yaml", folder)
            assert (done.returncode, done.stdout) == (0, ""), block.text + done.stdout


@every_page
def test_every_command_for_a_server_passes(page: Path) -> None:
    variables = {"GITHUB_STEP_SUMMARY": "summary.md", "CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "2"}
    with folder_of(page) as folder:
        for block in (one for one in blocks(page) if one.file and one.language in ("yaml", "groovy")):
            if block.language == "yaml":
                assert yaml.safe_load(block.text)
            for command in commands_in(block):
                done = ran(command, folder, **variables)
                assert done.returncode == 0, command + done.stdout


@every_page
def test_every_file_in_python_is_one_that_a_command_uses(page: Path) -> None:
    shown = blocks(page, "python")
    for block in shown:
        assert block.file, f"under which name? {block.text}"
        compile(block.text, block.file, "exec")
        others = [one.text for one in shown if one is not block]
        module = block.file.removesuffix(".py")
        assert any(block.file in one.command for one in examples(page)) or any(
            f"import {module}\n" in text or f"from {module} import" in text for text in others
        ), block.file


@every_page
def test_what_is_only_shown_asks_nothing_of_convcheck(page: Path) -> None:
    for block in blocks(page, "sh"):
        install = page.name == "README.md" and "pip install" in block.text
        assert install or "convcheck " not in block.text, block.text


@pytest.mark.parametrize("page", [*PAGES, *REFERENCE, *OTHERS], ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        target, _, anchor = link.partition("#")
        place = page if not target else Path(os.path.normpath(page.parent / target))
        assert place.exists(), link
        assert not anchor or anchor in anchors(place), link


def test_the_hook_that_the_page_shows_is_one_that_there_is() -> None:
    shown = next(one for one in blocks(ROOT / "docs" / "ci.md", "yaml") if one.file == ".pre-commit-config.yaml")
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    for repository in yaml.safe_load(shown.text)["repos"]:
        assert {hook["id"] for hook in repository["hooks"]} <= hooks


def test_an_example_that_shows_something_else_is_seen() -> None:
    page = ROOT / "README.md"
    assert shown_wrongly(page, [Example("echo one", "one\n")]) == []
    assert shown_wrongly(page, [Example("echo one", "two\n")]) == ["$ echo one\none\n"]


@pytest.mark.torch
def test_what_the_page_does_with_tensors_holds() -> None:
    pytest.importorskip("torch")
    text = (ROOT / "docs" / "python.md").read_text("utf-8")
    code = text.partition("<!-- torch -->\n```py\n")[2].partition("```")[0]
    assert "convcheck.gradgradcheck" in code
    exec(compile(code, "python.md", "exec"), {})
