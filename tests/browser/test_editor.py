"""The query page with its scripts: an editor, an answer, and the ways to see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from kgserver.serve.frame import assets
from tests.browser import accessibility
from tests.conftest import ROOT
from tests.processes import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.processes import Server

EXAMPLES = ROOT / "queries" / "examples"
SISTERS = """PREFIX cex: <https://w3id.org/cityexchange/ontology#>
SELECT ?city ?other { ?city cex:sisterCity ?other }"""


@pytest.fixture(scope="module", autouse=True)
def scripts_are_built() -> None:
    """Nothing here can hold without them."""
    assert assets.digest(), "build them: python kgserver/frontend/hatch_build.py"


def editor(page: Page, query: str = "") -> Locator:
    """The field of the query page, ready, with a query that its address asks."""
    page.goto(f"/sparql?query={quote(query)}" if query else "/sparql")
    field = page.get_by_role("textbox", name="SPARQL query")
    expect(field).to_be_visible()
    return field


def rewrite(page: Page, field: Locator, text: str) -> None:
    """Put another text in the place of all that is there, by keyboard."""
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_a_query_runs_by_keyboard_and_its_address_is_shared(clean: Page) -> None:
    """Ctrl-Enter runs; the address of the page then asks the same, and is sendable."""
    field = editor(clean)
    field.focus()
    clean.keyboard.press("Control+a")
    clean.keyboard.insert_text(SISTERS)
    clean.keyboard.press("Control+Enter")

    expect(clean.get_by_role("status").first).to_contain_text("2 rows in")
    shared = clean.url
    clean.goto("/")
    clean.goto(shared)
    expect(clean.locator("tbody tr")).to_have_count(2)
    expect(clean.get_by_role("textbox", name="SPARQL query")).to_contain_text(
        "cex:sisterCity"
    )


def test_a_class_is_completed_and_its_prefix_declared(clean: Page) -> None:
    """The label helps to choose; accepting adds the PREFIX line."""
    field = editor(clean)
    rewrite(clean, field, "SELECT * { ?s a cex:Ci")
    option = clean.get_by_role("option").first
    expect(option).to_contain_text("cex:City")
    clean.wait_for_timeout(150)  # CodeMirror takes no key in the first 75 ms
    clean.keyboard.press("Enter")

    expect(field).to_contain_text("PREFIX cex: <https://w3id.org/cityexchange/ont")


def test_properties_that_fit_the_subjects_class_come_first(clean: Page) -> None:
    """Behind `;` too: an edition has a number, and a city is not asked for one."""
    field = editor(clean)
    prologue = "PREFIX cex: <https://w3id.org/cityexchange/ontology#> "
    rewrite(clean, field, prologue + "SELECT * { ?s a cex:SymposiumEdition ; cex:edi")
    expect(clean.get_by_role("option").first).to_contain_text("cex:editionNumber")


def test_the_tab_key_leaves_the_field(clean: Page) -> None:
    """No trap for the keyboard; the page says which keys there are."""
    field = editor(clean)
    field.focus()
    clean.keyboard.press("Tab")

    expect(clean.get_by_role("button", name="Run")).to_be_focused()
    expect(clean.get_by_text("Tab leaves the field")).to_be_visible()


def test_a_mistake_is_underlined_and_mended(clean: Page) -> None:
    """An undeclared prefix is marked where it stands; one click declares it."""
    field = editor(clean)
    rewrite(clean, field, "SELECT * { ?s skos:broader ?o ")
    clean.keyboard.press("Escape")
    mark = clean.locator(".cm-lintRange-error")
    expect(mark).to_have_text("skos:broader")
    mark.hover()
    expect(clean.get_by_text("The prefix skos: is not declared.")).to_be_visible()
    clean.get_by_role("button", name="Add PREFIX skos:").click()

    expect(mark).to_have_count(0)
    expect(field).to_contain_text("PREFIX skos: <http://www.w3.org/2004/02/skos/core#>")


def test_a_refused_query_says_why_above_its_answer(page: Page) -> None:
    """What is wrong and what to do, in words."""
    field = editor(page)
    rewrite(page, field, "SELECT * { ?s foo:p ?o ")
    page.keyboard.press("Control+Enter")

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The prefix foo: is not declared.")


@pytest.mark.parametrize(
    ("example", "view", "drawn"),
    [
        ("05-host-cities-on-a-map", "Map", "circle.spot"),
        ("04-timeline", "Timeline", "circle.spot"),
        ("09-twinned-with-what", "Graph", "g.node"),
        ("06-distance-between-sister-cities", "Chart", "rect.bar"),
        ("01-editions", "Raw", "pre"),
        ("30-events-for-search-engines", "Graph", "g.node"),
    ],
)
def test_a_view_that_suits_the_answer_is_offered_and_drawn(
    clean: Page, example: str, view: str, drawn: str
) -> None:
    """Places on a map, dates on a timeline, links as a graph, figures as bars."""
    editor(clean, (EXAMPLES / f"{example}.rq").read_text("utf-8"))
    clean.get_by_role("tab", name=view).click()

    panel = clean.get_by_role("tabpanel")
    expect(panel.locator(drawn).first).to_be_visible()
    tab = clean.get_by_role("tab", name=view)
    expect(tab).to_have_attribute("aria-selected", "true")


def test_a_table_is_sorted_filtered_and_leads_to_pages(clean: Page) -> None:
    """A head sorts, the field filters, a cell is a link with the label on hover."""
    editor(clean, (EXAMPLES / "01-editions.rq").read_text("utf-8"))
    rows = clean.locator("tbody tr")
    link = rows.locator("a[title*='Symposium']").first
    expect(link).to_be_visible()
    expect(rows).to_have_count(7)
    clean.get_by_role("button", name="name").click()
    clean.get_by_role("button", name="name").click()
    expect(clean.locator("th[aria-sort='descending']")).to_have_text("name")
    clean.get_by_label("Filter the rows").fill("2nd")

    expect(rows).to_have_count(1)
    clean.get_by_label("Filter the rows").fill("")
    expect(rows).to_have_count(7)
    rows.locator("a").first.click()
    expect(clean).to_have_url(re.compile("/page/symposium-"))


def test_a_row_leads_to_why_it_holds(clean: Page) -> None:
    """The triple that a row stands for is the question that the link asks."""
    editor(clean, SISTERS)
    link = clean.get_by_role("link", name="why?").first

    expect(link).to_have_attribute(
        "href",
        re.compile("p=https%3A%2F%2Fw3id.org%2Fcityexchange%2Fontology%23sisterCity"),
    )
    link.click()
    expect(clean.locator("h1.statement")).to_contain_text("sister city")


def test_only_what_files_say_is_asked(clean: Page) -> None:
    """One of two sister cities follows; without what follows there is one."""
    editor(clean, SISTERS)
    expect(clean.locator("tbody tr")).to_have_count(2)
    clean.get_by_label("Only what files say").check()
    clean.get_by_role("button", name="Run").click()

    expect(clean.locator("tbody tr")).to_have_count(1)
    expect(clean).to_have_url(re.compile("asserted=1"))


def test_examples_are_found_and_what_was_run_is_kept(clean: Page) -> None:
    """A word leads to an example, a click runs it, and the browser remembers it."""
    editor(clean)
    clean.locator("summary", has_text="Examples").click()
    clean.get_by_label("Search the examples").fill("wikidata")
    clean.locator("#examples a:visible").first.click()
    expect(clean.get_by_role("status").first).to_contain_text("rows in")
    clean.reload()
    clean.get_by_text("Asked before in this browser").click()

    expect(clean.locator("#past li")).to_have_count(1)


def test_a_running_query_is_cancelled(clean: Page, server: Server) -> None:
    """It is not only not waited for: the engine stops working on it."""
    field, page = editor(clean), clean
    every = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    rewrite(page, field, every)
    with page.expect_request(lambda asked: asked.method == "DELETE") as cancelling:
        page.get_by_role("button", name="Run").click()
        running = "kgserver_queries_running 1.0"
        wait_until(lambda: running in server.get("/metrics")[1])
        page.get_by_role("button", name="Cancel").click()
    wait_until(lambda: running not in server.get("/metrics")[1])

    ends = "|".join(["cancelled", "gone"])
    counted = rf'kgserver_queries_total{{ending="({ends})",form="select"}} [1-9]'
    assert re.search(counted, server.get("/metrics")[1])
    response = cancelling.value.response()
    assert response
    assert response.status == 204
    expect(page.get_by_role("status").first).to_have_text("Cancelled")
    expect(page.get_by_role("button", name="Run")).to_be_enabled()


def test_the_editor_speaks_the_readers_language(clean: Page) -> None:
    """Words that scripts say come from the same catalogue as those of the page."""
    clean.goto(f"/sparql?lang=de&query={quote(SISTERS)}")

    expect(clean.get_by_role("status").first).to_contain_text("2 Zeilen in")
    expect(clean.get_by_role("tab", name="Tabelle")).to_be_visible()


def test_the_page_works_where_scripts_do_not_run(page: Page) -> None:
    """The form is typed into, sent, and answered with a table of links."""
    page.route("**/static/dist/**", lambda route: route.abort())
    page.goto("/sparql")
    page.get_by_label("Query").fill(SISTERS)
    page.get_by_role("button", name="Run").click()

    expect(page.get_by_text("2 rows")).to_be_visible()
    page.locator("tbody a").first.click()
    expect(page).to_have_url(re.compile("/page/"))


EMPTY = """SELECT *
{ ?a ?p ?b .
?c <x:none> ?d }"""


@pytest.mark.parametrize(
    ("language", "title", "nothing", "cross"),
    [
        ("en", "Why nothing is found", "matches nothing", "every combination"),
        ("de", "Warum nichts gefunden wird", "trifft auf nichts", "Jede Kombination"),
        ("zh-Hans", "为何没有结果", "没有匹配", "将形成所有组合"),
    ],
)
def test_an_empty_answer_says_why_and_leads_to_the_place(
    clean: Page, language: str, title: str, nothing: str, cross: str
) -> None:
    """Which pattern matches nothing, and what nothing joins; a click selects it.

    The page came with it, so that it is not asked for again; what nothing joins is
    underlined in the query, too.
    """
    asked: list[str] = []
    clean.on("request", lambda each: asked.append(each.url))
    clean.goto(f"/sparql?lang={language}&query={quote(EMPTY)}")
    told = clean.get_by_role("region", name=title)
    expect(told).to_contain_text(nothing)
    expect(told).to_contain_text(cross)
    expect(clean.locator(".cm-lintRange-warning").first).to_be_visible()
    accessibility.check(clean)
    assert not [each for each in asked if "explain=1" in each]
    told.get_by_role("button").first.click()

    selected = (
        "document.querySelector('.field').shadowRoot.querySelector('.cm-content')"
    )
    assert clean.evaluate(f"{selected}.matches(':focus')")


def test_a_query_refused_by_its_address_is_mended_in_the_editor(page: Page) -> None:
    """The mistake is marked as when the page sends it, and once mended it runs."""
    page.goto(f"/sparql?query={quote('SELECT * { ?s foo:p ?o }')}")
    field = page.get_by_role("textbox", name="SPARQL query")
    expect(field).to_contain_text("foo:p")
    expect(page.locator(".cm-lintRange-error")).to_have_text("foo:p")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The prefix foo: is not declared.")
    accessibility.check(page)
    rewrite(page, field, SISTERS)
    page.keyboard.press("Control+Enter")

    expect(page.locator("tbody tr")).to_have_count(2)
    expect(alert).to_have_count(0)


def test_an_empty_answer_says_why_where_scripts_do_not_run(page: Page) -> None:
    """The same words as the editor's, below the empty table."""
    page.route("**/static/dist/**", lambda route: route.abort())
    page.goto(f"/sparql?query={quote(EMPTY)}")

    told = page.get_by_role("region", name="Why nothing is found")
    expect(told).to_contain_text("matches nothing in the data.")
    expect(told).to_contain_text("every combination is formed.")
    expect(told).to_contain_text("Line 3:")
