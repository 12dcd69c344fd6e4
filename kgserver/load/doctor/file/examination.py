"""One file, examined: what is odd about it alone, and its outline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.doctor import charge, lexemes
from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.file import (
    circles,
    comments,
    declarations,
    iris,
    labels,
    lines,
    quotes,
    texts,
)
from kgserver.load.doctor.lexemes import Text
from kgserver.load.doctor.outline import Comment, Declared, Outline
from kgserver.load.doctor.survey import Survey
from kgserver.model import names

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator, Mapping

    from kgserver.load.doctor.file.declarations import Declaration
    from kgserver.load.doctor.lexemes import Spot
    from kgserver.load.terms.statements import Statements, Term
    from kgserver.model.problem import Problem

# Vocabularies whose terms are known; `vocabularies` has them.
_VOCABULARIES = tuple(
    names.WELL_KNOWN[each]
    for each in (
        "dc", "dcat", "dcterms", "foaf", "geo", "oa", "org", "owl", "prov", "qb",
        "rdf", "rdfs", "schema", "sh", "skos", "time", "vann", "void", "wgs", "xsd",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A file that could be read: its path, its text, what it says and on which lines.

    `terminals` tells whether its format is made of those of Turtle, `lined` whether it
    has a statement a line.
    """

    path: str
    text: str
    terminals: bool
    quads: Statements
    lines: array[int]
    lined: bool = False


def examine(written: Written, base: str) -> tuple[list[Problem], Outline]:
    """What is odd about a file alone, and what is to be known of it.

    `base` is what the IRIs of its folder begin with.
    """
    survey = Survey(written.quads, written.lines, base)
    known = lines.lexemes(written.text, written.quads.terms) if written.lined else None
    text = Text(written.path, written.text, terminals=written.terminals, known=known)
    turtle = written.terminals and not written.lined
    declared = declarations.find(text) if turtle else []
    prefixes = {each.prefix: each.namespace for each in declared}
    found = [
        *declarations.check(text, declared),
        *texts.check(text),
        *iris.check(text),
        *_repeated(written, survey, text, prefixes),
        *_in_circles(survey, text, prefixes),
        *(_placed(text, *each) for each in labels.check(survey)),
        *(_placed(text, *each) for each in quotes.check(survey)),
    ]
    noted = []
    for each in comments.find(text):
        if isinstance(each, Comment):
            noted.append(each)
        else:
            found.append(each)
    outline = replace(
        survey.outline(),
        declared=tuple(map(_outlined, declared)),
        comments=tuple(noted),
        known=tuple(sorted(_known(text, prefixes))),
        labels=labels.outlined(survey),
        untagged=labels.bare(survey),
    )
    return sorted(charge.limited(found)), outline


def _outlined(each: Declaration) -> Declared:
    return Declared(each.prefix, each.namespace, each.iri.line, each.iri.column)


def _known(text: Text, prefixes: Mapping[str, str]) -> set[str]:
    """The IRIs of well-known vocabularies that a text names."""
    theirs = {p: ns for p, ns in prefixes.items() if ns in _VOCABULARIES}
    named = (n for n in text.names if n.partition(":")[0] in theirs)
    found = {lexemes.iri(each, theirs) for each in named}
    found |= {each[1:-1] for each in text.iris if each[1:].startswith(_VOCABULARIES)}
    return {each for each in found if each and each not in _VOCABULARIES}


def _repeated(
    written: Written, survey: Survey, text: Text, prefixes: Mapping[str, str]
) -> Iterator[Problem]:
    """Statements that a file makes twice."""
    for row, first in survey.repeated() if written.terminals else ():
        what = Charge(
            "duplicate-statement",
            f"the file states this already on line {written.lines[first]}",
            "Take one of the two away.",
            "",
        )
        value = written.quads.terms[written.quads.objects[row]]
        spot = _last(text, written.lines[row], value, prefixes)
        yield charge.at(what, text, spot)


def _in_circles(
    survey: Survey, text: Text, prefixes: Mapping[str, str]
) -> Iterator[Problem]:
    """What comes to stand below itself, each where the circle is closed."""
    for line, value, what in circles.check(survey, prefixes):
        yield charge.at(what, text, _last(text, line, value, prefixes))


def _last(text: Text, line: int, term: Term, prefixes: Mapping[str, str]) -> Spot:
    """The last place of a term on a line; else where the line begins."""
    fits = [spot for spot in text.on(line) if _means(spot.text, term, prefixes)]
    if not fits and isinstance(term, ox.Literal):
        fits = list(text.numbers(line, term.value))
    return fits[-1] if fits else text.beginning(line)


def _means(lexeme: str, term: Term, prefixes: Mapping[str, str]) -> bool:
    if isinstance(term, ox.Literal):
        return lexeme[0] in "\"'" and lexemes.value(lexeme) == term.value
    if isinstance(term, ox.NamedNode) and lexeme[0] not in "\"'#@":
        return lexemes.iri(lexeme, prefixes) == term.value
    return False


def _placed(text: Text, line: int, near: str, what: Charge) -> Problem:
    """A charge against a text that stands on a line."""
    wanted = ox.Literal(near)
    return charge.at(what, text, _last(text, line, wanted, {}))
