"""Whether a query can be read, found out without asking the data anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.sparql import diagnosis, protocol, query
from kgserver.model.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING = ox.Store()


def fault(text: str, prefixes: Mapping[str, str]) -> Exception | None:
    """Why the text is no query that is answered here; None where it is one.

    `prefixes` are those of the data, to propose the right namespace.
    """
    try:
        question = query.consider(protocol.Query(text))
    except Refusal as refused:
        return refused
    try:
        _NOTHING.query(text)
    except SyntaxError as told:
        return diagnosis.explain(text, question.tokens, told, prefixes)
    except (OSError, RuntimeError, ValueError):
        return None  # it could be read, and failed at a value
    return None
