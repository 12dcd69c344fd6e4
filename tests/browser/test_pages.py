"""Pages as people use them: by keyboard, in the dark, on a phone, without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ROWS = "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%205"
PAGES = [
    "/",
    "/page/changchun",
    "/page/symposium-2",
    "/ontology",
    "/sparql",
    ROWS,
    "/problems",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_keeps_to_itself(
    clean: Page, path: str, scheme: str
) -> None:
    """axe finds nothing, no other host is asked, the console stays empty."""
    clean.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    clean.goto(path)
    found = Axe().run(clean, options={"runOnly": RULES})

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_out_of_a_phone(clean: Page, path: str) -> None:
    """At 390 pixels a page scrolls down only."""
    clean.set_viewport_size({"width": 390, "height": 800})
    clean.goto(path)

    assert clean.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_reader_goes_from_a_city_to_its_sister(clean: Page) -> None:
    """Labels are links, the statement that only follows is marked, and back it goes."""
    clean.goto("/page/changchun")
    clean.get_by_role("link", name="Wolfsburg", exact=True).first.click()

    assert clean.url.endswith("/page/wolfsburg")
    row = clean.locator(
        "li", has=clean.get_by_role("link", name="Changchun", exact=True)
    )
    assert "inferred" in row.first.inner_text()


def test_the_keyboard_reaches_the_content_first(clean: Page) -> None:
    """The first stop of the tab key leads past the head of the page."""
    clean.goto("/page/changchun")
    clean.keyboard.press("Tab")

    assert clean.evaluate("document.activeElement.textContent") == "To the content"
