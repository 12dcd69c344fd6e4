"""Terms and statements as Turtle writes them, with the prefixes of a folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from kgserver.model import names
from kgserver.model.terminals import PN_CHARS, PN_CHARS_BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

Term: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple"

_TYPE = ox.NamedNode(names.RDF + "type")
_NAME = re.compile(
    rf"[\w.\-]*:(?:[{PN_CHARS_BASE}_0-9](?:[{PN_CHARS}.]*[{PN_CHARS}])?)?"
)
# The short forms of numbers and truths (Turtle §2.5.2), by the datatype they have.
_SHORT: Mapping[str, re.Pattern[str]] = {
    names.XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    names.XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    names.XSD + "double": re.compile(
        r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"
    ),
    names.XSD + "boolean": re.compile(r"true|false"),
}
_ESCAPES = str.maketrans(
    {
        "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t",
        "\b": "\\b", "\f": "\\f",
    }
)  # fmt: skip


def spell(term: Term, prefixes: Mapping[str, str]) -> str:
    """A term in Turtle: a prefixed name where one fits, a number without quotes."""
    if isinstance(term, ox.NamedNode):
        short = names.shorten(term.value, prefixes)
        return short if _NAME.fullmatch(short) else f"<{term.value}>"
    if isinstance(term, ox.Literal):
        return _literal(term, prefixes)
    if isinstance(term, ox.Triple):
        parts = (term.subject, term.predicate, term.object)
        return f"<<( {' '.join(spell(part, prefixes) for part in parts)} )>>"
    return str(term)


def verb(predicate: ox.NamedNode, prefixes: Mapping[str, str]) -> str:
    """A predicate in Turtle, where rdf:type is `a`."""
    return "a" if predicate == _TYPE else spell(predicate, prefixes)


def statement(triple: ox.Triple, prefixes: Mapping[str, str], about: str = "") -> str:
    """A triple in Turtle, without its subject where that is the thing it is about."""
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    said = f"{verb(predicate, prefixes)} {spell(value, prefixes)}"
    itself = isinstance(subject, ox.NamedNode) and subject.value == about
    return said if itself else f"{spell(subject, prefixes)} {said}"


def plain(text: str) -> str:
    """A text on one line, without what would move a terminal's cursor."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))


def quoted(text: str) -> str:
    """A text in double quotes, escaped."""
    escaped = text.translate(_ESCAPES)
    return '"' + re.sub(r"[\x00-\x1f\x7f-\x9f]", _numbered, escaped) + '"'


def tag(written: str) -> str:
    """A language tag in its usual case (RFC 5646, §2.1.1); the engine has lost it."""
    parts = written.lower().split("-")
    private = False
    for at, part in enumerate(parts[1:], 1):
        private = private or len(parts[at - 1]) == 1
        if not private and len(part) == 4 and part.isalpha():
            parts[at] = part.title()
        elif not private and len(part) == 2:
            parts[at] = part.upper()
    return "-".join(parts)


def _literal(literal: ox.Literal, prefixes: Mapping[str, str]) -> str:
    text, datatype = literal.value, literal.datatype.value
    short = _SHORT.get(datatype)
    if short and short.fullmatch(text):
        return text
    if literal.language:
        return f"{quoted(text)}@{tag(literal.language)}"
    if datatype == names.XSD + "string":
        return quoted(text)
    return f"{quoted(text)}^^{spell(literal.datatype, prefixes)}"


def _numbered(control: re.Match[str]) -> str:
    return f"\\u{ord(control[0]):04X}"
