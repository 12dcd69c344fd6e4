"""The shapes of a graph, read where they stand: in the named graphs of their files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.ask.dataset import Dataset
    from kgserver.load.terms.spelling import Term

    Path = tuple[ox.NamedNode, ...]

SH = "http://www.w3.org/ns/shacl#"
_LAST = 1e9
# The label of a nameless node ends in its number in the file.
_NUMBERED = re.compile(r"^_:.*n(\d+)$")


class Shapes:
    """The statements of the shapes of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self.store = dataset.store

    def objects(self, subject: object, name: str) -> Iterator[Term]:
        """The values of a SHACL property."""
        if isinstance(subject, ox.NamedNode | ox.BlankNode):
            predicate = ox.NamedNode(name if ":" in name else SH + name)
            found = self.store.quads_for_pattern(subject, predicate, None, None)
            yield from dict.fromkeys(quad.object for quad in found)

    def subjects(self, name: str, value: Term) -> Iterator[Term]:
        """The shapes with this value of a SHACL property."""
        found = self.store.quads_for_pattern(None, ox.NamedNode(SH + name), value, None)
        yield from dict.fromkeys(quad.subject for quad in found)

    def members(self, head: object) -> Iterator[Term]:
        """The members of an RDF list."""
        while isinstance(head, ox.NamedNode | ox.BlankNode):
            yield from self.objects(head, names.RDF + "first")
            head = next(self.objects(head, names.RDF + "rest"), None)

    def path(self, node: object) -> Path | None:
        """The properties of a path, if one can write along it (SHACL §2.3.1)."""
        if isinstance(node, ox.NamedNode):
            return (node,)
        either = next(self.objects(node, "alternativePath"), None)
        if either is not None:
            ways = map(self.path, self.members(either))
            return next((way for way in ways if way), None)
        steps = [self.path(each) for each in self.members(node)]
        ends = tuple(step[0] for step in steps if step and len(step) == 1)
        return ends if len(ends) == len(steps) == 2 else None

    def order(self, shapes: Iterable[Term]) -> tuple[float, int]:
        """What these are sorted by: sh:order, then where the nameless ones stand."""
        listed = list(shapes)
        found = (number(v) for s in listed for v in self.objects(s, "order"))
        stands = (_NUMBERED.search(str(each)) for each in listed)
        return (
            min((n for n in found if n is not None), default=_LAST),
            min((int(each[1]) for each in stands if each), default=0),
        )

    def beside(self, shape: Term) -> Iterator[Term]:
        """A shape and all that must hold with it; of alternatives, each."""
        yield shape
        for each in self.objects(shape, "node"):
            yield from self.beside(each)
        for name in ("and", "or", "xone"):
            for head in self.objects(shape, name):
                for member in self.members(head):
                    yield from self.beside(member)


def number(term: Term) -> float | None:
    """The number that a literal is, if it is one."""
    try:
        return float(str(getattr(term, "value", "")))
    except ValueError:
        return None
