"""A query of one triple pattern is answered where it comes in, and as any other."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kgserver.ask import dataset
from kgserver.ask.sparql import lookup, query
from kgserver.ask.sparql.protocol import Query
from kgserver.load import snapshot, versions
from kgserver.model import media, settings
from kgserver.model.limits import Limits
from kgserver.model.names import RDF, XSD
from kgserver.serve.sparql.warmth import Warmth

from .processes import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from kgserver.ask.dataset import Dataset

FILE = """\
@prefix : <http://127.0.0.1:8000/id/> .
:a :p :b , "x"@en , "1"^^<http://www.w3.org/2001/XMLSchema#integer> ; a :C .
:b :p :b . :hub :p {hub} .
:c :q [ :q [] , "_:x \\n\\u00e4 \\"y\\"" ] , :_:_ , "_: ." , 1.50 , "ä"@de-AT .
"""
MANY = lookup.ROWS + 10
PLAIN = (
    "SELECT * { <http://127.0.0.1:8000/id/a> ?p ?o }",
    "PREFIX : <http://127.0.0.1:8000/id/>\nSELECT ?o WHERE { :a :p ?o . } LIMIT 2",
    "prefix e: <http://127.0.0.1:8000/id/> select ?x { ?x a e:C }#and so on",
    'SELECT ?s { ?s <http://127.0.0.1:8000/id/p> "x"@en }',
    "ASK { ?s ?p <http://127.0.0.1:8000/id/b> }",
    "ASK WHERE { <a> <b> <c> }",
    "SELECT $s ?p { $s ?p ?o } LIMIT 10",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 7",
    "CONSTRUCT WHERE { <http://127.0.0.1:8000/id/a> ?p ?o }",
    "prefix : <http://127.0.0.1:8000/id/> construct{:a ?p ?o.}where{ :a ?p ?o }",
    "SELECT ?nothing { <http://127.0.0.1:8000/id/a> ?p ?o }",
)
OTHER = (
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o } LIMIT 100",
    "SELECT * { ?x <http://127.0.0.1:8000/id/p> ?x } LIMIT 1",
    "SELECT DISTINCT ?p { <http://127.0.0.1:8000/id/a> ?p ?o }",
    "SELECT * { <a> ?p ?o . ?o ?q ?r }",
    "SELECT * { <a> ?p ?o } OFFSET 1",
    "SELECT * { <a> ?p ?o } ORDER BY ?o",
    "SELECT * { <a> <p>+ ?o }",
    "SELECT * { GRAPH ?g { <a> ?p ?o } }",
    "SELECT * { SERVICE <a> { <a> ?p ?o } }",
    "SELECT (COUNT(*) AS ?n) { <a> ?p ?o }",
    "SELECT * FROM <a> { <a> ?p ?o }",
    "SELECT * { <a\\u0020> ?p ?o }",
    "SELECT * { <a> ?p ?o FILTER(?o > 1) }",
    "SELECT * { <a> ?p 'x\\n' }",
    "SELECT * { <a> ?p << <a> <b> <c> >> }",
    "SELECT * { [] ?p <a> }",
    "CONSTRUCT { <a> <b> ?o } WHERE { <a> ?p ?o }",
    "CONSTRUCT { ?o ?p <a> } WHERE { <a> ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "CONSTRUCT { <a> ?p ?o }",
    "DESCRIBE <a>",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A few statements, and a thing with very many."""
    folder = tmp_path_factory.mktemp("lookup")
    text = FILE.replace("{hub}", ", ".join(map(str, range(MANY))))
    (folder / "a.ttl").write_text(text)
    here = settings.read(folder, {"KGSERVER_REASONING": "none"})
    snapshot.build(here)
    directory = versions.current(here.state)
    assert directory
    return dataset.opened(directory)


@pytest.mark.parametrize("text", PLAIN)
def test_it_gives_what_the_engine_gives(small: Dataset, text: str) -> None:
    """The same bytes, in every format."""
    question = lookup.find(Query(text))
    assert question
    for form in question.offers:
        found = lookup.answer(small, question, form, Limits())
        whole = query.answer(small, query.consider(Query(text)), form)
        assert found
        assert bytes(found.body) == whole.body


@pytest.mark.parametrize("text", OTHER)
def test_what_might_take_long_is_none(text: str) -> None:
    """Whatever the engine would do more for than go along one index."""
    assert lookup.find(Query(text)) is None


def test_other_graphs_are_none() -> None:
    """A dataset that the protocol names is put together by the engine."""
    assert lookup.find(Query(PLAIN[0], default_graphs=("http://a/",))) is None
    assert lookup.find(Query(PLAIN[0], named_graphs=("http://a/",))) is None


def test_what_turns_out_long_is_given_up(small: Dataset) -> None:
    """So is what is over a limit of the settings, and what the engine refuses."""
    texts = (
        ("SELECT * { <http://127.0.0.1:8000/id/hub> ?p ?o }", Limits()),
        (PLAIN[0], Limits(result_rows=2)),
        ("SELECT * { unknown:a ?p ?o }", Limits()),
    )
    for text, limits in texts:
        question = lookup.find(Query(text))
        assert question
        assert lookup.answer(small, question, media.JSON, limits) is None


def test_the_guard_would_let_it_through_unchanged() -> None:
    """Texts put together at random: what is taken is what the guard takes as it is."""
    chance = random.Random(1)
    parts = [
        "SELECT", "ASK", "CONSTRUCT", "*", "?x", "?y", "{", "}", "<a>", "a", ":b",
        "c:d", "WHERE", "LIMIT", "1", "7", '"x"', "@en", "^^<t>", ".", "#", "PREFIX",
        ":", "<", ">", "SERVICE", "SILENT", "FROM", "GRAPH", "'", '"', "\\", "\n",
        "TRUE", "e.f.g:h.i",
    ]  # fmt: skip
    taken = 0
    for _ in range(20_000):
        words = chance.choice(PLAIN).split(" ")
        for _ in range(chance.randrange(4)):
            place = chance.randrange(len(words))
            words[place] = chance.choice(["", words[place], *parts])
        text = chance.choice([" ", " ", "  ", "\n", ""]).join(words)
        question = lookup.find(Query(text))
        if question:
            taken += 1
            whole = query.consider(Query(text))
            assert (whole.query, whole.form) == (question.query, question.form)
            assert query.task(whole, media.JSON) == query.task(question, media.JSON)
            assert whole.steady
    assert taken > 1_000


def test_what_the_index_is_asked_itself_is_what_the_engine_finds(
    small: Dataset,
) -> None:
    """The same bytes, for patterns put together at random from terms of all kinds."""
    chance = random.Random(2)
    base = "http://127.0.0.1:8000/id/"
    nodes = [f"<{base}{n}>" for n in ("a", "b", "c", "hub", "_:_", "x/../a", "./a")]
    nodes += [
        "?x",
        "$y",
        "?z",
        "?x",
        ":a",
        ":b",
        ":c",
        "id:a",
        "i:b",
        "<a>",
        "<>",
        ":C",
    ]
    properties = ["?p", "a", ":p", ":q", f"<{base}p>", f"<{base}q>", "i:p", "<p>"]
    values = [
        '"x"@en', '"x"@EN', '"x"', '"1"^^xsd:integer', '"01"^^xsd:integer', '"1"^^i:b',
        '"ä"@de-at', '"ä"@de-AT', '"1.50"^^xsd:decimal', '"_: ."', '"1.5"^^xsd:decimal',
        '"x"^^xsd:string', '"_: ."^^xsd:string', '"x"^^rdf:langString', *nodes,
    ]  # fmt: skip
    prologues = [
        f"PREFIX : <{base}> PREFIX i: <{base}> PREFIX xsd: <{XSD}> PREFIX rdf: <{RDF}>",
        f"PREFIX : <http://x/> prefix :<{base}> PREFIX xsd: <{XSD}>",
        f"PREFIX : <{base}x/../> PREFIX i: <id/>",
        "",
    ]
    asked = empty = 0
    for _ in range(20_000):
        given = (chance.choice(each) for each in (nodes, properties, values))
        selected = chance.choice(
            ["*", "*", "?x", "?p ?x", "?z ?none", "$y ?p", "?x ?x"]
        )
        limit = chance.choice(["", "", "LIMIT 0", "LIMIT 2", "limit 9"])
        text = f"{chance.choice(prologues)} SELECT {selected} {{ {' '.join(given)} }}"
        question = lookup.find(Query(f"{text} {limit}"))
        if question and question.scan:
            found = lookup.answer(small, question, media.JSON, Limits())
            plain = replace(question, scan=None)
            whole = lookup.answer(small, plain, media.JSON, Limits())
            if found:  # rows without a value are counted here alone
                assert whole, text
                assert found.body == whole.body, text
            asked += 1
            empty += not (found and found.rows)
    assert asked > 2_000
    assert asked - empty > 500


def test_a_version_that_is_asked_often_is_taken_into_memory(small: Dataset) -> None:
    """There it gives the same rows, and asserts nothing of another version."""
    warmth = Warmth(512)
    assert warmth.of(small) is small
    warm = wait_until(lambda: _warm(warmth, small))
    for text in PLAIN:
        question = lookup.find(Query(text))
        assert question
        if question.form == "SELECT" and "LIMIT" not in text:
            cold = lookup.answer(small, question, media.TSV, Limits())
            found = lookup.answer(warm, question, media.TSV, Limits())
            assert cold
            assert found
            assert sorted(found.body.split(b"\n")) == sorted(cold.body.split(b"\n"))
    default = small.store.quads_for_pattern(None, None, None, dataset.DEFAULT)
    assert set(warm.default_graph or ()) == set(default)

    other = dataset.opened(small.directory)
    assert warmth.of(other) is other


def test_what_is_larger_than_its_share_of_memory_stays_on_disk(small: Dataset) -> None:
    """However often it is asked."""
    warmth = Warmth(0)
    assert not any(_warm(warmth, small) for _ in range(1_000))


# Fills the memory, and ends as soon as there is a file for it.
ENDS = """
import os, pathlib, sys, tempfile, threading
from kgserver.ask import dataset
from kgserver.serve.sparql.warmth import Warmth
state, beside = map(pathlib.Path, sys.argv[1:])
tempfile.gettempdir()  # it tries once whether it may write there
warmth, held = Warmth(512), dataset.opened(state)
for _ in range(100):
    warmth.of(held)
while threading.active_count() > 1 and not any(beside.iterdir()):
    pass
os._exit(0)
"""


def test_a_process_that_ends_meanwhile_leaves_no_file(
    small: Dataset, tmp_path: Path
) -> None:
    """However it ends, what it wrote beside the version is gone."""
    command = [sys.executable, "-c", ENDS, str(small.directory), str(tmp_path)]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run(command, check=True, env=environment)

    assert not any(tmp_path.iterdir())


def _warm(warmth: Warmth, given: Dataset) -> Dataset | None:
    found = warmth.of(given)
    return found if found.default_graph is not None else None
