"""Files are read whole: every statement with its line, every fault with a remedy."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgserver.load import turtle
from kgserver.model.manifest import Source

from .conftest import cases

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.load.turtle import Reading

GRAPH = "http://example.org/graph/in"


def read(folder: Path) -> Reading:
    """What the file `in.ttl` of a folder says."""
    return turtle.read_anew(Source("in.ttl", GRAPH, "data", ""), folder)


@pytest.mark.parametrize("case", cases("parse"))
def test_every_fault_is_told_with_its_line_and_a_remedy(
    case: Path, golden: Callable[[Path, str], None]
) -> None:
    """The findings are those of `problems.txt`, in the order of the file."""
    problems = [each for each in read(case).problems if each.fatal]

    golden(case / "problems.txt", "".join(f"{p.as_text()}\n" for p in problems))
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(
    "case", [case for case in cases("parse") if "clean" in str(case.values[0])]
)
def test_every_statement_has_the_line_of_its_object(
    case: Path, golden: Callable[[Path, str], None]
) -> None:
    """The lines are those of `lines.txt`: line, property, value."""
    reading = read(case)
    told = [
        f"{line} {_short(quad.predicate)} {_short(quad.object)}"
        for quad, line in zip(reading.quads, reading.lines, strict=True)
    ]

    golden(case / "lines.txt", "\n".join(told) + "\n")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\0" * 1_000_000, "not-rdf"),
        (b"\1" * 100_000, "stray-character"),
        (b'<a:a> <a:b> "' + b"x" * 17_000_000 + b'" .', "syntax"),
    ],
    ids=["zeros", "one sign", "a text larger than the parser's buffer"],
)
def test_what_nobody_has_written_is_told_once(data: bytes, code: str) -> None:
    """And no byte of it by itself."""
    found = turtle.read_bytes(Source("in.ttl", GRAPH, "data", ""), data).problems
    assert [each.code for each in found] == [code]


ENTITIES = """<!DOCTYPE r [<!ENTITY e "http://e/"><!ENTITY a "{a}">{more}]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="&e;">
<rdf:Description rdf:about="&e;x"><e:p>&{last};</e:p></rdf:Description></rdf:RDF>"""
GROWING = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghij"))


@pytest.mark.parametrize(
    ("name", "text", "faults"),
    [
        ("in.rdf", ENTITIES.format(a="x" * 9, more="", last="a"), []),
        ("in.rdf", ENTITIES.format(a="x", more='<!ENTITY b "&a;&a;">', last="b"), []),
        ("in.rdf", ENTITIES.format(a="x" * 9, more=GROWING, last="b"), ["entities"]),
        ("in.rdf", ENTITIES.format(a="x" * 9, more=GROWING, last="j"), ["entities"]),
        ("in.jsonld", '{"http://e/p":' * 90 + '"[{{"' + "}" * 90, []),
        ("in.jsonld", '{"http://e/p":' * 9000 + "1" + "}" * 9000, ["nested"]),
    ],
)
def test_what_would_grow_many_times_is_not_parsed(
    name: str, text: str, faults: list[str]
) -> None:
    """Neither memory nor time is spent on it."""
    reading = turtle.read_bytes(Source(name, GRAPH, "data", ""), text.encode())
    assert bool(len(reading.quads)) == (not faults)
    assert [f for f in faults if f not in reading.problems[0].message] == []
    assert len(reading.problems) == len(faults)


def test_a_graph_that_has_no_iri_is_the_node_that_statements_speak_of() -> None:
    """TriG lets one blank node name a graph and stand in it (RDF 1.1 TriG, §2.3)."""
    source = Source("in.trig", GRAPH, "data", "")
    reading = turtle.read_bytes(source, b"_:g { _:g <http://e/p> 1 }")

    assert [quad.graph_name for quad in reading.quads] == [reading.quads[0].subject]


def test_blank_nodes_are_the_same_at_each_reading_and_differ_between_files(
    tmp_path: Path,
) -> None:
    """What did not change in a file does not change in the graph."""
    (tmp_path / "in.ttl").write_text("_:x <http://e/p> [ <http://e/q> _:x ] .")
    again = turtle.read_anew(Source("in.ttl", "http://other", "data", ""), tmp_path)

    assert list(read(tmp_path).quads) == list(read(tmp_path).quads)
    assert not {q.subject for q in read(tmp_path).quads} & {
        q.subject for q in again.quads
    }


def test_a_line_longer_than_any_buffer_is_read_whole(tmp_path: Path) -> None:
    """One line of a million characters is one statement."""
    text = "x" * 1_000_000
    (tmp_path / "in.ttl").write_text(f'<http://e/s> <http://e/p> "{text}" .\n')

    (quad,) = read(tmp_path).quads
    assert isinstance(quad.object, ox.Literal)
    assert quad.object.value == text


NODES = st.integers(0, 9).map(lambda n: ox.NamedNode(f"http://e/{n}"))
LITERALS = st.text(max_size=20).map(ox.Literal)
TRIPLES = st.builds(ox.Triple, NODES, NODES, NODES | LITERALS)


@given(st.lists(TRIPLES, max_size=30))
def test_what_is_written_is_read_back(triples: list[ox.Triple]) -> None:
    """Reading a graph that the engine wrote gives the same graph and no error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = ox.serialize(triples, format=ox.RdfFormat.TURTLE) or b""
        (folder / "in.ttl").write_bytes(data)
        reading = read(folder)

    assert {quad.triple for quad in reading.quads} == set(triples)
    assert not any(problem.fatal for problem in reading.problems)


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    """Whatever stands in a file, reading it ends, and finds what is wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in.ttl").write_bytes(data)
        reading = read(folder)

    assert len(reading.quads) == len(reading.lines)
    assert all(0 < line <= len(data.splitlines()) for line in reading.lines)


def _short(term: object) -> str:
    text = term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
    return text.rpartition("/")[2].replace("\n", " ")
