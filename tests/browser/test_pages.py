"""Pages as people use them: by keyboard, in the dark, on a phone, without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser import accessibility
from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ROWS = "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%205"
MAP = (ROOT / "queries/examples/05-host-cities-on-a-map.rq").read_text("utf-8")
ID = "https://w3id.org/cityexchange/id/"
CEX = quote("https://w3id.org/cityexchange/ontology#")
PAGES = [
    "/",
    "/class/",
    "/class/SymposiumEdition",
    "/search?q=Changchun",
    "/map",
    "/timeline",
    "/search?q=nothingatall",
    "/explore",
    f"/explore?iri={ID}changchun",
    "/changes",
    "/page/symposium-7?lang=zh-Hans",
    "/page/changchun",
    "/page/symposium-2",
    "/page/china?lang=de",
    "/page/kas",
    "/page/twinning-changchun-wolfsburg",
    "/page/urbanization-rate-2013",
    "/page/article-ccfao-2019-10-31",
    "/page/passage-F046",
    "/page/claim-F046-1",
    f"/page/china?in={CEX}origin",
    f"/resource?iri={CEX}sisterCity",
    f"/why?s={ID}wolfsburg&p={CEX}sisterCity&o={ID}changchun&limit=5",
    "/dataset",
    "/fragments",
    "/fragments?subject=https://w3id.org/cityexchange/id/changchun&lang=zh-Hans",
    "/status",
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
    """axe finds nothing in either scheme, headings are in order, no other host is
    asked, the console stays empty, and at 390 pixels the page scrolls down only.
    """
    clean.goto(path, wait_until="networkidle")
    accessibility.check(clean)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/page/changchum", "/sparql?query=SELECT"]
)
def test_a_refusal_is_accessible_and_fits_a_phone(page: Page, path: str) -> None:
    """It says what to do instead, and passes what every page passes."""
    page.goto(path, wait_until="networkidle")
    accessibility.check(page)


def test_a_reader_goes_from_a_city_to_its_sister(clean: Page) -> None:
    """Labels are links, the statement that only follows is marked, and back it goes."""
    clean.goto("/page/changchun")
    clean.get_by_role("link", name="Wolfsburg", exact=True).first.click()

    expect(clean).to_have_url(re.compile("/page/wolfsburg$"))
    row = clean.locator(
        "li", has=clean.get_by_role("link", name="Changchun", exact=True)
    )
    expect(row.first).to_contain_text("inferred")


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

    expect(row.first.locator("blockquote")).to_contain_text("became sister cities")
    expect(row.first.locator(".line")).to_contain_text("cex:sisterCity id:wolfsburg")


def test_a_reader_changes_the_language_and_keeps_it(clean: Page) -> None:
    """The same page in Chinese, then another one in Chinese, without a cookie."""
    clean.goto("/page/changchun")
    clean.get_by_role("link", name="中文").click()

    expect(clean.locator("h1")).to_have_text("长春")
    clean.get_by_role("link", name="沃尔夫斯堡").first.click()
    expect(clean.locator("h1")).to_have_text("沃尔夫斯堡")
    expect(clean.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert clean.context.cookies() == []


def test_a_reader_searches_with_a_typing_error_and_narrows_down(clean: Page) -> None:
    """From the head of any page, by keyboard; the facet leaves one kind."""
    clean.goto("/map")
    box = clean.get_by_role("searchbox")
    box.fill("wolfsbrug")
    box.press("Enter")
    clean.locator(".facets").get_by_role("link", name="city", exact=True).click()

    expect(clean.locator(".results li")).to_have_count(1)
    clean.locator(".results a").click()
    expect(clean).to_have_url(re.compile("/page/wolfsburg$"))


def test_a_reader_sorts_and_narrows_a_class(clean: Page) -> None:
    """By its newest edition; then by who organised it, and the CSV is that list."""
    clean.goto("/class/SymposiumEdition")
    clean.get_by_role("link", name="date", exact=True).click()
    clean.get_by_role("link", name="date ↑").click()
    expect(clean.locator("tbody tr").first).to_contain_text("7th")

    office = clean.locator(".facets").get_by_role("link", name="Foreign Affairs Office")
    office.click()
    expect(clean.locator("tbody tr")).to_have_count(1)
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


def test_the_explorer_is_a_drawing_on_a_phone_too(clean: Page) -> None:
    """What matters most around a thing, both ways, in sight; a tap leads on."""
    clean.set_viewport_size({"width": 390, "height": 844})
    clean.goto(f"/explore?iri={ID}changchun")
    drawing = clean.locator(".slim svg")
    expect(clean.locator("#graph")).to_be_hidden()
    expect(drawing).to_contain_text("sister city")
    expect(drawing).to_contain_text("← ")
    box = drawing.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
    drawing.get_by_role("link", name="Wolfsburg", exact=True).click()

    expect(clean.locator("h1")).to_have_text("Wolfsburg")


def test_the_keyboard_alone_leads_from_a_word_to_a_source(clean: Page) -> None:
    """Search, a facet, a result, the words behind a statement, without a mouse."""
    clean.goto("/")
    clean.get_by_role("searchbox").last.focus()
    clean.keyboard.type("changchun")
    clean.keyboard.press("Enter")
    facet = clean.locator(".facets").get_by_role("link", name="city", exact=True)
    expect(facet).to_be_visible()
    _tab_to(clean, facet)
    clean.keyboard.press("Enter")
    expect(clean.locator(".results li")).to_have_count(1)
    _tab_to(clean, clean.locator(".results a"))
    clean.keyboard.press("Enter")
    expect(clean.locator("h1")).to_have_text("Changchun")
    source = clean.locator(".source summary").first
    _tab_to(clean, source)
    clean.keyboard.press("Enter")

    expect(clean.locator(".source[open] .line").first).to_be_visible()


def _tab_to(page: Page, target: Locator) -> None:
    """Press the tab key until the target has the focus, with a ring that is seen."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            ring = target.evaluate("each => getComputedStyle(each).outlineStyle")
            assert ring == "solid"
            return
    message = f"the tab key does not reach {target}"
    raise AssertionError(message)


def test_without_colours_of_its_own_a_page_keeps_its_marks(clean: Page) -> None:
    """Where the system forces colours, buttons and the drawing are still seen."""
    clean.emulate_media(forced_colors="active")
    clean.goto("/map")
    edges = clean.locator("circle.spot").first.evaluate(
        "each => getComputedStyle(each).fill"
    )
    assert edges != clean.locator("body").evaluate(
        "each => getComputedStyle(each).backgroundColor"
    )
