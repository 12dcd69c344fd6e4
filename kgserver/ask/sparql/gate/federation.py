"""A query as it is handed to the engine: its last changes, and where SERVICE asks.

The worker that runs the query puts the address of the relay where an endpoint stands
(see `ask/engine/relay.py`); places are kept for that, as the text is not read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.ask.sparql.gate import guard, spacing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from kgserver.ask.engine.relay import Place
    from kgserver.ask.sparql.gate.tokens import Token


def written(
    query: str, found: Sequence[Token], endpoints: Sequence[str]
) -> tuple[str, tuple[Place, ...]]:
    """The text for the engine, and where in it each listed endpoint stands.

    Without tokens it is one of which nothing is changed.
    """
    if not found:
        return query, ()
    parts: list[str] = []
    places: list[Place] = []
    end = length = 0
    changed = [*spacing.escaped(found), *_asked(found, endpoints)]
    for token, text in sorted(changed, key=lambda each: each[0].offset):
        if query[token.offset : token.end] != token.text:
            continue  # it stands in a SERVICE that is left out
        parts += [query[end : token.offset], text]
        length += token.offset - end
        if text == token.text:
            number = endpoints.index(text[1:-1])
            places.append((length, length + len(text), number))
        length, end = length + len(text), token.end
    return "".join([*parts, query[end:]]), tuple(places)


def _asked(
    found: Sequence[Token], endpoints: Collection[str]
) -> Iterator[tuple[Token, str]]:
    for _, asked, _ in guard.services(found):
        if asked.text[1:-1] in endpoints:
            yield asked, asked.text
