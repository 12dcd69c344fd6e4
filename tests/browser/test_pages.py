"""Pages as people use them: by keyboard, in the dark, on a phone, without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ROWS = "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%205"
MAP = (ROOT / "queries/examples/05-host-cities-on-a-map.rq").read_text("utf-8")
PAGES = [
    "/",
    "/class",
    "/search?q=Changchun",
    "/page/changchun",
    "/page/symposium-2",
    "/ontology",
    "/sparql",
    ROWS,
    f"/sparql?query={quote(MAP)}",
    "/problems",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_keeps_to_itself_and_fits_a_phone(
    clean: Page, path: str
) -> None:
    """axe finds nothing in either scheme, no other host is asked, the console stays
    empty, and at 390 pixels the page scrolls down only.
    """
    clean.goto(path, wait_until="networkidle")
    found = [_faults(clean, scheme) for scheme in ("light", "dark")]
    clean.set_viewport_size({"width": 390, "height": 800})

    assert not any(found), "\n".join(found)
    assert clean.evaluate("document.documentElement.scrollWidth") <= 390


def _faults(page: Page, scheme: Literal["light", "dark"]) -> str:
    """What axe finds, in words; nothing is an empty text."""
    page.emulate_media(color_scheme=scheme)
    found = Axe().run(page, options={"runOnly": RULES})
    return found.generate_report() if found.violations_count else ""


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
