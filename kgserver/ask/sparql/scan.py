"""One triple pattern, asked of the store's index itself; its rows as JSON.

The engine would read the query again, plan it, and write the rows for any query: that
takes three times as long as going along the index. What is read here is what `lookup`
has matched; whatever the engine could read otherwise is left to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.dataset import Dataset

    Node = ox.NamedNode | None
    Term = Node | ox.Literal

_PARTS = ("subject", "predicate", "object")
_PREFIX = re.compile(r"([^\s:]*):\s*<([^>]*)>")
_TEXT = re.compile(r'"([^"]*)"(?:@(.+)|\^\^(.+))?', re.DOTALL)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# In an IRI that is resolved against a base, steps to and fro are taken (RFC 3986 §5.2).
_STEPS = "/."
_STRING = names.XSD + "string"
_TYPE = ox.NamedNode(names.RDF + "type")


class ElsewhereError(Exception):
    """The engine has to answer this."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What is looked for, and in which columns it is told.

    `columns` has for each variable that is bound its name in JSON, with a colon, and
    the part of a triple that it stands for; `head` is the answer up to the first row.
    """

    pattern: tuple[Node, Node, Term]
    columns: tuple[tuple[str, str], ...]
    head: str
    limit: int | None

    def rows(self, dataset: Dataset, most: int) -> list[str]:
        """The rows, one more than `most` where there are more."""
        alone = dataset.default_graph
        store = dataset.store if alone is None else alone
        found = store.quads_for_pattern(*self.pattern, DEFAULT)
        wanted = most + 1 if self.limit is None else min(self.limit, most + 1)
        columns = self.columns
        return [
            ",".join([name + _written(getattr(quad, part)) for name, part in columns])
            for quad in islice(found, wanted)
        ]

    def as_json(self, rows: Sequence[str]) -> bytes:
        """The whole answer (SPARQL 1.1 Query Results JSON Format, §3)."""
        told = "},{".join(rows)
        return f"{self.head}{f'{{{told}}}' if rows else ''}]}}}}".encode()


def read(
    prologue: str, selected: str, terms: Sequence[str], limit: str | None
) -> Scan | None:
    """A pattern with its prefixes and its columns; None where the engine has to.

    `terms` are those of the pattern as they are written.
    """
    prefixes = dict(_PREFIX.findall(prologue))
    try:
        s, p = (_node(text, prefixes) for text in terms[:2])
        o = _term(terms[2], prefixes)
    except (ElsewhereError, ValueError, KeyError):
        return None
    bound = {
        text[1:]: part
        for text, part in zip(terms, _PARTS, strict=True)
        if text[0] in "?$"
    }
    wanted = [*bound] if selected == "*" else [v[1:] for v in selected.split()]
    if len(set(wanted)) < len(wanted):
        return None
    head = ",".join(map(quoted, wanted))
    columns = tuple((f"{quoted(v)}:", bound[v]) for v in wanted if v in bound)
    return Scan(
        (s, p, o),
        columns,
        f'{{"head":{{"vars":[{head}]}},"results":{{"bindings":[',
        int(limit) if limit else None,
    )


def _node(text: str, prefixes: Mapping[str, str]) -> Node:
    """What a name means; None for a variable. Raises where that is not plain."""
    if text[0] in "?$":
        return None
    return _TYPE if text == "a" else _iri(text, prefixes)


def _term(text: str, prefixes: Mapping[str, str]) -> Term:
    """The same of a name or a literal."""
    if text[0] != '"':
        return _node(text, prefixes)
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ElsewhereError
    value, tag, datatype = found.groups()
    if tag:
        if not tag.islower():
            raise ElsewhereError
        return ox.Literal(value, language=tag)
    kind = _iri(datatype, prefixes) if datatype else None
    if kind and kind.value.startswith(names.RDF):
        raise ElsewhereError
    return ox.Literal(value, datatype=kind)


def _iri(text: str, prefixes: Mapping[str, str]) -> ox.NamedNode:
    if text[0] == "<":
        space, local = text[1:-1], ""
    else:
        prefix, _, local = text.partition(":")
        space = prefixes[prefix]
    if _STEPS in space or not _ABSOLUTE.match(space):
        raise ElsewhereError
    return ox.NamedNode(space + local)


def _written(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """A term in JSON; raises ElsewhereError for what RDF 1.2 brings."""
    if isinstance(term, ox.NamedNode):
        return f'{{"type":"uri","value":{quoted(term.value)}}}'
    if isinstance(term, ox.BlankNode):
        return f'{{"type":"bnode","value":{quoted(term.value)}}}'
    if isinstance(term, ox.Triple) or term.direction:
        raise ElsewhereError
    told = f'{{"type":"literal","value":{quoted(term.value)}'
    if term.language:
        return f'{told},"xml:lang":{quoted(term.language)}}}'
    kind = term.datatype.value
    return f"{told}}}" if kind == _STRING else f'{told},"datatype":{quoted(kind)}}}'
