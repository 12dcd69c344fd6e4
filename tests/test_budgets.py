"""No page is heavier than 100 kB before compression, whatever it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from kgserver.load import versions
from kgserver.serve.frame import messages
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings

MOST = 100_000
ID = "https://w3id.org/cityexchange/id/"
CEX = "https://w3id.org/cityexchange/ontology#"
EXAMPLES = sorted((ROOT / "queries" / "examples").glob("*.rq"))
# one of each kind of page
KINDS = [
    "/",
    "/class/",
    "/class/Claim",
    "/class/SymposiumEdition",
    "/search?q=China",
    "/map",
    "/timeline",
    f"/explore?iri={ID}china",
    "/changes",
    "/ontology",
    f"/resource?iri={quote(CEX + 'Claim')}",
    "/dataset",
    "/problems",
    "/status",
    "/sparql",
    f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}",
    f"/sparql?query={quote('DESCRIBE <' + ID + 'changchun>')}",
    f"/why?s={ID}wolfsburg&p={quote(CEX + 'sisterCity')}&o={ID}changchun&limit=5",
    f"/page/china?in={quote(CEX + 'locatedIn')}",
    "/nowhere",
    "/sparql?query=SELECT",
]
# how many of the heaviest things are weighed
_HEAVIEST = 8
_LONGEST = """
SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o FILTER(STRSTARTS(STR(?s), "%s")) }
GROUP BY ?s ORDER BY DESC(?n) LIMIT %d
"""
_MOST_LINKED = """
SELECT ?s (COUNT(*) AS ?n) { ?x ?p ?s FILTER(STRSTARTS(STR(?s), "%s")) }
GROUP BY ?s ORDER BY DESC(?n) LIMIT %d
"""


def weigh(client: FlaskClient, path: str) -> dict[str, int]:
    """The bytes of a page in each language, where they are too many."""
    weights = {}
    for language in messages.LANGUAGES:
        headers = {"Accept": "text/html", "Accept-Language": language}
        weights[language] = len(client.get(path, headers=headers).data)
    return {language: bytes_ for language, bytes_ in weights.items() if bytes_ > MOST}


@pytest.mark.parametrize("path", KINDS)
def test_a_page_of_each_kind_is_light(client: FlaskClient, path: str) -> None:
    """In every language."""
    assert weigh(client, path) == {}


@pytest.mark.parametrize("query", [_LONGEST, _MOST_LINKED])
def test_the_things_with_the_most_to_say_are_light(
    client: FlaskClient, shipped: Settings, query: str
) -> None:
    """Those with the most statements, and those that most points at."""
    version = versions.current(shipped.state)
    assert version
    store = ox.Store.read_only(str(version / versions.STORE))
    rows = store.query(query % (ID, _HEAVIEST))
    assert isinstance(rows, ox.QuerySolutions)
    paths = [f"/page/{row['s'].value.removeprefix(ID)}" for row in rows]

    assert len(paths) == _HEAVIEST
    assert [path for path in paths if weigh(client, path)] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_answer_to_each_example_is_light(
    client: FlaskClient, example: Path
) -> None:
    """The table of rows, with the examples beside it."""
    assert weigh(client, f"/sparql?query={quote(example.read_text('utf-8'))}") == {}
