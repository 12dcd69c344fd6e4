"""A version knows which lines state a triple, what stood there, and in whose words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kgserver.ask import dataset, origins, passages
from kgserver.ask.origins import Origin
from kgserver.load import positions, snapshot, versions
from kgserver.load.publishing import survey
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kgserver.ask.dataset import Dataset
    from kgserver.model.settings import Settings

HEAD = "@prefix : <http://e/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
MANY_LINES = f'''{HEAD}:a :number "007"^^xsd:integer ;
  :text """one
two""" ;
  :label "Stadt"@DE-de ,
    "Stadt"@en ;
  :list ( 1.50
    _:x ) .
:a :price "1.0"^^xsd:decimal . _:x :of [ :deep true ] .
:a :number 7 .\r
:last :ends "here" .'''


def built(settings: Settings) -> Dataset:
    """The version in service after a build."""
    outcome = snapshot.build(settings)
    assert outcome.served, outcome.as_text(0)
    directory = versions.current(settings.state)
    assert directory
    return dataset.opened(directory)


def lines(held: Dataset) -> dict[str, list[int]]:
    """The lines of each asserted triple, by what the store gives for its object."""
    found: dict[str, list[int]] = {}
    for source in held.snapshot.sources:
        graph = ox.NamedNode(source.graph)
        for quad in held.store.quads_for_pattern(None, None, None, graph):
            spoken = f"{names.local_name(quad.predicate.value)} {quad.object}"
            found[spoken] = [origin.line for origin in origins.of(held, quad.triple)]
    return found


def test_every_triple_of_the_store_has_the_line_that_its_object_stands_on(
    make_folder: Callable[..., Settings],
) -> None:
    """Canonical literals, language tags, texts over lines, lists, blank nodes."""
    held = built(make_folder({"graph/a.ttl": MANY_LINES}))
    found = lines(held)
    nodes = {key: value for key, value in found.items() if "_:" in key}

    assert {key: value for key, value in found.items() if key not in nodes} == {
        'number "7"^^<http://www.w3.org/2001/XMLSchema#integer>': [3, 11],
        'text "one\\ntwo"': [5],
        'label "Stadt"@de-de': [6],
        'label "Stadt"@en': [7],
        'first "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>': [8],
        "rest <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>": [9],
        'price "1"^^<http://www.w3.org/2001/XMLSchema#decimal>': [10],
        'deep "true"^^<http://www.w3.org/2001/XMLSchema#boolean>': [10],
        'ends "here"': [12],
    }
    assert len(nodes) == 4
    assert all(len(value) == 1 for value in nodes.values())


def test_a_triple_of_two_files_has_both_and_one_that_follows_has_none(
    make_folder: Callable[..., Settings],
) -> None:
    """The text is the line as it stands, without its line end."""
    held = built(
        make_folder(
            {
                "ontology/o.ttl": f"{HEAD}:p a "
                "<http://www.w3.org/2002/07/owl#SymmetricProperty> .",
                "graph/a.ttl": f"{HEAD}:a :p :b . # first\r\n",
                "graph/sub/b.nt": "\n<http://e/a> <http://e/p> <http://e/b> .",
                "graph/q.nq": "<http://e/a> <http://e/p> <http://e/b> <http://e/g> .",
            }
        )
    )
    a, p, b = (ox.NamedNode(f"http://e/{name}") for name in "apb")

    assert origins.of(held, ox.Triple(a, p, b)) == (
        Origin("graph/a.ttl", 3, ":a :p :b . # first"),
        Origin(
            "graph/q.nq", 1, "<http://e/a> <http://e/p> <http://e/b> <http://e/g> ."
        ),
        Origin("graph/sub/b.nt", 2, "<http://e/a> <http://e/p> <http://e/b> ."),
    )
    assert origins.of(held, ox.Triple(b, p, a)) == ()
    assert origins.of(held, ox.Triple(a, p, ox.Literal("no"))) == ()


def test_an_old_version_shows_the_lines_of_its_day(
    make_folder: Callable[..., Settings],
) -> None:
    """What was saved since does not reach it; a file that stayed is kept once."""
    files = {"graph/a.ttl": f"{HEAD}:a :p :b .", "graph/b.ttl": f"{HEAD}:b :p :c ."}
    old = built(make_folder(files))
    new = built(make_folder({"graph/a.ttl": f"# new\n{HEAD}:a :p  :b ."}))
    triple = ox.Triple(*(ox.NamedNode(f"http://e/{name}") for name in "apb"))

    assert origins.of(old, triple) == (Origin("graph/a.ttl", 3, ":a :p :b ."),)
    assert origins.of(new, triple) == (Origin("graph/a.ttl", 4, ":a :p  :b ."),)
    one, two = (kept(held.directory) for held in (old, new))
    assert len(one & two) == 1


def kept(directory: Path) -> set[int]:
    """The files of positions in a version, by what they are on disk."""
    return {path.stat().st_ino for path in (directory / positions.FOLDER).iterdir()}


def test_a_file_saved_while_it_is_built_keeps_lines_without_text(
    make_folder: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text of one state of a file is never shown for another."""
    settings = make_folder({"graph/a.ttl": f"{HEAD}:a :p :b ."})
    write = survey.write

    def save_and_write(*arguments: object) -> None:
        make_folder({"graph/a.ttl": f"# late\n{HEAD}:a :p :b ."})
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(survey, "write", save_and_write)
    held = built(settings)
    triple = ox.Triple(*(ox.NamedNode(f"http://e/{name}") for name in "apb"))

    assert origins.of(held, triple) == (Origin("graph/a.ttl", 3, ""),)


def test_lines_of_another_engine_are_not_trusted(
    make_folder: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is named, the line is not."""
    held = built(make_folder({"graph/a.ttl": f"{HEAD}:a :p :b ."}))
    monkeypatch.setattr(positions, "FINGERPRINT", positions.FINGERPRINT ^ 1)
    triple = ox.Triple(*(ox.NamedNode(f"http://e/{name}") for name in "apb"))

    assert origins.of(held, triple) == (Origin("graph/a.ttl", 0, ""),)


def test_every_asserted_triple_of_the_shipped_graph_has_its_lines(
    shipped: Settings,
) -> None:
    """None is without, and each names a line that is there."""
    held = built(shipped)
    texts = {
        source.path: (shipped.folder / source.path).read_text("utf-8").splitlines()
        for source in held.snapshot.sources
    }
    inferred = ox.NamedNode(held.names.inferred)
    seen = 0
    for source in held.snapshot.sources:
        graph = ox.NamedNode(source.graph)
        for quad in held.store.quads_for_pattern(None, None, None, graph):
            found = [o for o in origins.of(held, quad.triple) if o.path == source.path]
            assert found
            assert all(texts[o.path][o.line - 1] == o.text for o in found)
            seen += 1
    for quad in held.store.quads_for_pattern(None, None, None, inferred):
        assert origins.of(held, quad.triple) == ()
    assert seen > 5_000


def test_a_claim_is_quoted_with_its_document(shipped: Settings) -> None:
    """From the statement about the triple to the words of the passage."""
    held = built(shipped)
    base = "https://w3id.org/cityexchange/"
    triple = ox.Triple(
        ox.NamedNode(f"{base}id/symposium-7"),
        ox.NamedNode(f"{base}ontology#heldIn"),
        ox.NamedNode(f"{base}id/changchun"),
    )

    first, *others = passages.quotes(held, triple)
    assert first == (
        passages.Quote(
            "Held in Changchun",
            "en",
            ox.NamedNode(f"{base}id/article-ccfao-2019-10-31"),
            ox.NamedNode(f"{base}id/passage-F002"),
        )
    )
    assert len(others) == 2


QUOTED = """
@prefix : <http://e/> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
:a :p 7 .
:claim rdf:subject :a ; rdf:predicate :p ; rdf:object 7 .
:other rdf:subject :a ; rdf:predicate :p ; rdf:object 8 ; :says [ prov:value "no" ] .
"""


@pytest.mark.parametrize(
    "evidence",
    [
        ":claim :evidence :e . :e oa:exact 'words' ; prov:wasQuotedFrom :doc .",
        ":claim prov:value 'words' ; dcterms:source :doc .",
        ":claim :evidence :e . :e prov:value 'words' ; prov:hadPrimarySource :doc .",
        ":note oa:hasBody :claim ; oa:hasTarget [ oa:hasSource :doc ; oa:hasSelector "
        "[ oa:refinedBy [ oa:exact 'words' ] ] ] .",
        ":claim :e :e . :e oa:hasSelector :e , :f . :f oa:exact 'words' . "
        ":claim prov:wasDerivedFrom :doc .",
    ],
)
def test_evidence_is_found_in_the_shapes_that_vocabularies_have_for_it(
    make_folder: Callable[..., Settings], evidence: str
) -> None:
    """PROV values, annotations with selectors, a source on the claim or passage."""
    held = built(make_folder({"graph/a.ttl": QUOTED + evidence}))
    triple = ox.Triple(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/p"), seven())
    (quote,) = passages.quotes(held, triple)

    assert (quote.text, quote.source) == ("words", ox.NamedNode("http://e/doc"))


def seven() -> ox.Literal:
    """The object of the quoted statement."""
    return ox.Literal(7)
