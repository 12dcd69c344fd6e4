"""A mapping to begin with, guessed from the header of a table and its first rows.

What a column is called is looked for among the names of the ontology's properties; what
is not found there stands as a comment.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse.listing import search
from kgserver.ask.dataset import DEFAULT
from kgserver.ask.drafting import cells, kinds
from kgserver.ask.drafting.cells import BadMapping
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.ask.dataset import Dataset

_TYPE = ox.NamedNode(names.RDF + "type")
_LINKS, _VALUES = names.OWL + "ObjectProperty", names.OWL + "DatatypeProperty"
_PROPERTIES = (_VALUES, _LINKS, names.OWL + "AnnotationProperty")
_NAMES = frozenset(("name", "label", "title"))
_FORMS = (
    (re.compile(r"[+-]?\d+"), "xsd:integer"),
    (re.compile(r"[+-]?\d*\.?\d+"), "xsd:decimal"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "xsd:date"),
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ROWS = 20


def draft(table: Path, dataset: Dataset) -> str:
    """A mapping in TOML for a person to mend; raises BadMapping."""
    rows = [row for _, row in islice(cells.rows(table, "", ()), _ROWS)]
    if not rows:
        msg = f"{table} has no rows below its header; there is nothing to map"
        raise BadMapping(msg)
    found = kinds.find(dataset, table.stem) or kinds.find(
        dataset, _singular(table.stem)
    )
    kind = names.shorten(found.node.value, dataset.prefixes) if found else "…"
    head = [
        f"class = {_quoted(kind)}",
        f"subject = {_quoted(f'{_own(dataset)}{{{next(iter(rows[0]))}}}')}",
        "[columns]",
    ]
    known = _properties(dataset)
    return "\n".join([*head, *(_column(dataset, n, rows, known) for n in rows[0])])


def _column(
    dataset: Dataset,
    name: str,
    rows: Sequence[Mapping[str, str]],
    known: Mapping[str, tuple[ox.NamedNode, bool]],
) -> str:
    key = name if _BARE.fullmatch(name) else _quoted(name)
    said = [cell.strip() for row in rows if (cell := row[name]).strip()]
    folded = search.fold(name)
    if folded in _NAMES:
        return f'{key} = {{ property = "rdfs:label", language = "en" }}'
    near = folded if folded in known else names.nearest(folded, known, 0.8)
    if near is None:
        return f'# {key} = {{ property = "…"{_typed(said)} }}'
    node, links = known[near]
    prop = _quoted(names.shorten(node.value, dataset.prefixes))
    link = f", iri = {_quoted(f'{_own(dataset)}{{{name}}}')}"
    return f"{key} = {{ property = {prop}{link if links else _typed(said)} }}"


def _typed(said: Sequence[str]) -> str:
    """The datatype that all values have, where they have one."""
    for form, datatype in _FORMS if said else ():
        if all(form.fullmatch(each) for each in said):
            return f', datatype = "{datatype}"'
    return ""


def _properties(dataset: Dataset) -> Mapping[str, tuple[ox.NamedNode, bool]]:
    """The properties by what they are called; whether each leads to things."""
    return {
        called: (node, kind == _LINKS)
        for kind in reversed(_PROPERTIES)
        for node in _of_type(dataset, kind)
        for called in (
            search.fold(names.local_name(node.value)),
            search.fold(dataset.label(node).text),
        )
    }


def _of_type(dataset: Dataset, kind: str) -> Iterator[ox.NamedNode]:
    node = ox.NamedNode(kind)
    for quad in dataset.store.quads_for_pattern(None, _TYPE, node, DEFAULT):
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject


def _own(dataset: Dataset) -> str:
    """What IRIs of the folder's things begin with, as a prefix if there is one."""
    begins = f"{dataset.snapshot.base_iri}id/"
    found = [prefix for prefix, ns in dataset.prefixes.items() if ns == begins]
    return f"{found[0]}:" if found else begins


def _singular(word: str) -> str:
    return re.sub("ies$", "y", word) if word.endswith("ies") else word.removesuffix("s")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
