"""Triple pattern fragments: a client that follows their controls alone gets it all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
import rdflib

from kgserver.ask.fragments import matching, pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

HYDRA = "http://www.w3.org/ns/hydra/core#"
VOID = "http://rdfs.org/ns/void#"
CEX = "https://w3id.org/cityexchange/ontology#"
ID = "https://w3id.org/cityexchange/id/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
HERE = "http://127.0.0.1:8000/id/"
NAMES = ("subject", "predicate", "object", "graph")


@dataclass
class Page:
    """A page as a client reads it: its data, and what it says of itself."""

    address: str
    data: list[ox.Quad]
    said: list[ox.Quad]

    def one(self, predicate: str) -> str:
        """The value of a property of this page; empty where it has none."""
        about = ox.NamedNode(self.address)
        found = [
            quad.object
            for quad in self.said
            if quad.subject == about and quad.predicate.value == predicate
        ]
        assert len(found) <= 1
        return str(getattr(found[0], "value", "")) if found else ""

    def form(self) -> str:
        """The template by which other fragments are asked for."""
        found = {
            str(getattr(quad.object, "value", ""))
            for quad in self.said
            if quad.predicate.value == HYDRA + "template"
        }
        (form,) = found
        return form


class Reader:
    """A client that knows one address and the specification."""

    def __init__(self, client: FlaskClient, start: str) -> None:
        self.client = client
        self.asked = 0
        self.form = self.page(start).form()

    def page(self, address: str) -> Page:
        """One page; what is about it stands in the graph that says so."""
        self.asked += 1
        target = urlsplit(address)
        path = f"{target.path}?{target.query}" if target.query else target.path
        answer = self.client.get(path, headers={"Accept": "application/n-quads"})
        assert answer.status_code == 200, answer.text
        quads = list(ox.parse(answer.data, format=ox.RdfFormat.N_QUADS))
        about = f"http://localhost{path}"
        (graph,) = {
            quad.graph_name
            for quad in quads
            if quad.predicate.value == "http://xmlns.com/foaf/0.1/primaryTopic"
            and quad.object == ox.NamedNode(about)
        }
        said = [quad for quad in quads if quad.graph_name == graph]
        data = [quad for quad in quads if quad.graph_name != graph]
        return Page(about, data, said)

    def first(self, *terms: object) -> Page:
        """The first page of a pattern, by the form (RFC 6570)."""
        given = zip(NAMES, terms, strict=False)
        pairs = [
            f"{name}={quote(pattern.written(term), safe='')}"  # type: ignore[arg-type]
            for name, term in given
            if term is not None
        ]
        filled = "&".join(pairs)
        more = f"&{filled}" if filled else ""
        address = re.sub(r"\{&.*\}", lambda _: more, self.form)
        address = re.sub(r"\{\?.*\}", lambda _: more.replace("&", "?", 1), address)
        return self.page(address)

    def all(self, *terms: object) -> Iterator[ox.Quad]:
        """Every match of a pattern, page by page."""
        page = self.first(*terms)
        yield from page.data
        while address := page.one(HYDRA + "next"):
            page = self.page(address)
            yield from page.data

    def join(self, patterns: list[tuple[object, ...]]) -> set[tuple[str, ...]]:
        """The solutions of triple patterns in which a text is a variable's name."""
        solutions: list[dict[str, object]] = [{}]
        for each in patterns:
            found = []
            for known in solutions:
                terms = [known.get(t) if isinstance(t, str) else t for t in each]
                for quad in self.all(*terms):
                    fits = zip(each, quad.triple, strict=True)
                    new = {name: term for name, term in fits if isinstance(name, str)}
                    found.append(known | new)
            solutions = found
        return {tuple(str(row[name]) for name in sorted(row)) for row in solutions}


@pytest.fixture
def reader(client: FlaskClient) -> Reader:
    """A client of the shipped graph's fragments."""
    return Reader(client, "http://localhost/fragments")


def test_a_join_through_fragments_equals_the_query(
    client: FlaskClient, reader: Reader
) -> None:
    """The cities of the editions, with their names and what contains them."""
    held = CEX + "heldIn"
    found = reader.join(
        [
            ("edition", ox.NamedNode(CEX + "editionNumber"), "number"),
            ("edition", ox.NamedNode(held), "place"),
            ("place", ox.NamedNode(LABEL), "name"),
            ("place", ox.NamedNode(TYPE), ox.NamedNode(CEX + "City")),
        ]
    )
    query = f"""SELECT ?edition ?name ?number ?place {{
        ?edition <{CEX}editionNumber> ?number ; <{held}> ?place .
        ?place <{LABEL}> ?name ; a <{CEX}City> }}"""
    answer = client.get(
        "/sparql", query_string={"query": query, "format": "tsv"}
    ).text.splitlines()

    assert len(found) == len(answer) - 1 > 10
    assert {row[0] for row in found} == {line.split("\t")[0] for line in answer[1:]}
    assert {row[3] for row in found} == {line.split("\t")[3] for line in answer[1:]}


def test_pages_hold_every_match_once(reader: Reader, client: FlaskClient) -> None:
    """What the pages of a pattern hold is as much as the first one says there is."""
    first = reader.first(None, ox.NamedNode(TYPE), None)
    every = list(reader.all(None, ox.NamedNode(TYPE), None))
    query = {"query": "SELECT (COUNT(*) AS ?n) { ?s a ?o }", "format": "csv"}
    counted = int(client.get("/sparql", query_string=query).text.split()[1])

    assert len(every) == len(set(every)) == counted > 10 * matching.SIZE
    assert int(first.one(HYDRA + "totalItems")) == counted
    assert int(first.one(VOID + "triples")) == counted
    assert int(first.one(HYDRA + "itemsPerPage")) == matching.SIZE == len(first.data)


def test_a_nameless_node_is_asked_for_by_what_another_page_calls_it(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """So that a join goes through nodes that have no name."""
    text = """@prefix : <http://127.0.0.1:8000/id/> .
        :a :part [ :name "x" ; :size 3 ] , [ :name "y" ; :size 4 ] ."""
    client = make_client({"graph/a.ttl": text})
    here = "http://127.0.0.1:8000/id/"
    reader = Reader(client, "http://localhost/fragments")
    found = reader.join(
        [
            (ox.NamedNode(here + "a"), ox.NamedNode(here + "part"), "part"),
            ("part", ox.NamedNode(here + "name"), "name"),
            ("part", ox.NamedNode(here + "size"), "size"),
        ]
    )

    assert len(found) == 2
    assert {row[0] for row in found} == {'"x"', '"y"'}
    label = next(iter(found))[1].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert client.get(label).status_code == 200


SAME = """@prefix : <http://127.0.0.1:8000/id/> .
    :a :p :a , :b , [ :p [] ] . :b :b :c . :c :p :p . <urn:g> <urn:p> <urn:o> .
    _:n :p _:n ."""


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (("?x", "?p", "?x"), {"a p a", "_ p _"}),
        (("?x", "?x", "?o"), {"b b c"}),
        (("?s", "?x", "?x"), {"c p p"}),
        (("?x", "?x", "?x"), set()),
        (("?x", f"{HERE}p", "?x"), {"a p a", "_ p _"}),
        ((f"{HERE}a", "?x", "?x"), set()),
        (("?", f"{HERE}p", "?"), {"a p a", "a p b", "a p _", "_ p _", "c p p"}),
    ],
)
def test_a_variable_in_two_places_is_the_same_term(
    make_client: Callable[[dict[str, str]], FlaskClient],
    terms: tuple[str, ...],
    found: set[str],
) -> None:
    """As in SPARQL; the count that is given is theirs too."""
    client = make_client({"graph/a.ttl": SAME})
    given = zip(NAMES, terms, strict=False)
    asked = "&".join(f"{name}={quote(term, safe='')}" for name, term in given)
    page = Reader(client, "http://localhost/fragments").page(
        f"http://localhost/fragments?{asked}"
    )
    short = {" ".join(map(_short, quad.triple)) for quad in page.data}

    assert short == found
    assert int(page.one(HYDRA + "totalItems")) == len(page.data)


def _short(term: object) -> str:
    name = str(term).strip("<>").rpartition("/")[2]
    return "_" if "genid" in str(term) else name


def test_a_graph_that_names_itself_is_found(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """A variable for the graph and the subject: the default graph has no name."""
    text = "<urn:g> <urn:p> <urn:o> <urn:g> .\n<urn:h> <urn:p> <urn:o> <urn:g> .\n"
    quads = Reader(
        make_client({"graph/a.nq": text}), "http://localhost/fragments/quads"
    )
    page = quads.page("http://localhost/fragments/quads?subject=?x&graph=?x")

    assert [str(quad.subject) for quad in page.data] == ["<urn:g>"]


def test_a_variable_in_two_places_of_a_large_graph_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it would have to be looked at; the endpoint can be stopped."""
    monkeypatch.setattr(matching, "_COUNTED", 1000)
    refused = client.get("/fragments?subject=?x&object=?x")

    assert refused.status_code == 400
    assert "/sparql" in refused.get_json(force=True)["hint"]


def test_every_kind_of_text_is_found_as_it_is_written(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """With quotes, line breaks, languages and types, as the form has them filled in."""
    here = "http://127.0.0.1:8000/id/"
    texts = [
        r'"a \" b"',
        r'"a\nb"@de',
        '"5"^^<urn:t>',
        '"中文"@zh',
        '""',
        r'"\\n"',
        "7",
    ]
    said = "\n".join(f"<{here}t{i}> <{here}p> {t} ." for i, t in enumerate(texts))
    reader = Reader(make_client({"graph/a.ttl": said}), "http://localhost/fragments")

    every = list(reader.all(None, ox.NamedNode(here + "p"), None))
    assert len(every) == len(texts)
    for quad in every:
        (found,) = reader.all(None, None, quad.object)
        assert found.subject == quad.subject


def test_a_graph_has_fragments_of_its_own(reader: Reader, client: FlaskClient) -> None:
    """Its form stays in it; what follows is told apart from what is said."""
    inferred = "https://w3id.org/cityexchange/graph/inferred"
    own = Reader(client, f"http://localhost/fragments?graph={quote(inferred, safe='')}")
    shape = None, ox.NamedNode(CEX + "sisterCity"), None

    assert [str(quad.subject) for quad in own.all(*shape)] == [f"<{ID}wolfsburg>"]
    assert len(list(reader.all(*shape))) == 2


def test_quads_say_in_which_graph_they_are(client: FlaskClient) -> None:
    """Of all graphs, of one, and of the default graph by its own name."""
    quads = Reader(client, "http://localhost/fragments/quads")
    shape = None, ox.NamedNode(CEX + "sisterCity"), None
    graphs = {str(quad.graph_name) for quad in quads.all(*shape)}
    default = ox.NamedNode(pattern.DEFAULT_GRAPH)

    assert "DEFAULT" in graphs
    assert "<https://w3id.org/cityexchange/graph/inferred>" in graphs
    assert len(graphs) == 3
    assert len(list(quads.all(*shape, default))) == 2


def test_every_format_says_the_same(client: FlaskClient) -> None:
    """Data and controls, as rdflib reads them."""
    target = f"/fragments?predicate={quote(CEX + 'heldIn', safe='')}"
    found = []
    for form in ("ttl", "nt", "rdf"):
        kind = {"ttl": "turtle", "nt": "nt", "rdf": "xml"}[form]
        graph = rdflib.Graph().parse(
            data=client.get(f"{target}&format={form}").data, format=kind
        )
        found.append([str(predicate) for predicate in graph.predicates()])
    for kept in (ox.RdfFormat.TRIG, ox.RdfFormat.N_QUADS, ox.RdfFormat.JSON_LD):
        data = client.get(f"{target}&format={kept.file_extension}").data
        quads = ox.parse(data, format=kept)
        found.append([quad.predicate.value for quad in quads])

    counted = {
        (
            len([each for each in predicates if each == CEX + "heldIn"]),
            len([each for each in predicates if each.startswith(HYDRA)]),
        )
        for predicates in found
    }
    assert len(found) == 6
    assert len(counted) == 1
    assert min(counted.pop()) > 5


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/fragments?subject=%22x%22", 400),
        ("/fragments?predicate=_:b", 400),
        ("/fragments?predicate=a%20b", 400),
        ("/fragments?object=%22x", 400),
        ("/fragments?object=%22x%22@not_a_tag", 400),
        ("/fragments?page=0", 400),
        ("/fragments?page=9999", 404),
        ("/fragments?page=99999999", 404),
        ("/fragments?subject=urn:nothing", 200),
        ("/fragments?subject=?s&predicate=?p&object=?o", 200),
        ("/fragments?object=urn:a%3E%20%7D%20DROP", 400),
        ("/fragments?object=%22%22%22%22%20.%20%7D%22", 200),
    ],
)
def test_an_odd_request_has_its_answer(
    client: FlaskClient, target: str, status: int
) -> None:
    """Never a fault of the server, never more than a page."""
    assert client.get(target).status_code == status


def test_a_page_that_is_held_is_not_sent_again(client: FlaskClient) -> None:
    """By a strong validator, which differs from page to page."""
    first = client.get("/fragments").headers["ETag"]
    again = client.get("/fragments", headers={"If-None-Match": first})

    assert again.status_code == 304
    assert client.get("/fragments?page=2").headers["ETag"] != first


def test_people_see_a_form_and_a_table(client: FlaskClient) -> None:
    """Each term leads to all that has it in its place."""
    page = client.get(
        f"/fragments?subject={ID}changchun&lang=de", headers={"Accept": "text/html"}
    ).text

    assert 'name="subject" value="https://w3id.org/cityexchange/id/changchun"' in page
    assert "Aussagen" in page
    assert "/fragments?object=%22Changchun%22%40de&amp;lang=de" in page


def test_a_page_tells_texts_apart_by_their_language(client: FlaskClient) -> None:
    """And values by their datatype; a plain text has neither."""
    address = f"/fragments?subject={ID}changchun"
    page = client.get(address, headers={"Accept": "text/html"}).text

    assert '<bdi lang="de">Changchun</bdi></a> <small class="tag">de</small>' in page
    assert '<bdi>125.32278</bdi></a> <small class="tag">xsd:decimal</small>' in page
    assert "<bdi>220100</bdi></a></td>" in page


def test_a_term_may_be_written_with_a_prefix(client: FlaskClient) -> None:
    """As pages show it; the datatype of a text too."""
    base = "https://w3id.org/cityexchange/"
    whole = {
        "subject": f"{base}id/symposium-7",
        "predicate": f"{base}ontology#editionNumber",
        "object": '"7"^^http://www.w3.org/2001/XMLSchema#integer',
    }
    short = {
        "subject": "id:symposium-7",
        "predicate": "cex:editionNumber",
        "object": '"7"^^xsd:integer',
    }
    for asked in (whole, short):
        answer = client.get("/fragments", query_string={**asked, "format": "nt"})

        assert f'<{whole["subject"]}> <{whole["predicate"]}> "7"' in answer.text
