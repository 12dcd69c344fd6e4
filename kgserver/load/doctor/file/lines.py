"""The lexemes of a file that has a statement a line, told from its distinct terms.

Going through a hundred megabytes for them takes as long as parsing those; the terms are
known already. Where a lexeme may be written otherwise than its term, nobody is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.doctor.lexemes import Lexemes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.load.terms.statements import Term

_TAG = re.compile(r'"(@[A-Za-z]+(?:-[A-Za-z0-9]+)*)')


def lexemes(text: str, terms: Sequence[Term]) -> Lexemes | None:
    """The lexemes of the text but for comments, or None where they must be looked for.

    Escapes are written in many ways, and comments may switch rules off.
    """
    if "\\" in text or "check:" in text or ox.Triple in set(map(type, terms)):
        return None
    literals = [each for each in terms if type(each) is ox.Literal]
    kinds = {each.datatype for each in literals}
    named = [each.value for each in terms if type(each) is ox.NamedNode]
    return Lexemes(
        iris=[f"<{each}>" for each in (*named, *(kind.value for kind in kinds))],
        tags=list(set(_TAG.findall(text))) if '"@' in text else (),
        texts=list({f'"{each.value}"' for each in literals}),
    )
