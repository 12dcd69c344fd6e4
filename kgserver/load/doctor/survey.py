"""The statements of a file, surveyed as columns of numbers: which terms stand where."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np
import pyoxigraph as ox

from kgserver.load.doctor.outline import Outline, Things, Use
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy.typing as npt

    from kgserver.load.doctor.charge import Charge
    from kgserver.load.terms.statements import Statements, Term

    Numbers = npt.NDArray[np.uint32]
    Rows = npt.NDArray[np.intp]
    Truths = npt.NDArray[np.bool_]
    # A charge against a text that stands on a line.
    Placed = tuple[int, str, Charge]

_RDF, _RDFS, _OWL = names.RDF, names.RDFS, names.OWL
_SH, _PROV, _SCHEMA = (names.WELL_KNOWN[each] for each in ("sh", "prov", "schema"))
_TYPE = _RDF + "type"
# Properties whose value is a class, and those whose value is a property.
_CLASSES = frozenset(
    [_TYPE, _RDFS + "subClassOf", _RDFS + "domain", _RDFS + "range"]
    + [_OWL + each for each in ("equivalentClass", "disjointWith", "complementOf")]
    + [_OWL + each for each in ("someValuesFrom", "allValuesFrom", "onClass")]
    + [_SH + each for each in ("class", "targetClass")]
)  # fmt: skip
_PROPERTIES = frozenset(
    [_RDFS + "subPropertyOf", _RDF + "predicate"]
    + [_OWL + each for each in ("onProperty", "inverseOf", "equivalentProperty")]
    + [_OWL + "propertyDisjointWith"]
    + [_SH + each for each in ("path", "targetSubjectsOf", "targetObjectsOf")]
)
# Properties that say of a class or property what it is.
_AXIOMS = frozenset(
    [_RDFS + each for each in ("subClassOf", "subPropertyOf", "domain", "range")]
    + [_OWL + each for each in ("equivalentClass", "disjointWith", "complementOf")]
    + [_OWL + each for each in ("unionOf", "intersectionOf", "oneOf", "inverseOf")]
    + [_OWL + each for each in ("equivalentProperty", "propertyDisjointWith")]
    + [_OWL + each for each in ("propertyChainAxiom", "hasKey")]
)
# Properties that tell when something was, which is never a day to come.
_PAST = frozenset(
    [names.DCTERMS + each for each in ("created", "modified", "dateSubmitted")]
    + [_PROV + each for each in ("generatedAtTime", "startedAtTime")]
    + [_SCHEMA + each for each in ("dateCreated", "dateModified")]
    + [_SCHEMA + each for each in ("birthDate", "foundingDate")]
)
# Properties that name another version of an ontology, which is not described here.
_VERSIONS = frozenset(
    [_OWL + each for each in ("versionIRI", "priorVersion", "imports")]
    + [_OWL + each for each in ("backwardCompatibleWith", "incompatibleWith")]
)
_DEFINING = (_RDF, _RDFS, _OWL)
# Days before this one need not be compared with today.
_RECENT = "2020"
_NAMED, _LITERAL = 1, 2
_KINDS: Mapping[type, int] = {ox.NamedNode: _NAMED, ox.Literal: _LITERAL}
# The part of a use that a value of each kind belongs to.
_BY_KIND = ("", "thing", "literal")
_NO_ROWS = np.empty(0, np.intp)


class Survey:
    """What a file says, by its terms' numbers; `base` begins the IRIs of the folder."""

    def __init__(self, said: Statements, lines: array[int], base: str) -> None:
        self._terms, count = said.terms, len(said.terms)
        self._s = np.frombuffer(said.subjects, np.uint32)
        self._p = np.frombuffer(said.predicates, np.uint32)
        self._o = np.frombuffer(said.objects, np.uint32)
        self._lines = np.frombuffer(lines, np.uint32)
        self._keys = np.frombuffer(said.keys, np.int64)
        self._identities = np.frombuffer(said.identities(), np.int64)
        kinds = [_KINDS.get(type(term), 0) for term in said.terms]
        self._kinds = np.fromiter(kinds, np.uint8, count)
        self._ours = np.fromiter(
            [type(t) is ox.NamedNode and t.value.startswith(base) for t in said.terms],
            np.bool_,
            count,
        )
        self._number = {self._iri(p): p for p in np.unique(self._p)}

    def outline(self) -> Outline:
        """What is known of the file but for what its text alone tells."""
        types = self._rows([_TYPE])
        types = types[self._kinds[self._o[types]] == _NAMED]
        about = np.flatnonzero(self._ours[self._s])
        return Outline(
            uses=self._uses(),
            defined=self._defined(types),
            described=self._things(self._s, about),
            pointed=self._pointed(),
            members={
                iri: self._things(self._s, rows[self._ours[self._s[rows]]])
                for iri, rows in self._by_class(types)
            },
            labelled=self._things(self._s, self._rows(names.NAMING)),
            nameless={
                iri: int(self._lines[rows[0]])
                for iri, rows in self._by_class(types[self._blank(types)])
            },
            dated=tuple(self._dated()),
            typed=array("q", self._keys[self._rows([_TYPE])]),
        )

    def statements(self, prop: str) -> Iterator[tuple[Term, Term, int]]:
        """Subject, value and line of each statement with a property."""
        for row in self._rows([prop]):
            subject, value = self._terms[self._s[row]], self._terms[self._o[row]]
            yield subject, value, int(self._lines[row])

    def repeated(self) -> Iterator[tuple[int, int]]:
        """The rows that say what an earlier one said, each with the first such."""
        _, first, back = np.unique(
            self._identities, return_index=True, return_inverse=True
        )
        if len(first) < len(self._identities):
            earlier = first[back]
            again = np.flatnonzero(earlier != np.arange(len(self._identities)))
            yield from ((int(row), int(earlier[row])) for row in again)

    def _iri(self, number: np.uint32) -> str:
        term = self._terms[int(number)]
        return term.value if isinstance(term, ox.NamedNode) else ""

    def _rows(self, properties: Iterable[str]) -> Rows:
        """The rows with one of some properties."""
        known = [self._number[iri] for iri in properties if iri in self._number]
        return np.flatnonzero(np.isin(self._p, known)) if known else _NO_ROWS

    def _things(self, column: Numbers, rows: Rows) -> Things:
        """The distinct terms of a column in some rows, each with its first line."""
        numbers, first = np.unique(column[rows], return_index=True)
        keys = [hash(self._terms[number]) for number in numbers]
        lines = self._lines[rows[first]] if len(rows) else ()
        return Things(array("q", keys), array("I", lines))

    def _uses(self) -> dict[str, Use]:
        """How each property is used, and what else stands for a class or property."""
        found: dict[str, Use] = {}
        pairs, first = np.unique(
            self._p.astype(np.uint64) * 4 + self._kinds[self._o], return_index=True
        )
        for pair, row in zip(pairs, first, strict=True):
            iri, line = self._iri(pair // 4), int(self._lines[row])
            known, name = found.get(iri, Use(line)), _BY_KIND[int(pair % 4)]
            known = known._replace(prop=min(known.prop, line))
            found[iri] = known._replace(**{name: line}) if name else known
        for properties, name in ((_PROPERTIES, "prop"), (_CLASSES, "kind")):
            rows = self._rows(properties)
            numbers, first = np.unique(self._o[rows], return_index=True)
            for number, row in zip(numbers, first, strict=True):
                iri, line = self._iri(number), int(self._lines[rows[row]])
                known = found.get(iri, Use())
                if iri and not getattr(known, name):
                    found[iri] = known._replace(**{name: line})
        return found

    def _by_class(self, types: Rows) -> Iterator[tuple[str, Rows]]:
        """The rows that say of what class something is, by the class."""
        for number in np.unique(self._o[types]):
            yield self._iri(number), types[self._o[types] == number]

    def _blank(self, rows: Rows) -> Truths:
        return np.asarray(self._kinds[self._s[rows]] == 0)

    def _defined(self, types: Rows) -> dict[str, tuple[str, ...]]:
        """The subjects that are terms, with their classes of RDF, RDFS and OWL."""
        found: dict[str, list[str]] = {}
        for number in np.unique(self._s[self._rows(_AXIOMS)]):
            found[self._iri(number)] = []
        for iri, rows in self._by_class(types):
            if iri.startswith(_DEFINING):
                for number in np.unique(self._s[rows]):
                    found.setdefault(self._iri(number), []).append(iri)
        return {iri: tuple(classes) for iri, classes in found.items() if iri}

    def _pointed(self) -> Things:
        """The values below the base that the file itself says nothing of."""
        terms = self._rows([*_CLASSES, *_PROPERTIES, *_VERSIONS])
        wanted = self._ours.copy()
        wanted[self._s] = False
        links = wanted[self._o]
        links[terms] = False
        return self._things(self._o, np.flatnonzero(links))

    def _dated(self) -> Iterator[tuple[str, int]]:
        for row in self._rows(_PAST):
            day = self._terms[self._o[row]]
            if isinstance(day, ox.Literal) and _RECENT <= day.value[:4] <= "9999":
                yield day.value, int(self._lines[row])
