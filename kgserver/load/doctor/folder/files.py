"""The files of a folder, looked across: outlines, and texts where they are needed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pyoxigraph as ox

from kgserver.load.doctor import charge, lexemes
from kgserver.load.doctor.lexemes import Spot, Text
from kgserver.load.layout import tokens
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from kgserver.load.doctor.charge import Charge
    from kgserver.load.doctor.outline import Columns, Outline
    from kgserver.model.manifest import Source
    from kgserver.model.problem import Problem

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BASE = re.compile(r"(?:@base|BASE)\s+<([^>]*)>")
# From how many characters on a file is large, and how many lines are looked at in it.
_LARGE, _ABOVE = 100_000, 50
_PLAIN = (".rdf", ".jsonld")


@dataclass(slots=True)
class File:
    """A file: its source, its outline, and how its bytes are had where needed.

    `said` are the hash and the line of each of its statements, in two columns.
    """

    source: Source
    outline: Outline
    read: Callable[[], bytes]
    said: Columns
    _text: Text | None = field(default=None, init=False)

    @property
    def path(self) -> str:
        """Where it is in the folder."""
        return self.source.path

    @property
    def text(self) -> Text:
        """What is written in it."""
        if self._text is None:
            terminals = not self.path.endswith(_PLAIN)
            data = tokens.decode(self.read())
            self._text = Text(self.path, data, terminals=terminals)
        return self._text

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that it declares."""
        return {each.prefix: each.namespace for each in self.outline.declared}

    def spelt(self, iri: str) -> set[str]:
        """The lexemes that stand for an IRI."""
        known, last = self.prefixes, iri[-1:]
        named = (each for each in self.text.names if each[-1] == last)
        found = {each for each in named if lexemes.iri(each, known) == iri}
        return found | {each for each in self.text.iris if self._whole(each) == iri}

    def spots(self, iri: str) -> list[Spot]:
        """Every place of an IRI."""
        return list(self.text.spots(self.spelt(iri)))

    def on(self, line: int, iri: str) -> Spot:
        """The place of an IRI on a line, else the last above, else the line's begin.

        In a large file no more than some lines are looked at.
        """
        if len(self.text.text) > _LARGE:
            return self._near(line, iri)
        above = [spot for spot in self.spots(iri) if spot.line <= line]
        there = [spot for spot in above if spot.line == line] or above[-1:]
        return there[0] if there else self.text.beginning(line)

    def _near(self, line: int, iri: str) -> Spot:
        known = self.prefixes
        for number in range(line, max(line - _ABOVE, 0), -1):
            for spot in self.text.on(number):
                whole = spot.text[0] == "<"
                if iri == (
                    self._whole(spot.text) if whole else lexemes.iri(spot.text, known)
                ):
                    return spot
        return self.text.beginning(line)

    def named(self, keys: Collection[int]) -> Mapping[int, str]:
        """The IRIs of some hashes, as far as the file writes them out."""
        known = self.prefixes
        named = filter(None, (lexemes.iri(each, known) for each in self.text.names))
        whole = map(self._whole, self.text.iris)
        hashed = ((_hash(iri), iri) for iri in chain(named, whole))
        return {key: iri for key, iri in hashed if key in keys}

    def _whole(self, lexeme: str) -> str:
        """The IRI of `<…>`; a relative one is resolved as the parser does."""
        iri = lexemes.iri(lexeme, {}) or ""
        if _ABSOLUTE.match(iri):
            return iri
        base = _BASE.search(self.text.text)
        return urljoin(base[1] if base else self.source.graph, iri)

    def tell(self, what: Charge, spot: Spot) -> Problem:
        """A charge as a problem at a place of the file."""
        return charge.at(what, self.text, spot)

    def short(self, iri: str) -> str:
        """An IRI as the file writes it, or would."""
        short = names.shorten(iri, self.prefixes)
        if short[0] != "<":
            return short
        written = sorted(self.spelt(iri), key=len)
        return written[0] if written else short


def _hash(iri: str) -> int:
    try:
        return hash(ox.NamedNode(iri))
    except ValueError:
        return 0
