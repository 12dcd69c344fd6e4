"""What has to be said of a thing of a class: the fields that its SHACL shapes name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.dataset import Dataset

_KINDS = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?class { { ?class a owl:Class } UNION { ?class a rdfs:Class }
  FILTER(ISIRI(?class)) } ORDER BY ?class
"""
_FIELDS = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?path ?least ?datatype ?class ?order ?message ?said {
  { SELECT DISTINCT ?above { BIND(%s AS ?own) ?own rdfs:subClassOf* ?above } }
  GRAPH ?shapes {
    ?shape sh:targetClass ?above ; sh:property ?field . ?field sh:path ?path .
    OPTIONAL { ?field sh:minCount ?least } OPTIONAL { ?field sh:datatype ?datatype }
    OPTIONAL { ?field sh:class ?class } OPTIONAL { ?field sh:order ?order }
    OPTIONAL { ?field sh:message ?message } OPTIONAL { ?field sh:description ?said }
    FILTER(ISIRI(?path))
  }
}
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A class that a new thing can be of, by the last part of its IRI."""

    node: ox.NamedNode
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a form: how often it is needed at least, what its values are."""

    path: ox.NamedNode
    least: int
    datatype: str
    kind: str
    help: str


def kinds(dataset: Dataset) -> tuple[Kind, ...]:
    """The classes of the folder's own namespace; where it has none, all classes."""
    nodes = [row["class"] for row in _rows(dataset, _KINDS)]
    classes = [node for node in nodes if isinstance(node, ox.NamedNode)]
    base = dataset.snapshot.base_iri
    own = [node for node in classes if node.value.startswith(base)] or classes
    found = (
        Kind(node, names.local_name(node.value), dataset.label(node).text)
        for node in own
    )
    return tuple(sorted(found, key=lambda kind: kind.name.lower()))


def find(dataset: Dataset, word: str) -> Kind | None:
    """The kind that a word means: its name or its label, in whatever capitals."""
    wanted = word.lower().replace(" ", "")
    return next(
        (
            kind
            for kind in kinds(dataset)
            if wanted in {kind.name.lower(), kind.label.lower().replace(" ", "")}
        ),
        None,
    )


def form(dataset: Dataset, kind: Kind) -> tuple[Field, ...]:
    """The fields of a class and of those above it, the required ones first."""
    rows = defaultdict(list)
    for row in _rows(dataset, _FIELDS % kind.node):
        rows[row["path"]].append(row)
    fields = [
        Field(
            path,
            max(int(_text(row["least"]) or 0) for row in found),
            next((_text(row["datatype"]) for row in found if row["datatype"]), ""),
            next((_text(row["class"]) for row in found if row["class"]), ""),
            next(
                (_text(row[k]) for k in ("said", "message") for row in found if row[k]),
                "",
            ),
        )
        for path, found in rows.items()
        if isinstance(path, ox.NamedNode)
    ]
    return tuple(sorted(fields, key=lambda f: (f.least == 0, f.path.value)))


def _rows(dataset: Dataset, query: str) -> Sequence[ox.QuerySolution]:
    results = dataset.store.query(query)
    return list(results) if isinstance(results, ox.QuerySolutions) else []


def _text(term: object) -> str:
    return str(getattr(term, "value", ""))
