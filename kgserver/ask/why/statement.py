"""A statement as a person writes it: three terms in Turtle's syntax, `?` for any.

    cex:changchun cex:twinnedPlace id:wolfsburg
    cex:changchun a ?kind
    <https://example.org/a> rdfs:label "Stadt"@de

`…`, `*` and a name with a question mark stand for any term; what is left out at the
end does, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import names
from kgserver.model.refusal import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgserver.ask.dataset import Dataset

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

Triple = ox.Triple
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<any>\?\w*|\*|…|\.\.\.|_(?!:))
    | (?P<iri><[^<>\s]*>)
    | (?P<text>(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
        (?:@[A-Za-z][A-Za-z0-9-]*|\^\^(?:<[^<>\s]*>|[\w.-]*:[^\s;,]*))?)
    | (?P<word>[^\s"'<>]+)
    )""",
    re.VERBOSE,
)
_ROLES = ("subject", "property", "value")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple in which None stands for any term."""

    subject: ox.NamedNode | ox.BlankNode | None
    predicate: ox.NamedNode | None
    object: Term | None

    @property
    def triple(self) -> ox.Triple | None:
        """The triple, where nothing is left open."""
        if self.subject is None or self.predicate is None or self.object is None:
            return None
        return ox.Triple(self.subject, self.predicate, self.object)


def read(text: str, prefixes: Mapping[str, str]) -> Pattern:
    """The statement that a person wrote; raises BadRequest where it cannot be read."""
    tokens = list(_tokens(text.strip().removesuffix(".").rstrip()))
    if not tokens:
        raise BadRequest("There is no statement.", _HOW)
    if len(tokens) > 3:
        extra = tokens[3][1]
        raise BadRequest(f"A statement has three terms; {extra} is a fourth.", _HOW)
    terms = [_term(kind, written, prefixes) for kind, written in tokens]
    return pattern(*terms, *[None] * (3 - len(terms)))


def term(text: str, prefixes: Mapping[str, str]) -> Term:
    """One term, in N-Triples syntax, as an IRI without brackets, or prefixed.

    Raises BadRequest where it cannot be read.
    """
    written = text.strip()
    if written.startswith(("<", '"', "'", "_:")):
        return _parsed(written, prefixes)
    prefix, colon, _ = written.partition(":")
    if colon and prefix in prefixes and not written.startswith(f"{prefix}://"):
        return _parsed(written, prefixes)
    try:
        return ox.NamedNode(written)
    except ValueError as fault:
        raise BadRequest(
            f"{text!r} is not an IRI.", 'Write <an IRI>, _:b1 or "a text"@en.'
        ) from fault


def pattern(
    subject: Term | None, predicate: Term | None, value: Term | None
) -> Pattern:
    """The pattern of three terms; raises BadRequest where RDF allows no such one."""
    if isinstance(subject, ox.Literal | ox.Triple):
        said = f"A text cannot be what a statement is about: {subject}."
        raise BadRequest(said, _HOW)
    if not isinstance(predicate, ox.NamedNode | None):
        raise BadRequest(f"A property is named by an IRI, not {predicate}.", _HOW)
    return Pattern(subject, predicate, value)


_DEEPEST = 16
_HOW = "Write subject, property and value, e.g. 'ex:bonn rdf:type ex:City'."


def matches(dataset: Dataset, pattern: Pattern) -> Iterator[ox.Triple]:
    """The triples of the version that fit, those that only follow first."""
    inferred = ox.NamedNode(dataset.names.inferred)
    shape = pattern.subject, pattern.predicate, pattern.object
    seen: set[ox.Triple] = set()
    for graph in (inferred, None):
        for quad in dataset.store.quads_for_pattern(*shape, graph):
            if quad.triple not in seen:
                seen.add(quad.triple)
                yield quad.triple


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            rest = text[at:].strip()
            raise BadRequest(
                f"This cannot be read: {rest}", "Close the quote or the <."
            )
        yield found.lastgroup or "", found[found.lastgroup or 0]
        at = found.end()


def _term(kind: str, written: str, prefixes: Mapping[str, str]) -> Term | None:
    if kind == "any":
        return None
    if written == "a":
        return ox.NamedNode(names.RDF + "type")
    return _parsed(written, prefixes)


def _parsed(written: str, prefixes: Mapping[str, str]) -> Term:
    """A term read by the parser itself, with only the prefixes that it uses.

    The parser lets go of triple terms in one another by recursion, which ends the
    process where there are thousands.
    """
    if written.count("<<") > _DEEPEST:
        raise BadRequest(f"It has more than {_DEEPEST} triple terms in it.", _HOW)
    used = [p for p in re.findall(r"(?:^|\^\^)([\w.-]*):", written) if p != "_"]
    for prefix in used:
        if prefix not in prefixes:
            raise BadRequest(*_undeclared(prefix, written, prefixes))
    head = "".join(f"@prefix {p}: <{prefixes[p]}> .\n" for p in used)
    text = f"{head}<urn:s> <urn:p> {written} ."
    try:
        (quad,) = ox.parse(input=text, format=ox.RdfFormat.TURTLE)
    except (SyntaxError, ValueError) as fault:
        raise BadRequest(
            f"{written} is not a term.",
            'A term is prefix:name, <an IRI>, "a text", "a text"@en or a number.',
        ) from fault
    found: Term = quad.object
    return found


def _undeclared(
    prefix: str, written: str, prefixes: Mapping[str, str]
) -> tuple[str, str]:
    if prefix in ("http", "https", "urn"):
        return f"{written} is an IRI without its brackets.", f"Write <{written}>."
    near = names.nearest(prefix, prefixes)
    known = ", ".join(sorted(f"{p}:" for p in prefixes)[:12])
    hint = f"Did you mean {near}: ?" if near else f"Known are {known} and others."
    return f"The prefix {prefix}: is not declared by any file.", hint
