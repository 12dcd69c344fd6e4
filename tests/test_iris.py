"""IRIs of every kind: page, document, Location and query lead to the same thing.

A case holds the end of an IRI below `{base}id/`, then `also:` and `not:` with other
spellings under which a request does and does not find it. All cases are in one graph.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from kgserver.ask.documents import address
from kgserver.load import snapshot
from kgserver.model import settings as setting
from kgserver.serve.app import create_app
from kgserver.serve.live import Live

from .conftest import cases
from .processes import PATIENCE, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kgserver.ask.dataset import Dataset
    from kgserver.model.settings import Settings

BASE = "https://w3id.example/things/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


@dataclass(frozen=True)
class Answer:
    """What a request got."""

    status: int
    location: str
    text: str


@dataclass(frozen=True)
class Case:
    """An IRI, other spellings of its path that find it, and some that do not."""

    name: str
    iri: str
    also: tuple[str, ...]
    never: tuple[str, ...]


def read(path: Path) -> Case:
    """The case that a file holds."""
    first, *rest = path.read_text("utf-8").split("\n")
    pairs = [line.partition(": ") for line in rest if line]
    return Case(
        path.stem,
        f"{BASE}id/{first}",
        tuple(text for kind, _, text in pairs if kind == "also"),
        tuple(text for kind, _, text in pairs if kind == "not"),
    )


CASES = [read(each.values[0]) for each in cases("iris")]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A folder in which every case has its name as its label, built."""
    where = tmp_path_factory.mktemp("iris")
    (where / "graph").mkdir()
    lines = [f'<{case.iri}> <{LABEL}> "case {case.name}" .' for case in CASES]
    (where / "graph" / "things.nt").write_text("\n".join(lines), "utf-8")
    (where / setting.FILE).write_text(f'base_iri = "{BASE}"\n')
    settings = setting.read(where, {})
    built = snapshot.build(settings)
    assert built.served, built.as_text(0)
    return settings


@pytest.fixture(scope="module")
def dataset(folder: Settings) -> Dataset:
    """The built version."""
    return Live(folder.state).dataset()


@pytest.fixture(scope="module", params=["in process", "through the server"])
def ask(
    request: pytest.FixtureRequest, folder: Settings
) -> Iterator[Callable[..., Answer]]:
    """Put a request to the application, or to the running server.

    The one knows the path as it was written; the other may know only what is left of
    it when its escapes are undone.
    """
    if request.param == "in process":
        client = create_app(folder).test_client()

        def direct(target: str, accept: str = "", form: str = "") -> Answer:
            method = "POST" if form else "GET"
            found = client.open(
                target, method=method, data=form or None, headers=headers(accept, form)
            )
            return Answer(
                found.status_code, found.headers.get("Location", ""), found.text
            )

        yield direct
        return
    with serving(folder.folder, "--no-watch") as server:

        def remote(target: str, accept: str = "", form: str = "") -> Answer:
            line = http.client.HTTPConnection(
                "127.0.0.1", server.port, timeout=PATIENCE
            )
            method = "POST" if form else "GET"
            line.request(method, target, form or None, headers(accept, form))
            found = line.getresponse()
            text = found.read().decode()
            line.close()
            return Answer(found.status, found.getheader("Location", ""), text)

        yield remote


def headers(accept: str, form: str) -> dict[str, str]:
    """The headers of a request."""
    given = {"Accept": accept} if accept else {}
    kind = "application/x-www-form-urlencoded"
    return given | ({"Content-Type": kind} if form else {})


def path_of(spelt: str) -> str:
    """The path at which a client asks for the end of an IRI as it is spelt."""
    return "/id/" + quote(spelt.partition("#")[0], safe="/:@!$&'()*+,;=-._~%?")


def subjects(turtle: str) -> set[str]:
    """The IRIs that a document speaks of."""
    triples = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    return {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_page_and_document_lead_to_the_thing(
    case: Case, dataset: Dataset, ask: Callable[..., Answer]
) -> None:
    """What the server writes as a thing's address is answered with that thing."""
    page = ask(address.page_of(dataset, case.iri), "text/html")
    document = ask(address.data_of(dataset, case.iri, "ttl"))

    assert (page.status, document.status) == (200, 200)
    assert f"case {case.name}<" in page.text
    assert case.iri in subjects(document.text)


@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_location_leads_to_the_thing(
    case: Case, accept: str, dataset: Dataset, ask: Callable[..., Answer]
) -> None:
    """Whoever asks for the IRI, in any spelling, is led to it on this host."""
    own = case.iri.removeprefix(f"{BASE}id/")
    asked_as = () if address.shadowed(dataset, case.iri) else (own,)
    for spelt in (*asked_as, *case.also):
        led = ask(path_of(spelt), accept)
        target = ask(led.location, accept)

        assert (led.status, target.status) == (303, 200), spelt
        assert led.location.startswith(("/page/", "/data/", "/resource?"))
        assert led.location.isascii()
        assert f"case {case.name}" in target.text


@pytest.mark.parametrize("case", [c for c in CASES if c.never], ids=lambda c: c.name)
def test_another_spelling_is_another_thing(
    case: Case, ask: Callable[..., Answer]
) -> None:
    """What is not the same IRI does not find it."""
    for spelt in case.never:
        led = ask(path_of(spelt), "text/turtle")
        found = ask(led.location, "text/turtle").text if led.status == 303 else ""
        assert f"case {case.name}" not in found, spelt


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_query_in_a_form_finds_the_thing(
    case: Case, ask: Callable[..., Answer]
) -> None:
    """The IRI goes through form, query and result as it is, decoded once."""
    query = f"SELECT ?label {{ <{case.iri}> <{LABEL}> ?label }}"
    answer = ask("/sparql", "text/csv", urlencode({"query": query}))

    assert answer.text.split("\r\n")[1] == f"case {case.name}"
