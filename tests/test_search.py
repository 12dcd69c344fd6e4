"""Things are found by what they are called: queries in files, and what they find."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kgserver.ask import dataset
from kgserver.ask.browse.listing import search
from kgserver.load import versions

from .conftest import cases

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings


@pytest.mark.parametrize("case", cases("search"))
def test_a_query_finds_names_in_this_order(case: Path, shipped: Settings) -> None:
    """A language, the words, and the names found first; none is nothing found."""
    directory = versions.current(shipped.state)
    assert directory
    asked, _, expected = case.read_text("utf-8").partition("\n\n")
    language, words = asked.split("\n")
    names = expected.split("\n")[:-1]

    found = [
        hit.name for hit in search.find(dataset.opened(directory), words, language)
    ]

    assert found[: len(names)] == names
    assert bool(found) == bool(names)


def test_a_thing_is_found_once_by_its_best_name(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """Two names that fit are one result; the exact one is named."""
    client = make_client(
        {
            "graph/a.ttl": """
            @prefix : <http://127.0.0.1:8000/id/> .
            @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
            @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
            :a rdfs:label "Bonn am Rhein" ; skos:altLabel "Bonn" .
            :b rdfs:label "Bonner Loch" .
            """
        }
    )
    found = client.get("/search?q=bonn&format=json").get_json(force=True)

    assert [each["iri"][-1] for each in found["results"]] == ["a", "b"]
    assert found["results"][0]["matched"] == "Bonn"
    assert found["total"] == 2


def test_results_are_narrowed_to_one_kind(client: FlaskClient) -> None:
    """The facet's link leads to the things of its class."""
    kind = "https://w3id.org/cityexchange/ontology%23Company"
    found = client.get(f"/search?q=changchun&kind={kind}&format=json")
    types = [each["types"] for each in found.get_json(force=True)["results"]]

    assert types
    assert all(each == ["company"] for each in types)


def test_a_browser_gets_suggestions(client: FlaskClient) -> None:
    """The query, names, what they are, addresses (OpenSearch Suggestions 1.1)."""
    response = client.get("/search/suggest?q=wolfsb")
    words, names, kinds, addresses = response.get_json(force=True)

    assert (words, names[0], kinds[0]) == ("wolfsb", "Wolfsburg", "city")
    assert addresses[0] == "http://localhost/page/wolfsburg"
    assert response.mimetype == "application/x-suggestions+json"
    assert "{searchTerms}" in client.get("/opensearch.xml").text
