"""Prefixes that a file uses without declaring them, and the declaration that was meant.

Where a declaration is misspelt, commented out or given another prefix's name, it is
blamed in place of each use of the prefix.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.load.syntax import slips
from kgserver.load.syntax.blame import Blame
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from kgserver.load.layout.blocks import Block
    from kgserver.load.layout.tokens import Token
    from kgserver.load.syntax.brokenfile import BrokenFile, Declaration


@dataclass(frozen=True, slots=True)
class Lack:
    """A prefix used without declaration: its first use, the number of its block."""

    at: int
    token: Token

    @property
    def prefix(self) -> str:
        """The prefix without its colon."""
        return self.token.text.partition(":")[0]


def find(whole: BrokenFile, faulty: Container[int]) -> list[Lack]:
    """The first use of each prefix that is not declared before it.

    A broken declaration was meant for one of them, which is then not told: the one that
    it names, or else the first.
    """
    anywhere = {d.prefix for each in whole.declared.values() for d in each if d.whole}
    known: set[str] = set()
    lacks: dict[str, Lack] = {}
    unnamed = 0
    for at, block in enumerate(whole.blocks):
        known |= {each.prefix for each in whole.declared.get(at, ()) if each.whole}
        if at in faulty and block.declares:
            named = set(_meant(block)) & whole.used.keys() - anywhere
            known |= named
            unnamed += not named
            continue
        for token in block.tokens:
            prefix = token.text.partition(":")[0]
            if token.kind == "name" and prefix not in known:
                lacks.setdefault(prefix, Lack(at, token))
    return list(lacks.values())[unnamed:]


def blamed(whole: BrokenFile, lack: Lack) -> Blame:
    """What to say of a prefix without declaration, and where."""
    declared = [each for some in whole.declared.values() for each in some]
    place, why = lack.token, ""
    bare = next((d for d in declared if d.prefix == lack.prefix and not d.whole), None)
    comment = _commented(lack.prefix, whole.tokens)
    other = _misnamed(lack.prefix, declared, whole)
    if bare:
        place, why = bare.name, "@prefix is missing before its declaration"
    elif comment:
        place, why = comment, "its declaration stands in a comment"
    elif other:
        place, why = other.name, f"its namespace is declared as {other.prefix}: here"
    what = slips.undeclared(lack.prefix, [each.prefix for each in declared], why)
    return Blame(place.line, place.column, what)


def _meant(block: Block) -> Iterator[str]:
    """The prefixes that a broken declaration may have been meant to declare."""
    namespaces = {iri: prefix for prefix, iri in names.WELL_KNOWN.items()}
    for token in block.tokens:
        if token.kind in ("name", "word"):
            yield token.text.partition(":")[0]
        elif token.kind == "iri" and token.text[1:-1] in namespaces:
            yield namespaces[token.text[1:-1]]


def _commented(prefix: str, written: Sequence[Token]) -> Token | None:
    """The comment that holds the declaration of a prefix."""
    form = re.compile(rf"prefix\s+{re.escape(prefix)}:", re.IGNORECASE)
    comments = (each for each in written if each.kind == "comment")
    return next((each for each in comments if form.search(each.text)), None)


def _misnamed(
    prefix: str, declared: Sequence[Declaration], whole: BrokenFile
) -> Declaration | None:
    """The declaration meant for a prefix.

    It is the one of the prefix's well-known namespace; else one of two for one prefix,
    where its namespace is named like the one that lacks; else one of a near name that
    nothing uses.
    """
    well_known = names.WELL_KNOWN.get(prefix)
    counts: dict[str, int] = {}
    for each in declared:
        counts[each.prefix] = counts.get(each.prefix, 0) + 1
    for each in declared:
        named = prefix in each.iri and counts[each.prefix] > 1
        if each.prefix != prefix and (each.iri == well_known or named):
            return each
    unused = {
        each.prefix: each
        for each in declared
        if each.prefix not in whole.used
        and names.WELL_KNOWN.get(each.prefix) != each.iri
    }
    near = names.nearest(prefix, unused)
    return unused[near] if near else None
