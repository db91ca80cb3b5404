"""The page as a browser shows it: headless Chromium, the one that $CHROMIUM names, or the system's.

Without playwright or a Chromium these tests are skipped; where it names one they fail instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.reports.hostile import ALL
from tests.reports.html.test_page import ENDING, large, wrong
from tests.reports.rendering import render

pytestmark = pytest.mark.browser

NAMED = "CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = (360, 480, 768, 1024, 1280, 1600)
SCHEMES = ("light", "dark")

# The contrast of each text that can be seen with what is behind it, as WCAG counts it; the least, and whose it is.
LEAST_CONTRAST = """() => {
  const parts = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const luminance = colour => {
    const [r, g, b] = parts(colour).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (parts(colour).length == 3 || parts(colour)[3] == 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  let least = [99, "no text"], number = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("title,desc,style")) continue;
    const style = getComputedStyle(element);
    const front = element.closest("svg") ? style.fill : style.color;
    const [low, high] = [luminance(front), luminance(behind(element))].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    number += 1;
    if (contrast < least[0]) least = [contrast, walker.currentNode.data];
  }
  return [...least, number];
}"""
SHADES = """names => {
  const context = document.createElement("canvas").getContext("2d");
  return names.map(name => {
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--" + name);
    const value = parseInt(context.fillStyle.slice(1), 16);
    const parts = [value >> 16, (value >> 8) & 255, value & 255].map(v => v / 255);
    const [r, g, b] = parts.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  });
}"""

LEFTMOST = "Math.min(...[...document.querySelectorAll('main *')].map(one => one.getBoundingClientRect().x))"
OVERFLOWS = "[...new Set([...document.querySelectorAll('.scroll')].map(one => getComputedStyle(one).overflow))]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    named = os.environ.get(NAMED)
    if not named:
        pytest.importorskip("playwright")
    program = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"there is no Chromium here; ${NAMED} may name one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Its sandbox does not let root in, and the page is our own.
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where a page with everything on it lies: every kind of check, all hostile names, large maps, wide tables."""
    file = tmp_path_factory.mktemp("page") / "report.html"
    checks = [*ALL, large(1), wrong("small", 2, "dx"), wrong("larger", 5, "dx", "dw")]
    file.write_text(render(checks, name="html", ending=ENDING))
    return Path(file).as_uri()


@pytest.fixture
def opened(browser: Any, report: str) -> Iterator[Any]:
    """Opens the page with any settings of a context; fails where it says anything or asks for anything."""
    said: list[str] = []
    contexts = []

    def open_page(**settings: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1024, "height": 800}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if request.url != report else None)
        page.goto(report)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def test_nothing_is_said_on_the_console_and_nothing_is_asked_for(opened: Any) -> None:
    page = opened()
    unfold(page)
    page.wait_for_load_state("networkidle")
    assert page.title().startswith("convcheck: ")


def test_it_is_read_without_scripts(opened: Any) -> None:
    page = opened(java_script_enabled=False)
    page.locator("summary").first.click()
    assert page.locator("details ul").first.is_visible()


def test_a_reader_of_the_screen_is_told_of_every_picture(opened: Any) -> None:
    page = opened()
    unfold(page)
    pictures = page.locator("svg").count()
    assert pictures >= 9
    assert page.get_by_role("img").count() == pictures
    assert page.get_by_role("img", name="dx in conv.yaml::small: how far each entry is off").count() == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_never_wider_than_the_window(opened: Any, width: int) -> None:
    page = opened(viewport={"width": width, "height": 800})
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # Nothing sticks out to the left either, where no bar would show it.
        assert (
            page.evaluate("Math.min(...[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().x))")
            >= 0
        )
        unfold(page)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_told_from_what_is_behind_it(opened: Any, scheme: str) -> None:
    page = opened(color_scheme=scheme)
    unfold(page)
    page.locator(".skip").focus()
    contrast, text, number = page.evaluate(LEAST_CONTRAST)
    assert number > 500
    assert contrast >= 4.5, text
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_shades_are_told_apart_by_how_light_they_are(opened: Any, scheme: str) -> None:
    """Whoever sees no colours, and paper that has none, sees these."""
    page = opened(color_scheme=scheme)
    for names in (
        ["right", "step1", "step2", "step3", "step4", "step5"],
        ["back", "plus1", "plus2", "plus3"],
        ["back", "minus1", "minus2", "minus3"],
    ):
        shades = page.evaluate(SHADES, names)
        ratios = [max(a, b) / min(a, b) for a, b in pairwise(shades)]
        assert sorted(shades, reverse=scheme == "light") == shades
        assert min(ratios) > 1.2, (names, ratios)


def test_the_keyboard_reaches_what_is_folded(opened: Any) -> None:
    page = opened()
    page.keyboard.press("Tab")
    focused = "document.activeElement.className || document.activeElement.tagName"
    assert page.evaluate(focused) == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement == document.body"):
            break
        tag = page.evaluate(focused)
        if tag not in seen:
            # It can be seen where the keyboard is.
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        seen.add(tag)
        if tag == "SUMMARY" and "opened" not in seen:
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.parentElement.open")
            seen.add("opened")
    assert {"SUMMARY", "scroll", "opened"} <= seen


@pytest.mark.parametrize("scheme", SCHEMES)
def test_on_paper_everything_is_unfolded_and_dark_on_white(opened: Any, scheme: str) -> None:
    # As wide as A4 between margins of a centimetre.
    page = opened(color_scheme=scheme, viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print", color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--back')") == "#fff"
    assert page.evaluate(LEAST_CONTRAST)[0] >= 4.5
    assert not page.locator(".skip").is_visible()
    folded = page.locator("details:not([open]) > ul")
    assert folded.count() > 1
    assert folded.first.bounding_box()["height"] > 10
    # What scrolls on a screen has room on paper.
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll')].every(e => getComputedStyle(e).overflow == 'visible')"
    )
    assert page.pdf().startswith(b"%PDF")
