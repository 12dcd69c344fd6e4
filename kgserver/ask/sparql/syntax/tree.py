"""The shape of a query: its groups and the triple patterns in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Pattern:
    """One triple pattern; its terms in SPARQL's syntax, blank nodes as variables.

    `predicate` may be a property path. `offset` is where it begins in the query.
    """

    subject: str
    predicate: str
    object: str
    offset: int
    variables: frozenset[str]

    @property
    def text(self) -> str:
        """The pattern as a query has it."""
        return f"{self.subject} {self.predicate} {self.object}"


@dataclass(frozen=True, slots=True)
class Element:
    """Something in a group that is no triple pattern.

    `kind` is the keyword that begins it (FILTER, BIND, VALUES, OPTIONAL, UNION, MINUS,
    GRAPH, SERVICE, SELECT) or GROUP; `text` is its source; `groups` are the groups in
    it; `name` is the graph or endpoint that it names.
    """

    kind: str
    offset: int
    text: str
    variables: frozenset[str]
    groups: tuple[Group, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between two braces, in the order of the query, and its source."""

    offset: int
    parts: tuple[Pattern | Element, ...]
    text: str = ""

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """The triple patterns of this group itself."""
        return tuple(part for part in self.parts if isinstance(part, Pattern))

    def each(self) -> Iterator[Pattern | Element]:
        """Every part, those of groups within this one after what they stand in."""
        for part in self.parts:
            yield part
            if isinstance(part, Element):
                for group in part.groups:
                    yield from group.each()

    @property
    def variables(self) -> frozenset[str]:
        """Every variable that stands in the group, however deep."""
        return frozenset().union(*(part.variables for part in self.parts))


@dataclass(frozen=True, slots=True)
class Tree:
    """A query as it was read: its prologue, its form, its FROM clauses, its WHERE.

    `where` is None for a DESCRIBE without one; `end` is the offset of what is behind.
    """

    prologue: str
    form: str
    sources: str
    where: Group | None
    end: int = 0
