"""What one commit changed of one entity, as values, and how that is found."""

from __future__ import annotations

import datetime
import os
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.terms import nodes, spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its id, who wrote it, when (ISO 8601), the first line of its message.

    No address of the author is kept.
    """

    id: str
    author: str
    date: str
    summary: str

    @property
    def short(self) -> str:
        """The id as people write it."""
        return self.id[:10]


@dataclass(frozen=True, slots=True)
class Entry:
    """The statements about one entity that a commit added and removed.

    Without a commit it is what has been saved and not been committed. Where a commit
    changes more than is kept, the counts say how much, and no triples are there.
    """

    commit: Commit | None
    added: tuple[ox.Triple, ...]
    removed: tuple[ox.Triple, ...]
    counts: tuple[int, int]

    def as_json(self) -> Mapping[str, object]:
        """The change for machines; triples are lines of N-Triples."""
        commit, (added, removed) = self.commit, self.counts
        return {
            "commit": commit.id if commit else None,
            "author": commit.author if commit else None,
            "date": commit.date if commit else None,
            "summary": commit.summary if commit else "not committed yet",
            "added": [f"{triple} ." for triple in self.added],
            "removed": [f"{triple} ." for triple in self.removed],
            "addedCount": added,
            "removedCount": removed,
        }


def by_entity(triples: Iterable[ox.Triple]) -> Mapping[str, frozenset[str]]:
    """The statements about each named entity, as lines of N-Triples, by its IRI.

    What is said of a blank node belongs to the entity that leads to it.
    """
    listed = nodes.by_content(triples)
    about: dict[object, list[ox.Triple]] = defaultdict(list)
    for triple in listed:
        about[triple.subject].append(triple)
    return {
        node.value: frozenset(map(str, _reached(node, about)))
        for node in list(about)
        if isinstance(node, ox.NamedNode)
    }


def changes(
    before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]
) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Added and removed lines of each entity that differs."""
    nothing: frozenset[str] = frozenset()
    found = {
        iri: (
            after.get(iri, nothing) - before.get(iri, nothing),
            before.get(iri, nothing) - after.get(iri, nothing),
        )
        for iri in {*before, *after}
    }
    return {iri: each for iri, each in found.items() if each[0] or each[1]}


def joined(
    parts: Iterable[Mapping[str, frozenset[str]]],
) -> Mapping[str, frozenset[str]]:
    """The statements of several files as those of one."""
    union: dict[str, frozenset[str]] = {}
    for part in parts:
        for iri, lines in part.items():
            union[iri] = union[iri] | lines if iri in union else lines
    return union


def triples(lines: Iterable[str]) -> tuple[ox.Triple, ...]:
    """Lines of N-Triples, without their full stops, as triples, sorted."""
    text = "".join(f"{line} .\n" for line in sorted(lines))
    parsed = ox.parse(text, ox.RdfFormat.N_TRIPLES)
    return tuple(quad.triple for quad in parsed)


def moment(seconds: int) -> str:
    """A time as git counts it, in ISO 8601 and UTC."""
    told = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return told.isoformat(timespec="seconds")


def plain(text: str) -> str:
    """What git says, whose bytes may be no UTF-8 or move a terminal's cursor."""
    return spelling.plain(os.fsencode(text).decode("utf-8", "replace"))


def _reached(
    node: ox.NamedNode, about: Mapping[object, list[ox.Triple]]
) -> Iterable[ox.Triple]:
    waiting: list[object] = [node]
    seen: set[object] = set(waiting)
    while waiting:
        for triple in about.get(waiting.pop(), ()):
            yield triple
            value = triple.object
            if isinstance(value, ox.BlankNode) and value not in seen:
                seen.add(value)
                waiting.append(value)
