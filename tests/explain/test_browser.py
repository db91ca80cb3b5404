"""The page of an explanation as a browser shows it: nothing sticks out, everything can be read, nothing is fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from convcheck.explain.explanation import explanation
from convcheck.reports.explained.page import explanation_html
from tests.explain.test_explanation import PAGES, explained
from tests.reports.html.test_browser import LEAST_CONTRAST, SCHEMES, browser  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["conv", "max_pool_overlap", "spatial_batchnorm"])
def test_it_is_read_on_any_screen_and_in_both_schemes(browser: Any, tmp_path: Path, name: str) -> None:  # noqa: F811
    file = tmp_path / "page.html"
    file.write_text(explanation_html(explanation(explained(PAGES[name]), None, [])), "utf-8")
    said: list[str] = []
    for width in (360, 1280):
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page = context.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("request", lambda request: said.append(request.url) if request.url != file.as_uri() else None)
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            contrast, text, number = page.evaluate(LEAST_CONTRAST)
            assert contrast >= 4.5, text
            assert number > 40
            assert page.get_by_role("img").count() == page.locator("svg").count()
            context.close()
    assert said == []
