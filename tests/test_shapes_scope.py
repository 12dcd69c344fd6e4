"""After an edit shapes find what they would find in everything, looking at a part."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kgserver.load import bridge, snapshot, versions
from kgserver.load.checking.shapes import scope
from kgserver.load.checking.verdict import Since

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

HEAD = """
@prefix : <http://127.0.0.1:8000/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
ONTOLOGY = f"""{HEAD}
:Capital rdfs:subClassOf :City . :in a owl:TransitiveProperty .
:mayor rdfs:range :Person . :twin a owl:SymmetricProperty .
"""
SHAPES = f"""{HEAD}
:CityShape a sh:NodeShape ; sh:targetClass :City ; sh:severity sh:Warning ;
  sh:property [ sh:path :in ; sh:class :Country ; sh:severity sh:Warning ] ,
    [ sh:path ( :in [ sh:inversePath :rules ] :name ) ; sh:maxCount 1 ;
      sh:severity sh:Warning ] ,
    [ sh:path [ sh:alternativePath ( :name :label ) ] ; sh:minCount 1 ;
      sh:severity sh:Warning ] ,
    [ sh:path [ sh:zeroOrOnePath :twin ] ; sh:severity sh:Warning ;
      sh:node [ sh:property [ sh:path :mayor ; sh:maxCount 1 ;
        sh:severity sh:Warning ] ] ] ,
    [ sh:path :twin ; sh:qualifiedMaxCount 1 ; sh:severity sh:Warning ;
      sh:qualifiedValueShape [ sh:class :Capital ] ] .
:RuledShape a sh:NodeShape ; sh:targetObjectsOf :rules ; sh:severity sh:Warning ;
  sh:or ( [ sh:class :Country ] [ sh:property [ sh:path :name ; sh:minCount 2 ] ] ) ;
  sh:not [ sh:property [ sh:path :twin ; sh:minCount 2 ] ] .
:RulerShape a sh:NodeShape ; sh:targetSubjectsOf :rules ; sh:severity sh:Warning ;
  sh:closed true ; sh:ignoredProperties ( :rules <{{type}}> ) ;
  sh:property [ sh:path :name ; sh:equals :label ; sh:severity sh:Warning ] .
""".replace("{type}", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
FILES = ("graph/a.ttl", "graph/b.ttl")


def statement(chance: random.Random) -> str:
    """One of some hundred statements that the shapes look at."""
    one, other = (f":x{chance.randrange(6)}" for _ in range(2))
    kind = chance.choice((":City", ":Capital", ":Country", ":Person"))
    link = chance.choice((":in", ":rules", ":twin", ":mayor", ":unknown"))
    text = chance.choice((":name", ":label"))
    return chance.choice(
        (
            f"{one} a {kind} .",
            f"{one} {link} {other} .",
            f'{one} {text} "{chance.choice("uvw")}" .',
            f"{one} {link} [ a {kind} ; :rules {other} ] .",
        )
    )


def told(problems: tuple[Problem, ...]) -> list[str]:
    """What shapes found; blank nodes have no name in it."""
    return sorted(p.as_text() for p in problems if p.code == "shape")


def test_thirty_saves_are_found_fault_with_as_a_whole_would_be(
    make_folder: Callable[..., Settings],
) -> None:
    """Warnings come and go with the edits of things that are steps away."""
    chance = random.Random(19990101)
    said: dict[str, set[str]] = {path: set() for path in FILES}
    settings = make_folder(
        {"ontology/o.ttl": ONTOLOGY, "ontology/s.shapes.ttl": SHAPES}
    )
    assert snapshot.build(settings).served
    seen: set[int] = set()
    for _ in range(30):
        path = chance.choice(FILES)
        kept = {each for each in sorted(said[path]) if chance.random() < 0.8}
        said[path] = kept | {statement(chance) for _ in range(chance.randrange(4))}
        settings = make_folder({path: HEAD + "\n".join(sorted(said[path]))})
        built = snapshot.build(settings)

        assert built.served
        whole = told(snapshot.check(settings, anew=True))
        assert told(built.problems) == whole
        seen.add(len(told(built.problems)))
    assert max(seen) > 5
    assert len(seen) > 4


def narrowed(settings: Settings, shapes: str, changed: str) -> set[str] | None:
    """The nodes that shapes look at after an edit, by their local names."""
    directory = versions.current(settings.state)
    assert directory
    held = ox.Store.read_only(str(directory / versions.STORE))
    graph = bridge.to_rdflib(triples(shapes))
    since = Since(frozenset(triples(changed)), frozenset())
    found = scope.affected(graph, since, held)
    return None if found is None else {n.value.rpartition("/")[2] for n in found[0]}


def triples(text: str) -> list[ox.Triple]:
    """What a text says."""
    parsed = ox.parse(input=HEAD + text, format=ox.RdfFormat.TURTLE)
    return [quad.triple for quad in parsed]


DATA = ":a :in :b . :b :in :c . :d :rules :b . :b a :Country . :x :y :a ."


@pytest.mark.parametrize(
    ("path", "changed", "affected"),
    [
        (":in", ":b :in :c .", {"b"}),
        (":in ; sh:class :Country", ":b a :Country .", {"a", "b"}),
        ("( :in :name )", ":b :name 'n' .", {"a"}),
        ("[ sh:inversePath :in ]", ":a :in :b .", {"b"}),
        ("[ sh:alternativePath ( :in :name ) ]", ":c :name 'n' .", {"c"}),
        (":name", ":x :y :a .", set()),
        ("[ sh:zeroOrMorePath :in ]", ":b :in :c .", None),
        (":name", ":City rdfs:subClassOf :Place .", None),
        (":name ; sh:sparql []", ":a :name 'n' .", None),
        (":name ; sh:inventedElsewhere :x", ":a :name 'n' .", None),
    ],
)
def test_an_edit_has_a_bearing_on_the_nodes_that_lead_to_it(
    make_folder: Callable[..., Settings],
    path: str,
    changed: str,
    affected: set[str] | None,
) -> None:
    """None stands for all: paths without an end, and what may look anywhere."""
    settings = make_folder({"graph/a.ttl": HEAD + DATA})
    assert snapshot.build(settings).served
    shape = f":S a sh:NodeShape ; sh:targetClass :T ; sh:property [ sh:path {path} ] ."

    assert narrowed(settings, shape, changed) == affected
