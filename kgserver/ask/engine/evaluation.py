"""A task is evaluated over a dataset and its answer written, piece by piece.

This is the one place where a client's query meets the engine: a dataset, a task and an
output come in, bytes go out as they are made, so that an answer of any size takes the
same memory. An engine of another kind changes this file and no other.
"""

from __future__ import annotations

import itertools
import re
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.ask.engine import columns, merging, rows, unwritable
from kgserver.model import media
from kgserver.model.refusal import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.engine.rows import Output
    from kgserver.ask.engine.task import Task

    Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_RESULTS = {
    media.JSON.type: ox.QueryResultsFormat.JSON,
    media.XML.type: ox.QueryResultsFormat.XML,
    media.CSV.type: ox.QueryResultsFormat.CSV,
    media.TSV.type: ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    media.TURTLE.type: ox.RdfFormat.TURTLE,
    media.N_TRIPLES.type: ox.RdfFormat.N_TRIPLES,
    media.RDF_XML.type: ox.RdfFormat.RDF_XML,
    media.JSON_LD.type: ox.RdfFormat.JSON_LD,
}
_WITH_PREFIXES = (media.TURTLE.type, media.RDF_XML.type)
# How many triples are looked at for the prefixes that a graph declares.
_LOOKED_AT = 1000
_NOTHING = ox.Store()
_NO_FUNCTION = "custom function"
# What a query that may look beyond the default graph has somewhere in its text.
_BEYOND = re.compile(r"graph|from|describe|\\u", re.IGNORECASE)


def write(dataset: Dataset, task: Task, output: Output) -> None:
    """Evaluate a task and write its answer; without a form, only read it.

    Raises what the engine raises: SyntaxError for what it cannot read (and for a
    function that it does not know, which it finds out when it is called), OSError,
    RuntimeError or ValueError for what it cannot finish; NotAcceptable for what the
    format cannot write; and what `output` raises.
    """
    try:
        _write(dataset, task, output)
    except RuntimeError as fault:
        if _NO_FUNCTION in str(fault):
            raise SyntaxError(str(fault)) from fault
        raise


def _write(dataset: Dataset, task: Task, output: Output) -> None:
    if not task.form:
        _NOTHING.query(task.text, base_iri=dataset.snapshot.base_iri)
        return
    if task.graph is not None:
        triples = _counted(_held(dataset, task.graph), output)
        write_graph(triples, task.form, dataset.prefixes, output)
        return
    results = _evaluated(dataset, task)
    if isinstance(results, ox.QueryTriples):
        triples = _counted(results, output)
        write_graph(triples, task.form, dataset.prefixes, output)
    else:
        counting = cast("IO[bytes]", rows.Counting(output, task.form))
        results.serialize(counting, _RESULTS[task.form])


def write_graph(
    triples: Iterable[ox.Triple],
    form: str,
    prefixes: Mapping[str, str],
    output: Output,
) -> None:
    """Triples in a graph format, with those prefixes declared that the first use.

    Raises NotAcceptable for what the format cannot write.
    """
    rest = unwritable.checked(triples, form)
    first = list(itertools.islice(rest, _LOOKED_AT)) if form in _WITH_PREFIXES else []
    mended = rows.Mended(output) if form == media.RDF_XML.type else output
    ox.serialize(
        itertools.chain(first, rest),
        cast("IO[bytes]", mended),
        _GRAPHS[form],
        prefixes=_used(first, prefixes),
    )


def _evaluated(dataset: Dataset, task: Task) -> Results:
    # a query that asks other endpoints is not read twice
    text = task.text if task.services else columns.named(task.text)
    try:
        return _asked(dataset, task, text)
    except SyntaxError:
        if text == task.text:
            raise
        return _asked(dataset, task, task.text)  # for the place of what is wrong


def _asked(dataset: Dataset, task: Task, text: str) -> Results:
    base = dataset.snapshot.base_iri
    if not (task.default_graphs or task.named_graphs):
        store, alone = dataset.store, dataset.default_graph
        if alone is not None and not _BEYOND.search(text):
            store = alone
        return store.query(text, base_iri=base)
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        _graph(iri) for iri in task.default_graphs
    ]
    merged = merging.merged(dataset, task)
    store = dataset.store if merged is None else merged  # an empty one is false
    return store.query(
        text,
        base_iri=base,
        default_graph=default if merged is None else ox.DefaultGraph(),
        named_graphs=[_graph(iri) for iri in task.named_graphs],
    )


def _held(dataset: Dataset, iri: str) -> Iterator[ox.Triple]:
    """The triples of one graph, as they come."""
    graph = _graph(iri) if iri else ox.DefaultGraph()
    alone = None if iri else dataset.default_graph
    store = dataset.store if alone is None else alone
    return (q.triple for q in store.quads_for_pattern(None, None, None, graph))


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as fault:
        raise BadRequest(
            f"{iri!r} is not an absolute IRI.", "Name a graph by its whole IRI."
        ) from fault


def _counted(triples: Iterable[ox.Triple], output: Output) -> Iterator[ox.Triple]:
    for triple in triples:
        output.count(1)
        yield triple


def _used(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes whose namespace begins an IRI of the triples."""
    iris = {_iri(term) for triple in triples for term in triple}
    # few, where there are many IRIs
    begins = {iri[: max(iri.rfind("/"), iri.rfind("#")) + 1] for iri in iris}
    return {
        prefix: namespace
        for prefix, namespace in prefixes.items()
        if any(
            each.startswith(namespace)
            for each in (begins if namespace.endswith(("/", "#")) else iris)
        )
    }


def _iri(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """The IRI of a term, or of its datatype."""
    if isinstance(term, ox.NamedNode):
        return term.value
    return term.datatype.value if isinstance(term, ox.Literal) else ""
