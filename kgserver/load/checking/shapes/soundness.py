"""Shapes that cannot be used, each at the line of what is wrong with it.

What each parameter takes is that of SHACL appendix C. pySHACL ends at the first fault,
says no line, and lets some pass in silence, so that a shape would check nothing.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from kgserver.load.checking import places
from kgserver.load.doctor.folder import vocabularies
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.checking.places import Term
    from kgserver.load.turtle import Reading
    from kgserver.model.problem import Problem

_SH = "http://www.w3.org/ns/shacl#"
_KINDS = frozenset(
    _SH + each
    for each in (
        "IRI", "BlankNode", "Literal",
        "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral",
    )
)  # fmt: skip
_STEPS = frozenset(
    _SH + each
    for each in (
        "inversePath", "alternativePath",
        "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath",
    )
)  # fmt: skip
_QUERIES = frozenset(_SH + each for each in ("select", "ask", "construct"))
_CLASSES = frozenset((names.OWL + "Class", names.RDFS + "Class"))
_HINT = "Mend the shape; SHACL §2 and §3 say what a shape may hold."


class _Shapes:
    """What the shapes' files say: what is described, and what begins a list.

    `readings` are all files, which say what classes there are; without them, whatever
    is asked for may be one.
    """

    def __init__(self, shaping: Sequence[Reading], readings: Iterable[Reading]) -> None:
        outlines = [reading.outline for reading in readings]
        self.used = {
            i for o in outlines for i, u in o.uses.items() if u.literal or u.thing
        }
        self.classes = {iri for o in outlines for iri in o.members}
        declared = {
            iri
            for outline in outlines
            for iri, kinds in outline.defined.items()
            if not _CLASSES.isdisjoint(kinds)
        }
        self.classes |= declared
        self.namespaces = {vocabularies.parted(iri)[0] for iri in declared}
        self.triples = [quad.triple for reading in shaping for quad in reading.quads]
        self.subjects = {triple.subject for triple in self.triples}
        first, path = names.RDF + "first", _SH + "path"
        of = {
            wanted: {t.subject for t in self.triples if t.predicate.value == wanted}
            for wanted in (first, path, *_STEPS)
        }
        self.lists = of[first] | {ox.NamedNode(names.RDF + "nil")}
        self.paths = of[first].union(*(of[step] for step in _STEPS))

    def is_described(self, term: Term) -> bool:
        """Whether something is said of a node."""
        return not isinstance(term, ox.Literal) and term in self.subjects

    def is_list(self, term: Term) -> bool:
        """Whether a list begins at a node."""
        return term in self.lists

    def is_class(self, term: Term) -> bool:
        """Whether an IRI may be a class.

        It is none where others of its namespace are declared, and it is not, and
        nothing is said to be of it.
        """
        if not isinstance(term, ox.NamedNode):
            return False
        own = vocabularies.parted(term.value)[0] in self.namespaces
        return not own or term.value in self.classes

    def asks_nothing(self, fault: ox.Triple) -> bool:
        """Whether a class that is none is asked for of nothing that there is.

        Then it is told as a term that is not in the ontology, and no more.
        """
        if not isinstance(fault.object, ox.NamedNode):
            return False
        if fault.predicate.value == _SH + "targetClass":
            return True
        paths = (
            triple.object
            for triple in self.triples
            if triple.subject == fault.subject
            and triple.predicate.value == _SH + "path"
        )
        named = [p.value for p in paths if isinstance(p, ox.NamedNode)]
        return fault.predicate.value == _SH + "class" and self.used.isdisjoint(named)

    def is_path(self, term: Term) -> bool:
        """Whether a node is a property, or a path made of some."""
        return isinstance(term, ox.NamedNode) or term in self.paths


class _Form(NamedTuple):
    """What a parameter takes: in words, as a test, and whether only once in a shape."""

    takes: str
    fits: Callable[[_Shapes, Term], bool]
    once: bool = False


def _is_count(_: _Shapes, term: Term) -> bool:
    typed = (
        isinstance(term, ox.Literal) and term.datatype.value == names.XSD + "integer"
    )
    return typed and re.fullmatch(r"\+?\d+|-0+", getattr(term, "value", "")) is not None


def _is_truth(_: _Shapes, term: Term) -> bool:
    boolean = names.XSD + "boolean"
    return isinstance(term, ox.Literal) and term.datatype.value == boolean


def _is_iri(_: _Shapes, term: Term) -> bool:
    return isinstance(term, ox.NamedNode)


def _is_kind(_: _Shapes, term: Term) -> bool:
    return isinstance(term, ox.NamedNode) and term.value in _KINDS


def _is_literal(_: _Shapes, term: Term) -> bool:
    return isinstance(term, ox.Literal)


def _is_pattern(_: _Shapes, term: Term) -> bool:
    if not isinstance(term, ox.Literal) or term.datatype.value != names.XSD + "string":
        return False
    try:
        re.compile(term.value)
    except (re.error, OverflowError):
        return False
    return True


_COUNT = _Form("one whole number from 0", _is_count, once=True)
_TRUTH = _Form("true or false", _is_truth, once=True)
_IRI = _Form("an IRI", _is_iri)
_ONE_IRI = _Form("one IRI", _is_iri, once=True)
_LITERAL = _Form("one literal", _is_literal, once=True)
_LIST = _Form("a list in ( and )", _Shapes.is_list)
_SHAPE = _Form("a shape that is described", _Shapes.is_described)
_FORMS = {
    _COUNT: ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount",
             "qualifiedMaxCount"),
    _TRUTH: ("deactivated", "uniqueLang", "closed", "qualifiedValueShapesDisjoint"),
    _IRI: ("equals", "disjoint", "lessThan", "lessThanOrEquals", "targetSubjectsOf",
           "targetObjectsOf"),
    _Form("a class that is declared", _Shapes.is_class): ("class", "targetClass"),
    _ONE_IRI: ("datatype", "severity"),
    _LITERAL: ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"),
    _LIST: ("in", "languageIn", "and", "or", "xone", "ignoredProperties"),
    _SHAPE: ("node", "property", "not", "qualifiedValueShape", "sparql"),
    _Form("one kind of node, e.g. sh:IRI", _is_kind, once=True): ("nodeKind",),
    _Form("a regular expression", _is_pattern): ("pattern",),
    _Form("one property or path", _Shapes.is_path, once=True): ("path",),
}  # fmt: skip
_PARAMETERS = {_SH + name: form for form, under in _FORMS.items() for name in under}


def check(
    shaping: Sequence[Reading], readings: Iterable[Reading], folder: Path
) -> list[Problem]:
    """What is wrong with the shapes themselves, and what else all files tell of it."""
    shapes = _Shapes(shaping, readings)
    faults = {
        triple: form.takes
        for triple, form in _faults(shapes)
        if not (form.fits is _Shapes.is_class and shapes.asks_nothing(triple))
    }
    wanted = {t: (t.subject, t.predicate, t.object) for t in faults}
    atlas = places.Atlas(shaping, folder, wanted.values())
    problems = []
    for triple, takes in faults.items():
        parameter, value = atlas.name(triple.predicate), atlas.name(triple.object)
        said = f"the shapes cannot be used: {parameter} takes {takes}, not {value}"
        charge = places.Charge("bad-shape", said, _HINT)
        problems.append(atlas.blame(wanted[triple], charge))
    return sorted(problems)


def unreadable(shaping: Sequence[Reading], folder: Path) -> Problem:
    """What to say where a query of a shape cannot be read, at the first such query."""
    prefixes = {p: ns for each in shaping for p, ns in each.prefixes.items()}
    found = (
        quad.triple
        for reading in shaping
        for quad in reading.quads
        if quad.predicate.value in _QUERIES and not _is_query(quad.object, prefixes)
    )
    wanted = [(t.subject, t.predicate, t.object) for t in itertools.islice(found, 1)]
    atlas = places.Atlas(shaping, folder, wanted)
    said = "the shapes cannot be used: the query in this shape cannot be read"
    charge = places.Charge("bad-shape", said, _HINT)
    blamed = wanted[0] if wanted else None
    return atlas.blame(blamed, charge, shaping[0].source.path)


def _is_query(term: Term, prefixes: Mapping[str, str]) -> bool:
    """Whether a text is a query, where `$PATH` stands for a path (SHACL §5.3.2)."""
    text = getattr(term, "value", "").replace("$PATH", "<urn:path>")
    try:
        ox.Store().query(text, prefixes=dict(prefixes))
    except SyntaxError:
        return False
    return True


def _faults(shapes: _Shapes) -> Iterator[tuple[ox.Triple, _Form]]:
    """The statements that are wrong; of a parameter that stands twice, each but one."""
    seen: Counter[tuple[Term, str]] = Counter()
    for triple in dict.fromkeys(shapes.triples):
        form = _PARAMETERS.get(triple.predicate.value)
        if form is None:
            continue
        place = (triple.subject, triple.predicate.value)
        seen[place] += 1
        if not form.fits(shapes, triple.object) or (form.once and seen[place] > 1):
            yield triple, form
