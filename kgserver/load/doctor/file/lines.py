"""The lexemes of a file that has a statement a line, told from its distinct terms.

Going through a hundred megabytes for them takes as long as parsing those; the terms are
known already. Where a lexeme may be written otherwise than its term, nobody is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgserver.load.terms.statements import Term

_TAG = re.compile(r'"(@[A-Za-z]+(?:-[A-Za-z0-9]+)*)')


def lexemes(text: str, terms: Iterable[Term]) -> set[str] | None:
    """The lexemes of the text but for comments, or None where they must be looked for.

    Escapes are written in many ways, and comments may switch rules off.
    """
    if "\\" in text or "check:" in text:
        return None
    found = set(_TAG.findall(text)) if '"@' in text else set()
    kinds: set[ox.NamedNode] = set()
    for term in terms:
        if isinstance(term, ox.NamedNode):
            found.add(f"<{term.value}>")
        elif isinstance(term, ox.Literal):
            found.add(f'"{term.value}"')
            kinds.add(term.datatype)
        elif isinstance(term, ox.Triple):
            return None
    return found | set(map(str, kinds))
