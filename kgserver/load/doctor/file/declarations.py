"""The prefix declarations of a file, and what is odd about them there."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.load.doctor import charge, lexemes
from kgserver.load.doctor.charge import Charge
from kgserver.load.layout import tokens
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kgserver.load.doctor.lexemes import Spot, Text
    from kgserver.model.problem import Problem

# How a declaration begins (Turtle §6.5, rules 4 and 6s), and what it is made of.
_WORDS = ("PREFIX", "prefix", "Prefix")
_FORM = re.compile(
    r"(?:@prefix|(?i:prefix))[ \t\r\n]+([^\s:<\"'#]*:)[ \t\r\n]*"
    r"(<[^\x00-\x20<>]*>)(?:[ \t\r\n]*\.)?"
)
# What a namespace may end in, so that a name behind it stays apart.
_ENDS = frozenset("#/:=?_-&.")
# Where both forms are in use all over the world, and either is right.
_EITHER = "//schema.org/"
# From here on, of 1, an IRI is meant to be another one.
_NEAR = 0.85


@dataclass(frozen=True, slots=True)
class Declaration:
    """A prefix with its namespace; where the declaration stands, and the IRI in it."""

    prefix: str
    namespace: str
    spot: Spot
    iri: Spot


def find(text: Text) -> list[Declaration]:
    """The declarations of a file, in order."""
    found = list(_candidates(text.text))
    real = _lexemes_at(text.text, found[-1].end(2)) if found else frozenset()
    return [
        Declaration(
            each[1][:-1],
            lexemes.iri(each[2], {}) or "",
            text.spot(each[0], each.start()),
            text.spot(each[2], each.start(2)),
        )
        for each in found
        if each.start(1) in real
    ]


def _candidates(text: str) -> Iterator[re.Match[str]]:
    """What looks like a declaration, in order."""
    for at in sorted(at for word in _WORDS for at in _places(text, word)):
        found = _FORM.match(text, at - (text[at - 1 : at] == "@"))
        if found:
            yield found


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _lexemes_at(text: str, end: int) -> frozenset[int]:
    """Where lexemes begin, which a comment or text hides no other in."""
    return frozenset(each.start() for each in tokens.NAMING.finditer(text, 0, end))


def check(text: Text, declared: Sequence[Declaration]) -> Iterator[Problem]:
    """What is odd about a file's declarations, looked at alone."""
    yield from _unused(text, declared)
    by_prefix: dict[str, Declaration] = {}
    by_namespace: dict[str, Declaration] = {}
    for each in declared:
        first = by_prefix.setdefault(each.prefix, each)
        other = by_namespace.setdefault(each.namespace, each)
        if first is not each:
            yield charge.at(_again(each, first), text, each.spot)
        elif other is not each:
            yield charge.at(_second(each, other), text, each.spot)
        for odd in _namespace(each):
            yield charge.at(odd, text, each.iri)
    yield from _twins(text, by_namespace.values())


def _unused(text: Text, declared: Sequence[Declaration]) -> Iterator[Problem]:
    """Declarations that no name needs; a bare `ex:` is a name, too."""
    used = lexemes.prefixes_of(n for n in text.names if not n.endswith(":"))
    idle = {each.prefix for each in declared} - used
    bare = Counter(spot.text for spot in text.spots({f"{each}:" for each in idle}))
    times = Counter(each.prefix for each in declared)
    told: set[str] = set()
    for each in declared:
        if each.prefix in idle - told and bare[f"{each.prefix}:"] <= times[each.prefix]:
            told.add(each.prefix)
            what = Charge(
                "unused-prefix",
                f"nothing uses the prefix {each.prefix}:",
                "Take the declaration away, or check how the names are spelt that "
                "should have it.",
                "",
            )
            yield charge.at(what, text, each.spot)


def _again(each: Declaration, first: Declaration) -> Charge:
    where = f"on line {first.spot.line}"
    if each.namespace == first.namespace:
        said = f"the prefix {each.prefix}: is declared so already {where}"
        return Charge("prefix-twice", said, "Take one of the two away.", "")
    return Charge(
        "prefix-redefined",
        f"the prefix {each.prefix}: stands for <{first.namespace}> {where}",
        f"Give one of the two namespaces a prefix of its own; names with "
        f"{each.prefix}: mean another thing from here on.",
    )


def _second(each: Declaration, other: Declaration) -> Charge:
    return Charge(
        "two-prefixes",
        f"{each.prefix}: and {other.prefix}: (line {other.spot.line}) stand for one "
        "namespace",
        f"Write {other.prefix}: everywhere and take this one away, or the other way "
        "round.",
    )


def _namespace(each: Declaration) -> Iterator[Charge]:
    """What is odd about the namespace of a declaration alone."""
    said = known(each.namespace, each.prefix)
    if said:
        code, meant, why = said
        message = f"the namespace <{each.namespace}> {why}"
        hint = f"Write <{meant}>."
        yield Charge(code, message, hint, f"<{meant}>")
    elif each.namespace and each.namespace[-1] not in _ENDS and each.prefix:
        yield Charge(
            "open-namespace",
            f"the namespace of {each.prefix}: ends in neither # nor /: "
            f"{each.prefix}:a is <{each.namespace}a>",
            f"Write <{each.namespace}#> or <{each.namespace}/>, as the IRIs are.",
        )


def known(namespace: str, prefix: str = "") -> tuple[str, str, str] | None:
    """The rule that a namespace breaks, the known one meant, and how they differ."""
    known_ones = names.WELL_KNOWN.values()
    if namespace in known_ones or _EITHER in namespace:
        return None
    for each in known_ones:
        if namespace == other_scheme(each):
            return "scheme-twin", each, "is known with the other scheme"
        if ending(namespace) == ending(each):
            return "ending-twin", each, "is known with another ending"
    meant = names.WELL_KNOWN.get(prefix)
    near = difflib.SequenceMatcher(None, namespace, meant or "").ratio()
    if meant and near >= _NEAR:
        return "wrong-namespace", meant, f"is nearly the known one of {prefix}:"
    return None


def other_scheme(iri: str) -> str:
    """The IRI with https for http, or the other way round."""
    if iri.startswith("https://"):
        return f"http{iri[5:]}"
    return f"https{iri[4:]}" if iri.startswith("http://") else iri


def ending(namespace: str) -> str:
    """What two namespaces have in common that differ by their last character alone."""
    return namespace.rstrip("#/")


def _twins(text: Text, declared: Iterable[Declaration]) -> Iterator[Problem]:
    """Two namespaces of one file that differ in scheme or ending."""
    before: list[Declaration] = []
    for each in declared:
        for other in before:
            code = twins(each.namespace, other.namespace)
            if code and not known(each.namespace, each.prefix):
                yield charge.at(_twin(code, each, other), text, each.iri)
        before.append(each)


def twins(one: str, other: str) -> str | None:
    """The rule by which two namespaces are nearly one."""
    if one != other and one == other_scheme(other):
        return "scheme-twin"
    return "ending-twin" if one != other and ending(one) == ending(other) else None


def _twin(code: str, each: Declaration, other: Declaration) -> Charge:
    return Charge(
        code,
        f"<{each.namespace}> and <{other.namespace}> (line {other.spot.line}) are "
        "nearly one, but two namespaces",
        "Use one of them in both declarations, if one thing is meant.",
    )
