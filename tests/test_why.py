"""Every conclusion of a version is proved, down to lines and quoted words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kgserver.ask import dataset
from kgserver.ask.why import document, proofs, statement
from kgserver.cli import main
from kgserver.load import snapshot, versions
from kgserver.load.reason.rules import record
from kgserver.model.refusal import BadRequest
from kgserver.serve.frame import messages

from .proof_checker import RULES, Checker

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from kgserver.ask.dataset import Dataset
    from kgserver.model.settings import Settings

BASE = "https://w3id.org/cityexchange/"
TWINNED = {
    "s": f"{BASE}id/wolfsburg",
    "p": f"{BASE}ontology#twinnedPlace",
    "o": f"{BASE}id/china",
}
WHY = f"/why?{urlencode(TWINNED)}"
TRIPLE = ox.Triple(*(ox.NamedNode(iri) for iri in TWINNED.values()))


def opened(settings: Settings) -> Dataset:
    """The version in service."""
    directory = versions.current(settings.state)
    assert directory
    return dataset.opened(directory)


def test_every_conclusion_of_the_shipped_graph_is_proved_from_the_version(
    shipped: Settings,
) -> None:
    """Leaves stand in files, and a stranger to the reasoner accepts each step."""
    held = opened(shipped)
    inferred = ox.NamedNode(held.names.inferred)
    apart = {ox.NamedNode(iri) for iri in held.snapshot.apart}
    files = (q for q in held.store if isinstance(q.graph_name, ox.NamedNode))
    said = {q.triple for q in files if q.graph_name not in {inferred, *apart}}
    checker = Checker(said)
    explaining = proofs.explaining(held)
    assert explaining
    seen = 0
    for quad in held.store.quads_for_pattern(None, None, None, inferred):
        (proof,) = explaining.explainer.explain(quad.triple)

        assert proof.triple == quad.triple
        assert checker.faults(proof) == []
        assert set(proof.leaves()) <= said
        seen += 1
    assert seen == held.snapshot.counts.inferred > 3_000


def test_a_proof_ends_in_lines_and_quoted_words(shipped: Settings) -> None:
    """Every asserted step has its origin; what the article says is quoted."""
    (argument,) = proofs.prove(opened(shipped), TRIPLE)
    leaves = [step for step in argument.steps if step.asserted]

    assert all(origin.line for step in leaves for origin in step.origins)
    assert all(step.origins for step in leaves)
    quoted = {quote.text for step in leaves for quote in step.quotes}
    assert "In 2006, Changchun and Wolfsburg became sister cities" in quoted


def test_an_ontology_that_was_written_down_is_the_one_that_was_compiled(
    shipped: Settings,
) -> None:
    """Rules, closure and all; written again it is the same text."""
    directory = versions.current(shipped.state)
    assert directory
    data = (directory / versions.ONTOLOGY).read_bytes()

    assert record.dump(record.load(data)) == data


ONTOLOGY = """
@prefix : <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Venue owl:unionOf ( :Hall :Club ) . :near a owl:SymmetricProperty .
:in a owl:TransitiveProperty . :key a owl:InverseFunctionalProperty .
"""
FOLDER = {
    "ontology/o.ttl": ONTOLOGY,
    "graph/a.ttl": "@prefix : <http://e/> .\n:a :near :b .\n:c a :Hall .\n",
    "graph/links.ttl": "@prefix : <http://e/> .\n:b :near :c , :a .\n",
}


def prefixed(name: str) -> ox.NamedNode:
    """A name of the small folder."""
    return ox.NamedNode(f"http://e/{name}")


def built(settings: Settings) -> Dataset:
    """The version in service after a build."""
    outcome = snapshot.build(settings)
    assert outcome.served, outcome.as_text(0)
    return opened(settings)


@pytest.mark.parametrize("default", ["merged", "own"])
def test_files_that_the_reasoner_leaves_out_prove_nothing(
    make_folder: Callable[..., Settings], default: str
) -> None:
    """Nothing follows from them; what they say besides is still a conclusion."""
    held = built(
        make_folder(
            FOLDER,
            {
                "KGSERVER_REASONING_EXCLUDES": "graph/links.ttl",
                "KGSERVER_DEFAULT_GRAPH": default,
            },
        )
    )
    a, b, c, near = map(prefixed, ("a", "b", "c", "near"))
    (follows,) = proofs.prove(held, ox.Triple(b, near, a))
    (stated,) = proofs.prove(held, ox.Triple(b, near, c))

    assert [step.rule for step in follows.steps] == ["prp-symp", "asserted", "asserted"]
    assert [origin.line for step in stated.steps for origin in step.origins] == [2]
    assert proofs.prove(held, ox.Triple(c, near, b)) == ()


def test_schema_triples_are_proved_from_lists(
    make_folder: Callable[..., Settings],
) -> None:
    """A member of a union is below it, and what is in it is in the union."""
    held = built(make_folder(FOLDER))
    below = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
    (argument,) = proofs.prove(
        held, ox.Triple(prefixed("Club"), below, prefixed("Venue"))
    )

    assert [step.rule for step in argument.steps] == ["scm-uni", "asserted"]
    assert argument.steps[1].origins[0].line == 4
    assert document.sentence(held, argument.steps[1].triple) == (
        "<http://e/Venue> owl:unionOf ( <http://e/Hall> <http://e/Club> )"
    ).replace("<http://e/", ":").replace(">", "")


def test_several_proofs_come_the_lowest_first(
    make_folder: Callable[..., Settings],
) -> None:
    """As many as are asked for, if there are so many."""
    steps = " ".join(f":a :in :m{n} . :m{n} :in :z ." for n in range(4))
    graph = f"@prefix : <http://e/> . {steps} :a :in :b . :b :in :c . :c :in :z ."
    held = built(make_folder({"ontology/o.ttl": ONTOLOGY, "graph/a.ttl": graph}))
    triple = ox.Triple(prefixed("a"), prefixed("in"), prefixed("z"))
    found = proofs.prove(held, triple, 5)

    assert len(found) == len(set(found)) == 5
    assert [argument.height for argument in found] == [1, 1, 1, 1, 2]
    assert len(proofs.prove(held, triple, 2)) == 2


def test_every_rule_is_put_into_words() -> None:
    """In each language of the interface, and none besides."""
    rules = {line.partition(":")[0] for line in RULES.read_text("utf-8").splitlines()}
    told = {key.partition(".")[2] for key in messages.read() if key.startswith("rule.")}

    assert told == rules | {"eq-ref"}


@pytest.mark.parametrize(
    ("text", "turtle"),
    [
        ("cex:a a ?x", "<http://c/a> rdf:type None"),
        ("cex:a rdf:type cex:B .", "<http://c/a> rdf:type <http://c/B>"),
        ("<http://x/y>", "<http://x/y> None None"),
        ("* cex:p 7", 'None <http://c/p> "7"^^xsd:integer'),
        ("… cex:p true", 'None <http://c/p> "true"^^xsd:boolean'),
        ("cex:a cex:p 'x y'@de-DE", 'cex:a cex:p "x y"@de-de'),
        ('cex:a cex:p "a \\" b"^^cex:t', 'cex:a cex:p "a \\" b"^^<http://c/t>'),
        ("_:b1 cex:p _:b2", "_:b1 cex:p _:b2"),
        ("cex:a.b cex:ü cex:c%20d", "<http://c/a.b> <http://c/ü> <http://c/c%20d>"),
        ("cex:a cex:p -1.5e3", 'cex:a cex:p "-1.5e3"^^xsd:double'),
    ],
)
def test_a_statement_is_read_as_turtle_writes_it(text: str, turtle: str) -> None:
    """Prefixed names, IRIs, texts, numbers; a question mark is anything."""
    spaces = {
        "cex": "http://c/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
    read = statement.read(text, spaces)
    expected = re.sub(
        r"(?<![\w<:/])(cex|rdf|xsd):([\w]+)",
        lambda m: f"<{spaces[m[1]]}{m[2]}>",
        turtle,
    )

    assert f"{read.subject} {read.predicate} {read.object}" == expected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "There is no statement"),
        ("cx:a a cex:B", "The prefix cx: is not declared"),
        ('cex:a cex:p "open', "This cannot be read"),
        ("cex:a cex:p cex:b cex:c", "cex:c is a fourth"),
        ('"text" cex:p cex:b', "A text cannot be what a statement is about"),
        ('cex:a "text" cex:b', "A property is named by an IRI"),
        ("cex:a _:b cex:b", "A property is named by an IRI"),
        ("http://e/a a cex:b", "an IRI without its brackets"),
        ("<a b> a cex:b", "This cannot be read"),
        ("cex:a cex:p nonsense", "nonsense is not a term"),
        ('cex:a cex:p "x"^^dt:y', "The prefix dt: is not declared"),
        ("cex:a cex:p ) .<urn:x> <urn:y> <urn:z", "is a fourth|cannot be read"),
    ],
)
def test_a_statement_that_cannot_be_read_is_told_why(text: str, fault: str) -> None:
    """What is wrong, and how to write it."""
    with pytest.raises(BadRequest, match=fault) as caught:
        statement.read(text, {"cex": "http://c/"})
    assert caught.value.hint


def test_the_command_prints_a_proof_as_a_tree(shipped: Settings) -> None:
    """Statement, rule in words, file and line, quotation."""
    asked = ["explain", str(shipped.folder), "id:wolfsburg cex:twinnedPlace id:china"]
    done = CliRunner().invoke(main, asked)
    lines = done.output.splitlines()

    assert done.exit_code == 0
    assert lines[0] == "id:wolfsburg cex:twinnedPlace id:china"
    assert lines[1].strip().endswith("[prp-spo2]")
    assert "    ├── cex:twinnedPlace owl:propertyChainAxiom " in lines[2]
    assert "( cex:sisterCity cex:locatedIn )" in lines[2]
    assert re.search(
        r"graph/sources/ccfao-2019-10-31\.ttl:\d+: cex:sister", done.output
    )
    assert "“In 2006, Changchun and Wolfsburg became sister cities”, " in done.output


def test_the_command_explains_all_that_fits_a_pattern(shipped: Settings) -> None:
    """As JSON, a document each; the words may stand without quotes."""
    asked = ["explain", str(shipped.folder), "id:wolfsburg", "cex:twinnedPlace", "?"]
    told = json.loads(CliRunner().invoke(main, [*asked, "--json"]).output)

    assert {each["statement"]["turtle"] for each in told} == {
        "id:wolfsburg cex:twinnedPlace id:china",
        "id:wolfsburg cex:twinnedPlace id:jilin",
    }
    assert all(each["holds"] and not each["asserted"] for each in told)


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("id:wolfsburg cex:twinnedPlace id:berlin", 1, "id:wolfsburg cex:twinnedPlace"),
        ("id:wolfsbrg a cex:City", 1, "says nothing of its subject"),
        ("? cex:twinnedPlace id:nowhere", 1, "holds no such statement"),
        ("id:wolfsburg cexx:twinnedPlace ?", 2, "Did you mean cex: ?"),
    ],
)
def test_the_command_says_what_to_do_where_nothing_holds(
    shipped: Settings, asked: str, status: int, said: str
) -> None:
    """What is said instead, or how to write it."""
    done = CliRunner().invoke(main, ["explain", str(shipped.folder), asked])

    assert done.exit_code == status
    assert said in done.output


def test_the_page_links_every_step(client: FlaskClient) -> None:
    """To things, to the proof of the step, to the file; and quotes in place."""
    page = client.get(WHY, headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert page.text.count('href="/why?') >= 2
    assert 'href="/page/changchun"' in page.text
    assert 'href="/graph/sources/ccfao-2019-10-31"' in page.text
    assert "Changchun and Wolfsburg became sister cities" in page.text
    again = client.get(
        WHY, headers={"Accept": "text/html", "If-None-Match": page.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_page_of_every_step_is_there(client: FlaskClient) -> None:
    """Following the links of a proof never leads nowhere."""
    page = client.get(WHY, headers={"Accept": "text/html"}).text
    for link in set(re.findall(r'href="(/(?:why|page|graph|ontology)[^"]*)"', page)):
        address = link.replace("&amp;", "&")
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("limit", ["1", "3"])
def test_the_proof_travels_as_json(client: FlaskClient, limit: str) -> None:
    """Steps by number, terms as they are asked for again."""
    told = client.get(f"{WHY}&limit={limit}", headers={"Accept": "application/json"})
    document = told.get_json()
    steps = document["proofs"][0]["steps"]

    assert told.content_type == "application/json"
    assert document["statement"]["subject"] == f"<{TWINNED['s']}>"
    assert 1 <= len(document["proofs"]) <= int(limit)
    assert all(n < len(steps) for s in steps for n in s["axioms"] + s["premises"])
    (file,) = {
        origin["file"]
        for step in steps
        for origin in step["origins"]
        if "sisterCity id:wolfsburg" in origin["text"]
    }
    assert file == "graph/sources/ccfao-2019-10-31.ttl"
    for step in steps:
        terms = step["statement"]
        asked = {name[0]: terms[name] for name in ("subject", "predicate", "object")}
        assert client.get(f"/why?{urlencode(asked)}").status_code == 200


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_the_proof_travels_as_provenance(
    client: FlaskClient, accept: str, form: ox.RdfFormat
) -> None:
    """In every graph format, every statement with what it was derived from."""
    answer = client.get(WHY, headers={"Accept": accept})
    store = ox.Store()
    store.load(answer.data, form)
    rows = store.query(
        "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?step {"
        " ?step a prov:Entity FILTER NOT EXISTS { ?step prov:wasDerivedFrom ?other }"
        " FILTER NOT EXISTS { ?step prov:hadPrimarySource ?file } }"
    )

    assert answer.status_code == 200
    assert answer.mimetype == accept
    assert isinstance(rows, ox.QuerySolutions)
    assert list(rows) == []
    assert len(store) > 50


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 400, "does not say s and p and o"),
        ("s=http://e/a&p=http://e/p", 400, "does not say o"),
        ("s=http://e/a&p=http://e/p&o=%22x", 400, "is not a term"),
        ("s=http://e/a&p=no iri&o=http://e/b", 400, "is not an IRI"),
        ("s=%22x%22&p=http://e/p&o=http://e/b", 400, "A text cannot be"),
        ("s=http://e/a&p=http://e/p&o=http://e/b", 404, "does not hold"),
        (f"{urlencode(TWINNED)}&limit=0", 400, "no number of proofs"),
        (f"{urlencode(TWINNED)}&limit=9999", 400, "no number of proofs"),
        (f"{urlencode(TWINNED)}&format=pdf", 406, "can be sent"),
        ("s=<a>&p=<b>&o=javascript:alert(1)", 400, "is not a term"),
        ('s=http://e/a&p=http://e/p&o="x"@en . <a> <b> <c>', 400, "is not a term"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_hint(
    client: FlaskClient, query: str, status: int, said: str
) -> None:
    """As a problem document."""
    answer = client.get(f"/why?{query}", headers={"Accept": "application/json"})

    assert answer.status_code == status
    assert said in answer.get_json(force=True)["detail"]
