"""Every thing that there is a document about, found once in a dataset."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import spelling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.dataset import Dataset

_OWN = """
SELECT DISTINCT ?s WHERE {{
  ?s ?p ?o FILTER(isIRI(?s) && STRSTARTS(STR(?s), "{base}"))
  FILTER(!STRSTARTS(STR(?s), "{ontology}#"))
}}
"""
_FOREIGN = """
SELECT DISTINCT ?s WHERE {{
  ?s ?p ?o FILTER(isIRI(?s))
  FILTER EXISTS {{
    GRAPH ?g {{ ?s ?q ?v }} FILTER(?g NOT IN (<{inferred}>, <{catalog}>))
  }}
}}
"""
_ODD = """
SELECT DISTINCT ?n WHERE {{
  {{ ?n ?p ?o }} UNION {{ ?s ?p ?n }}
  FILTER(isIRI(?n) && STRSTARTS(STR(?n), "{base}") && CONTAINS(STR(?n), "{mark}"))
}}
"""


@dataclass(frozen=True, slots=True)
class Odd:
    """Things of this graph by what is left of their IRIs in a path that is decoded."""

    escaped: Mapping[bytes, Sequence[str]]
    hashed: Mapping[str, Sequence[str]]


def listed(dataset: Dataset) -> Sequence[str]:
    """The IRIs of this graph's things, sorted, without the ontology's terms."""
    return dataset.once("entities", lambda: _listed(dataset))


def odd(dataset: Dataset) -> Odd:
    """The IRIs that a path alone does not lead to: those with escapes or a fragment."""
    return dataset.once("odd entities", lambda: _odd(dataset))


def _listed(dataset: Dataset) -> tuple[str, ...]:
    """Those under the base; where there are none, whatever the files speak of."""
    named = dataset.names
    own = _iris(dataset, _OWN.format(base=named.base, ontology=named.ontology))
    others = _FOREIGN.format(inferred=named.inferred, catalog=named.catalog)
    return tuple(sorted(own or _iris(dataset, others)))


def _odd(dataset: Dataset) -> Odd:
    base = dataset.names.base
    escaped, hashed = defaultdict(list), defaultdict(list)
    for iri in sorted(_iris(dataset, _ODD.format(base=base, mark="%"))):
        escaped[spelling.loose(iri.removeprefix(base))].append(iri)
    for iri in sorted(_iris(dataset, _ODD.format(base=base, mark="#"))):
        hashed[iri.partition("#")[0]].append(iri)
    return Odd(escaped, hashed)


def _iris(dataset: Dataset, query: str) -> list[str]:
    rows = dataset.store.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    return [row[0].value for row in rows if isinstance(row[0], ox.NamedNode)]
