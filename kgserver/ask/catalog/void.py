"""What is in the dataset and how much of it, as VoID, with its prefixes and examples.

The build has put this into a graph of its own, which clients can query. Where it has
not, since there is much to count or no graph is wanted beside the folder's own, it is
reckoned here; of a large dataset only how often each class and property occurs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.load.publishing import catalog
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.dataset import Dataset

_VOID = names.WELL_KNOWN["void"]
PREFIXES = {
    prefix: names.WELL_KNOWN[prefix]
    for prefix in ("void", "sh", "rdfs", "schema", "xsd", "dcterms")
} | {"void-ext": catalog.EXTENSION}
_CLASSES = "SELECT ?it (COUNT(*) AS ?n) { ?thing a ?it } GROUP BY ?it"
_PROPERTIES = "SELECT ?it (COUNT(*) AS ?n) { ?s ?it ?o } GROUP BY ?it"


def describe(dataset: Dataset) -> Iterator[ox.Triple]:
    """The triples about `{base}dataset`: counts, partitions, prefixes, examples."""
    about = ox.NamedNode(dataset.names.dataset)
    graph = ox.NamedNode(dataset.names.catalog)
    held = dataset.store.quads_for_pattern(None, None, None, graph)
    first = next(held, None)
    if first is None:
        yield from catalog.declared(about, dataset.snapshot.prefixes)
        yield from catalog.exemplified(about, dataset.snapshot.examples)
    else:
        yield first.triple
        yield from (quad.triple for quad in held)
    if first is None or dataset.snapshot.counts.merged > catalog.MOST:
        yield from catalog.described(about, _statistics(dataset))
    yield from _vocabularies(dataset, about)


def _statistics(dataset: Dataset) -> catalog.Statistics:
    merged = dataset.snapshot.counts.merged
    if merged <= catalog.MOST:
        quads = dataset.store.quads_for_pattern(None, None, None, DEFAULT)
        return catalog.count(quad.triple for quad in quads)
    return catalog.Statistics(
        triples=merged,
        entities=_counted(dataset, _CLASSES),
        properties=_counted(dataset, _PROPERTIES),
    )


def _counted(dataset: Dataset, query: str) -> Counter[ox.NamedNode]:
    rows = dataset.store.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    return Counter(
        {
            row["it"]: int(row["n"].value)
            for row in rows
            if isinstance(row["it"], ox.NamedNode) and isinstance(row["n"], ox.Literal)
        }
    )


def _vocabularies(dataset: Dataset, about: ox.NamedNode) -> Iterator[ox.Triple]:
    """The space of the dataset's own IRIs, and the namespaces that it borrows from."""
    base = dataset.snapshot.base_iri
    yield ox.Triple(about, ox.NamedNode(_VOID + "uriSpace"), ox.Literal(base))
    for namespace in sorted(set(dataset.snapshot.prefixes.values())):
        if namespace.startswith(("http://", "https://")):
            predicate = ox.NamedNode(_VOID + "vocabulary")
            yield ox.Triple(about, predicate, ox.NamedNode(namespace))
