"""Whether a query can be read, found out without asking the data anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.ask.sparql import protocol, query
from kgserver.model.refusal import EvaluationFailed, OverLimit, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.ask.sparql.query import Question


def fault(
    text: str, endpoints: tuple[str, ...], read: Callable[[Question], object]
) -> Refusal | None:
    """Why the text is no query that is answered here; None where it is one.

    `read` hands a question to the engine, which only has to read it, and raises a
    Refusal where it cannot.
    """
    try:
        read(query.consider(protocol.Query(text), endpoints))
    except (OverLimit, EvaluationFailed):
        return None  # it could be read, and failed at a value
    except Refusal as refused:
        return refused
    return None
