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


def test_a_question_is_asked_without_scripts(clean: Page) -> None:
    """The form is typed into, sent and answered with a table of links."""
    clean.goto("/sparql")
    clean.get_by_label("Query").fill(
        "PREFIX cex: <https://w3id.org/cityexchange/ontology#>\n"
        "SELECT ?edition { ?edition cex:editionNumber ?number } ORDER BY ?number"
    )
    clean.get_by_role("button", name="Run").click()

    assert clean.get_by_text("7 rows").is_visible()
    assert clean.locator("tbody tr").count() == 7
    clean.locator("tbody a").first.click()
    assert clean.url.endswith("/page/symposium-1")


def test_a_mistake_is_shown_with_its_place_and_can_be_mended(page: Page) -> None:
    """The line, a caret, a remedy, and the query to go on with."""
    page.goto("/sparql")
    page.get_by_label("Query").fill("SELECT * { ?s foo:p ?o }")
    page.get_by_role("button", name="Run").click()

    assert page.get_by_text("The prefix foo: is not declared.").is_visible()
    assert "^" in page.locator("pre").inner_text()
    assert page.get_by_label("The query").input_value() == "SELECT * { ?s foo:p ?o }"


def test_the_keyboard_reaches_the_content_first(clean: Page) -> None:
    """The first stop of the tab key leads past the head of the page."""
    clean.goto("/page/changchun")
    clean.keyboard.press("Tab")

    assert clean.evaluate("document.activeElement.textContent") == "To the content"
