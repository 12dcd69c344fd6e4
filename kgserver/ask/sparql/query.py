"""A query is put to a dataset, and its answer written in the format asked for.

This is the one place where a client's query meets the engine: what comes in is a query,
a dataset and the formats the client takes, what goes out is a format and bytes. An
engine of another kind, or one in another process, changes this file and no other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.sparql import diagnosis, guard, mends
from kgserver.model import media
from kgserver.model.refusal import BadRequest, NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.protocol import Query
    from kgserver.ask.sparql.tokens import Token
    from kgserver.model.media import Media

_OFFERS: Mapping[str, Sequence[Media]] = {
    "SELECT": media.ROWS,
    "ASK": media.TRUTHS,
    "CONSTRUCT": media.GRAPHS,
    "DESCRIBE": media.GRAPHS,
}
_RESULTS = {
    media.JSON: ox.QueryResultsFormat.JSON,
    media.XML: ox.QueryResultsFormat.XML,
    media.CSV: ox.QueryResultsFormat.CSV,
    media.TSV: ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    media.TURTLE: ox.RdfFormat.TURTLE,
    media.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    media.RDF_XML: ox.RdfFormat.RDF_XML,
    media.JSON_LD: ox.RdfFormat.JSON_LD,
}
# Functions whose value differs from call to call, so that an answer is not to be kept.
_FICKLE = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})


@dataclass(frozen=True, slots=True)
class Question:
    """A query that the guard let through: its form, tokens and offers."""

    query: Query
    form: str
    tokens: Sequence[Token]

    @property
    def offers(self) -> Sequence[Media]:
        """The formats in which the answer can be given."""
        return _OFFERS.get(self.form, media.ROWS)

    @property
    def steady(self) -> bool:
        """Whether the same snapshot gives the same answer each time."""
        words = {token.text.upper() for token in self.tokens if token.kind == "word"}
        return not words & _FICKLE


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a format and the bytes."""

    media: Media
    body: bytes


def consider(query: Query) -> Question:
    """Look at a query before it meets the engine; raises a Refusal where it may not."""
    found = guard.read(query.text)
    guard.check(query.text, found)
    mends.check(query.text, found)
    words = (token.text.upper() for token in found if token.kind == "word")
    form = next((word for word in words if word in _OFFERS), "")
    mended = replace(query, text=mends.mend(query.text, found))
    return Question(mended, form, found)


def choose(question: Question, accept: str) -> Media:
    """The format that the client likes best; raises NotAcceptable without one."""
    best = media.choose(accept, question.offers)
    if best is None:
        raise NotAcceptable(accept, [offer.type for offer in question.offers])
    return best


def answer(dataset: Dataset, question: Question, form: Media) -> Answer:
    """Evaluate the query and write its answer.

    Raises BadQuery with the place and the cause where the engine cannot read it, and
    EvaluationFailed where it cannot finish it.
    """
    try:
        results = _evaluate(dataset, question.query)
        return Answer(form, _written(dataset, results, form))
    except SyntaxError as fault:
        known = dataset.prefixes
        text = question.query.text
        raise diagnosis.explain(text, question.tokens, fault, known) from fault
    except (OSError, RuntimeError, ValueError) as fault:
        text = question.query.text
        raise diagnosis.failure(text, question.tokens, fault) from fault


def write_graph(
    triples: Iterable[ox.Triple], form: Media, prefixes: Mapping[str, str]
) -> bytes:
    """Triples in a graph format, with those prefixes declared that they use."""
    listed = list(triples)
    used = _used(listed, prefixes) if form in (media.TURTLE, media.RDF_XML) else {}
    written = ox.serialize(listed, format=_GRAPHS[form], prefixes=dict(used))
    return written or b""


def _evaluate(
    dataset: Dataset, query: Query
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    base = dataset.snapshot.base_iri
    if not (query.default_graphs or query.named_graphs):
        return dataset.store.query(query.text, base_iri=base)
    return dataset.store.query(
        query.text,
        base_iri=base,
        default_graph=[_graph(iri) for iri in query.default_graphs],
        named_graphs=[_graph(iri) for iri in query.named_graphs],
    )


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as fault:
        raise BadRequest(
            f"{iri!r} is not an absolute IRI.", "Name a graph by its whole IRI."
        ) from fault


def _written(
    dataset: Dataset,
    results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
    form: Media,
) -> bytes:
    if isinstance(results, ox.QueryTriples):
        return write_graph(results, form, dataset.prefixes)
    written = results.serialize(format=_RESULTS[form]) or b""
    # A bare carriage return would come back from an XML parser as a line feed.
    return written.replace(b"\r", b"&#13;") if form is media.XML else written


def _used(
    triples: Iterable[ox.Triple], prefixes: Mapping[str, str]
) -> Mapping[str, str]:
    """The prefixes whose namespace begins an IRI of the triples."""
    iris = {
        term.value
        for triple in triples
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode)
    }
    iris |= {
        triple.object.datatype.value
        for triple in triples
        if isinstance(triple.object, ox.Literal)
    }
    return {
        prefix: namespace
        for prefix, namespace in prefixes.items()
        if any(iri.startswith(namespace) for iri in iris)
    }
