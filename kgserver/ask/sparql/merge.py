"""The graphs that FROM puts together, so that they are one to the engine.

Where a query names several, what it asks is their merge, in which a statement stands
once (SPARQL 1.1 Query §13.2.1); see `ask/engine/merging.py`.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from kgserver.ask.sparql import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.sparql.gate.tokens import Token

_FROM = re.compile(r"\bFROM\b", re.IGNORECASE)


def several(text: str) -> bool:
    """Whether a query may name several graphs; quick, and true a little too often."""
    return len(_FROM.findall(text)) > 1


def graphs(found: Sequence[Token]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What FROM and FROM NAMED name in the tokens of a query, as IRIs.

    Two empty ones where it is one graph, or where the engine alone can tell which.
    """
    prefixes = vocabulary.declared(found)
    default: list[str] = []
    named: list[str] = []
    head = itertools.takewhile(lambda token: token.mark != "{", found)
    for before, token in itertools.pairwise(head):
        if before.word not in {"FROM", "NAMED"} or token.word == "NAMED":
            continue
        iri = _whole(token, prefixes)
        if not iri:
            return (), ()
        (named if before.word == "NAMED" else default).append(iri)
    return (tuple(default), tuple(named)) if len(default) > 1 else ((), ())


def _whole(token: Token, prefixes: Mapping[str, str]) -> str:
    """The IRI of a token; nothing where it is relative or has an escape."""
    node = vocabulary.resolved(token.text, prefixes)
    known = token.kind == "iri" or token.text.partition(":")[0] in prefixes
    return node.value if node and known else ""
