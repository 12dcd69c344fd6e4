"""Pages about what was: an older version, a thing's history, changes, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from kgserver.load import snapshot
from kgserver.load.history import chronicle
from kgserver.model import settings as setting
from tests.browser import accessibility
from tests.checkout import Checkout
from tests.processes import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

HERE = "http://127.0.0.1:8000/"
TURTLE = f"""@prefix : <{HERE}id/> .
@prefix own: <{HERE}ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

:ada a own:Person ; rdfs:label "Ada"@en ; own:knows :%s .
:berta a own:Person ; rdfs:label "Berta"@en .
"""
ONTOLOGY = f"""@prefix own: <{HERE}ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

own:Person a owl:Class ; rdfs:label "person"@en .
own:knows a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:label "knows"@en .
"""
QUERY = quote("SELECT * { ?s ?p ?o } LIMIT 3")
KNOWS = quote(f"{HERE}ontology#knows")
PAGES = [
    "/page/ada/history?lang=de",
    "/page/ada?version=1&lang=zh-Hans",
    "/class/Person?version=1",
    f"/explore?iri={HERE}id/ada&version=1",
    f"/why?s={HERE}id/berta&p={KNOWS}&o={HERE}id/ada&version=1",
    f"/sparql?query={QUERY}&version=1",
    "/changes",
    "/problems?lang=zh-Hans",
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A folder under git in its second version, which has findings."""
    checkout = Checkout(tmp_path_factory.mktemp("past"))
    settings = setting.read(checkout.folder, {})
    ontology = {"ontology/own.ttl": ONTOLOGY}
    for message, known in (("Ada knows Berta", "berta"), ("no, Carl", "carl")):
        checkout.commit({**ontology, "graph/people.ttl": TURTLE % known}, message)
        assert snapshot.build(settings).served
    chronicle.bring(settings)
    with serving(checkout.folder, "--no-watch") as started:
        yield started.base


@pytest.mark.parametrize("path", PAGES)
def test_a_page_about_the_past_is_accessible(clean: Page, here: str, path: str) -> None:
    """It passes what every page passes."""
    response = clean.goto(here + path, wait_until="networkidle")

    assert response
    assert response.status == 200
    accessibility.check(clean)


def test_an_older_page_says_so_and_leads_to_today(clean: Page, here: str) -> None:
    """The banner stays from link to link, until the reader goes back."""
    clean.goto(f"{here}/?version=1")
    clean.get_by_role("link", name="person").first.click()
    clean.get_by_role("link", name="Ada").first.click()
    expect(clean.get_by_role("status")).to_contain_text("version 1")
    expect(clean.locator("main")).to_contain_text("Berta")
    clean.get_by_role("link", name="See it as it is now").click()

    expect(clean.locator(".trouble")).to_have_count(0)
    expect(clean.locator("main")).to_contain_text("carl")


def test_a_thing_leads_to_its_history(clean: Page, here: str) -> None:
    """What came and what went, with the words of the commit."""
    clean.goto(f"{here}/page/ada")
    clean.get_by_role("link", name="History").click()

    first = clean.locator(".changes > li").first
    expect(first).to_contain_text("no, Carl")
    expect(first.locator(".went")).to_contain_text("Berta")
    expect(first.locator(".came")).to_contain_text("carl")
