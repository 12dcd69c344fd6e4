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
    "/class/",
    "/class/SymposiumEdition",
    "/search?q=Changchun",
    "/map",
    "/timeline",
    "/explore?iri=https://w3id.org/cityexchange/id/changchun",
    "/changes",
    "/page/symposium-7?lang=zh-Hans",
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


def test_a_reader_sees_the_words_behind_a_statement(clean: Page) -> None:
    """The mark of file and line opens in place: the quoted passage, the line itself."""
    clean.goto("/page/changchun")
    row = clean.locator("li", has=clean.get_by_role("link", name="Wolfsburg"))
    row.first.locator("summary").click()

    assert "became sister cities" in row.first.locator("blockquote").inner_text()
    assert "cex:sisterCity id:wolfsburg" in row.first.locator(".line").inner_text()


def test_a_reader_changes_the_language_and_keeps_it(clean: Page) -> None:
    """The same page in Chinese, then another one in Chinese, without a cookie."""
    clean.goto("/page/changchun")
    clean.get_by_role("link", name="中文").click()

    assert clean.locator("h1").inner_text() == "长春"
    clean.get_by_role("link", name="沃尔夫斯堡").first.click()
    assert clean.locator("html").get_attribute("lang") == "zh-Hans"
    assert clean.context.cookies() == []


def test_a_reader_searches_with_a_typing_error_and_narrows_down(clean: Page) -> None:
    """From the head of any page, by keyboard; the facet leaves one kind."""
    clean.goto("/map")
    box = clean.get_by_role("searchbox")
    box.fill("wolfsbrug")
    box.press("Enter")
    clean.locator(".facets").get_by_role("link", name="city", exact=True).click()

    assert clean.locator(".results li").count() == 1
    clean.locator(".results a").click()
    assert clean.url.endswith("/page/wolfsburg")


def test_a_reader_sorts_and_narrows_a_class(clean: Page) -> None:
    """By its newest edition; then by who organised it, and the CSV is that list."""
    clean.goto("/class/SymposiumEdition")
    clean.get_by_role("link", name="date", exact=True).click()
    clean.get_by_role("link", name="date ↑").click()
    assert "7th" in clean.locator("tbody tr").first.inner_text()

    office = clean.locator(".facets").get_by_role("link", name="Foreign Affairs Office")
    office.click()
    assert clean.locator("tbody tr").count() == 1
    target = clean.get_by_role("link", name="CSV").get_attribute("href")
    assert len(clean.request.get(target or "").text().splitlines()) == 2


def test_the_drawings_lead_on(clean: Page) -> None:
    """A city on the map, an edition on the timeline, a neighbour in the explorer."""
    for path, name, target in (
        ("/map", "Chengdu", "/page/chengdu"),
        ("/timeline", "2nd China-Germany Urbanization Symposium, October 2014", "-2"),
        ("/explore?iri=https://w3id.org/cityexchange/id/chengdu", "Sichuan", "sichuan"),
    ):
        clean.goto(path)
        mark = clean.locator("svg").get_by_role("link", name=name).first
        mark.focus()
        mark.press("Enter")
        clean.wait_for_url(f"**{target}")
