"""The page about a thing: what it is first, who says so beside, what differs marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.load import snapshot
from kgserver.serve.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings


def test_a_passage_shows_its_words_and_a_claim_what_it_states(
    client: FlaskClient,
) -> None:
    """At the head of their pages, since that is what they are."""
    passage = client.get("/page/passage-F032").text.partition("</header>\n<div")[0]
    claim = client.get("/page/claim-F032-1").text.partition("</header>\n<div")[0]

    assert "In 2006, Changchun and Wolfsburg became sister cities" in passage
    assert 'href="/page/changchun"' in claim
    assert "/why?s=" in claim


DIFFERING = {
    "ontology/o.ttl": """
    @prefix : <http://127.0.0.1:8000/ontology#> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    :founded a owl:DatatypeProperty , owl:FunctionalProperty .
    :seat a owl:ObjectProperty .
    """,
    "graph/one.ttl": """
    @prefix : <http://127.0.0.1:8000/id/> .
    @prefix o: <http://127.0.0.1:8000/ontology#> .
    :office o:founded "2006" ; o:seat :here , :there .
    """,
    "graph/other.ttl": """
    @prefix : <http://127.0.0.1:8000/id/> .
    @prefix o: <http://127.0.0.1:8000/ontology#> .
    :office o:founded "2007" .
    """,
}


def test_sources_that_differ_stand_side_by_side(
    make_folder: Callable[..., Settings],
) -> None:
    """What can be one only and is two is marked, each with the file that says it."""
    settings = make_folder(DIFFERING, {"KGSERVER_REASONING": "none"})
    assert snapshot.build(settings).served
    page = create_app(settings).test_client().get("/page/office").text
    marked = re.findall(r'<div class="differ">.*?</div>', page, re.DOTALL)

    assert len(marked) == 1
    assert "Sources differ" in marked[0]
    assert re.findall(r">(\w+:\d+)</summary>|<bdi>(\d+)</bdi>", marked[0]) == [
        ("", "2006"), ("one:4", ""), ("", "2007"), ("other:4", ""),
    ]  # fmt: skip


def test_what_an_inverse_says_is_shown_once_with_its_source(
    client: FlaskClient,
) -> None:
    """What the article says of the symposium stands on the page about the city."""
    page = client.get("/page/changchun").text
    hosts = page[page.index('title="cex:hosts"') :].partition("</ul>")[0]
    pointing = page[page.index('id="pointing"') :].partition("</section>")[0]

    assert "7th China-Germany Urbanization Symposium" in hosts
    assert ">inferred</a>" in hosts
    assert "ccfao-2019-10-31:" in hosts
    assert "cex:heldIn" not in pointing


def test_a_citation_names_the_version_in_each_form(client: FlaskClient) -> None:
    """A sentence, BibTeX and CSL-JSON, all with the address of this version."""
    page = client.get("/page/changchun").text

    assert "@misc{city-exchange-changchun" in page
    assert "&#34;type&#34;: &#34;dataset&#34;" in page
    assert len(re.findall(r"(?i)version 1\b|version&#34;: &#34;1&#34;", page)) >= 3
