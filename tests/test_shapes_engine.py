"""The SPARQL of shapes: the engine answers as rdflib does, or leaves it to rdflib."""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import SH

from kgserver.load import bridge
from kgserver.load.checking.shapes import engine

W3C = Path(
    os.environ.get("SHACL_TESTS", Path(__file__).parents[2] / "shared/w3c/shacl/sparql")
)
PATHS = [path for path in sorted(W3C.rglob("*.ttl")) if path.stem != "manifest"]
THIS = rdflib.URIRef("urn:x")
TOLD = {
    "SELECT $this ?value { $this :p ?value }": "SELECT (<urn:x> AS ?this) ?value "
    "{ <urn:x> :p ?value }",
    "select * where { ?a ?b $this }": "select * where { ?a ?b <urn:x> }",
    "SELECT $this (COUNT($this) AS ?n) { $this ?p ?o } GROUP BY $this": "SELECT "
    "(<urn:x> AS ?this) (COUNT(<urn:x>) AS ?n) { <urn:x> ?p ?o } GROUP BY (<urn:x>)",
    "ASK { FILTER(?o < 1) ?s ?p '$this' . # $this\n }": "ASK { FILTER(?o < 1) "
    "?s ?p '$this' . # $this\n }",
    "ASK { $this :p* ?o }": "ASK { <urn:x> :p* ?o }",
    "SELECT $this { { SELECT $this { $this :p ?o } } }": "SELECT (<urn:x> AS ?this) "
    "{ { SELECT (<urn:x> AS ?this) { <urn:x> :p ?o } } }",
}
LEFT = (
    "SELECT $this { $this :p ?o FILTER NOT EXISTS { ?o :q* ?r } }",
    "SELECT $this { GRAPH $shapesGraph { ?s :p $this } }",
    "SELECT $this { ?s :p ?o MINUS { $this :p ?o } }",
    "SELECT (?o AS ?this) { ?s ?p ?o }",
    "ASK { FILTER(BOUND($this)) }",
    "ASK { FILTER(?a<$this&&?b>1) }",
    "CONSTRUCT { $this :p ?o } { $this :q ?o }",
)


@pytest.mark.skipif(not PATHS, reason=f"the W3C's tests of SHACL are not at {W3C}")
@pytest.mark.parametrize(
    "path", PATHS, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_the_engine_and_rdflib_find_the_same(path: Path) -> None:
    """All results of the W3C's tests of SHACL-SPARQL, with their messages."""
    data = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri="urn:test")
    triples = [quad.triple for quad in data]

    assert found(engine.graph(triples), triples) == found(
        bridge.to_rdflib(triples), triples
    )


def found(data: rdflib.Graph, shapes: list[ox.Triple]) -> list[str] | str:
    """What pySHACL finds in a graph, or why it can find nothing."""
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=bridge.to_rdflib(shapes))
    except Exception as fault:
        return str(fault)
    if not isinstance(report, rdflib.Graph):
        return str(report)
    wanted = (SH.focusNode, SH.resultPath, SH.value, SH.resultMessage)
    return sorted(
        str([sorted(map(str, report.objects(result, each))) for each in wanted])
        for result in report.objects(None, SH.result)
    )


@pytest.mark.parametrize("query", TOLD)
def test_a_term_takes_the_place_of_a_variable(query: str) -> None:
    """Wherever it is asked of; where it is told of, it is told as before."""
    assert engine.prebound(query, {"this": THIS}) == TOLD[query]


@pytest.mark.parametrize("query", LEFT)
def test_what_would_be_another_query_is_left_to_rdflib(query: str) -> None:
    """Other graphs, clauses that take variables only, paths without an end."""
    with pytest.raises(engine.ElsewhereError):
        engine.prebound(query, {"this": THIS, "shapesGraph": THIS})


def test_a_nameless_node_is_left_to_rdflib() -> None:
    """No query can name it."""
    with pytest.raises(engine.ElsewhereError):
        engine.prebound("ASK { $this ?p ?o }", {"this": rdflib.BNode()})


def test_a_function_that_only_rdflib_may_know_is_left_to_it() -> None:
    """The engine gives up at it; to rdflib a filter with an error does not hold."""
    held = [ox.Triple(ox.NamedNode("urn:x"), ox.NamedNode("urn:p"), ox.Literal("1"))]
    query = "SELECT $this { $this <urn:p> ?o FILTER(%s) }"
    graph = engine.graph(held)

    for condition, rows in (("<urn:f>(?o)", 0), ('?o = "1"', 1)):
        asked = graph.query(query % condition, initBindings={"this": THIS})
        assert len(asked.bindings) == rows
