"""The outline of a file: what must be known of it to look across files.

Things are told apart by the engine's hash of their IRI, eight bytes each, so that the
outlines of a million statements are read in a fraction of a second. A name is looked
up in the file again where something is wrong with it.
"""

from __future__ import annotations

import base64
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


# Columns of numbers, of statements or things.
Columns = tuple[memoryview, memoryview]


class Declared(NamedTuple):
    """A prefix with its namespace, and where the namespace stands."""

    prefix: str
    namespace: str
    line: int
    column: int


class Comment(NamedTuple):
    """A comment that switches rules off: its place, the text of its line, the line that
    it is about.
    """

    line: int
    column: int
    text: str
    covers: int
    codes: tuple[str, ...]


class Use(NamedTuple):
    """How an IRI is used as a term: the first line of each use, 0 for none.

    It stands as a property, as one with a literal, as one with a thing, as a class.
    """

    prop: int = 0
    literal: int = 0
    thing: int = 0
    kind: int = 0


class Things(NamedTuple):
    """Things by the hash of their IRI, each with the first line that names it so."""

    keys: array[int]
    lines: array[int]


NOTHING = Things(array("q"), array("I"))


class Labels(NamedTuple):
    """Labels: the key of each is that of a thing, a property and a language together.

    `texts` are the hashes of the texts, `lines` where they stand.
    """

    keys: array[int]
    texts: array[int]
    lines: array[int]


NO_LABELS = Labels(array("q"), array("q"), array("I"))


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a file.

    `known` are the IRIs of well-known vocabularies that it names; `defined` says of
    each subject that is a term which classes of OWL and RDFS it has. `described` are
    the subjects below the base IRI, `pointed` the values there that the file itself
    does not describe; `members` and `labelled` hold those of a class, and those with a
    name. `dated` are the days, not far back, on which something is said to have been.
    `typed` are the hashes of the statements that say of what class something is.
    `untagged` are the lines of the labels without a language.
    """

    declared: tuple[Declared, ...] = ()
    comments: tuple[Comment, ...] = ()
    uses: Mapping[str, Use] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    defined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    described: Things = NOTHING
    pointed: Things = NOTHING
    members: Mapping[str, Things] = field(default_factory=dict)
    labelled: Things = NOTHING
    nameless: Mapping[str, int] = field(default_factory=dict)
    dated: tuple[tuple[str, int], ...] = ()
    labels: Labels = NO_LABELS
    untagged: array[int] = field(default_factory=lambda: array("I"))
    typed: array[int] = field(default_factory=lambda: array("q"))

    def as_json(self) -> dict[str, Any]:
        """The outline as `load` reads it."""
        return {
            "declared": self.declared,
            "comments": self.comments,
            "uses": self.uses,
            "known": self.known,
            "defined": self.defined,
            "described": _dump(self.described),
            "pointed": _dump(self.pointed),
            "members": {name: _dump(each) for name, each in self.members.items()},
            "labelled": _dump(self.labelled),
            "nameless": self.nameless,
            "dated": self.dated,
            "labels": _dump(self.labels),
            "untagged": _text(self.untagged),
            "typed": _text(self.typed),
        }


def load(members: Mapping[str, Any]) -> Outline:
    """The outline that `as_json` gave."""
    return Outline(
        declared=tuple(Declared(*each) for each in members["declared"]),
        comments=tuple(
            Comment(line, column, text, covers, tuple(codes))
            for line, column, text, covers, codes in members["comments"]
        ),
        uses={iri: Use(*each) for iri, each in members["uses"].items()},
        known=tuple(members["known"]),
        defined={iri: tuple(each) for iri, each in members["defined"].items()},
        described=_things(members["described"]),
        pointed=_things(members["pointed"]),
        members={iri: _things(each) for iri, each in members["members"].items()},
        labelled=_things(members["labelled"]),
        nameless=members["nameless"],
        dated=tuple((day, line) for day, line in members["dated"]),
        labels=Labels(*map(_load, "qqI", members["labels"])),
        untagged=_load("I", members["untagged"]),
        typed=_load("q", members["typed"]),
    )


def _dump(held: Things | Labels) -> tuple[str, ...]:
    return tuple(map(_text, held))


def _text(held: array[int]) -> str:
    return base64.b64encode(held.tobytes()).decode()


def _things(parts: tuple[str, str]) -> Things:
    return Things(*map(_load, "qI", parts))


def _load(kind: str, text: str) -> array[int]:
    held: array[int] = array(kind)
    held.frombytes(base64.b64decode(text))
    return held
