"""What a message asks, decided before anything is evaluated: question, format, tag."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.sparql import lookup, protocol, query
from kgserver.model import media
from kgserver.serve import rendering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.protocol import Message, Query
    from kgserver.ask.sparql.query import Question
    from kgserver.model.media import Media
    from kgserver.serve.wire.request import Request

# A header of more characters is not worth remembering.
_SHORT = 512


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the format of its answer, and the validator of that.

    The validator is empty for a POST, and for what differs from call to call.
    `is_lookup` tells of a question that need not go to the engine's processes.
    """

    question: Question
    form: Media
    tag: str
    is_lookup: bool = False

    @property
    def apart(self) -> bool:
        """Whether a page answers it, or an explanation, or another version."""
        asked = self.question.query
        return self.form is media.HTML or asked.explain or asked.edition

    def without_tokens(self) -> Asked:
        """The same in less memory, for as long as the query waits and runs."""
        return replace(self, question=replace(self.question, tokens=()))


def read(
    request: Request, dataset: Dataset, endpoints: tuple[str, ...], *, lookups: bool
) -> Asked | None:
    """What a request asks, as `consider` tells it."""
    message = protocol.Message(
        request.method,
        request.header(b"content-type"),
        request.query,
        request.body,
        request.header(b"query-id"),
    )
    accept = request.header(b"accept")
    return consider(message, accept, dataset, endpoints, lookups=lookups)


def consider(
    message: Message,
    accept: str,
    dataset: Dataset,
    endpoints: tuple[str, ...],
    *,
    lookups: bool = False,
) -> Asked | None:
    """What a message asks; None without a query. Raises a Refusal where it may not.

    `endpoints` are those that SERVICE may ask. Where `lookups` are told apart, nothing
    but their kind has been looked at.
    """
    asked = protocol.read(message)
    if asked is None:
        return None
    asked = _narrowed(dataset, asked)
    found = lookup.find(asked) if lookups else None
    question = found or query.consider(asked, endpoints)
    accept = media.shortcut(asked.format) or accept
    look = _remembered if len(accept) < _SHORT else _liked
    form = look(accept, question.offers) or query.choose(question, accept)
    tag = _tag(dataset, question, form.type, message.method)
    made = Asked(question, form, tag, found is not None)
    return reconsider(made, endpoints) if found and made.apart else made


def reconsider(asked: Asked, endpoints: tuple[str, ...]) -> Asked:
    """The same for the engine's processes; raises a Refusal as `consider` does."""
    question = query.consider(asked.question.query, endpoints)
    return replace(asked, question=question, is_lookup=False)


def _liked(accept: str, offers: Sequence[Media]) -> Media | None:
    return media.choose(accept, (*offers, media.HTML))


_remembered = lru_cache(maxsize=512)(_liked)


def _narrowed(dataset: Dataset, asked: Query) -> Query:
    """The query put to the files alone, where it asks for that and names no graphs."""
    if not asked.asserted or asked.default_graphs or asked.named_graphs:
        return asked
    there = dataset.names
    derived = {there.inferred, there.catalog, there.provenance}
    sources = dataset.snapshot.sources
    shapes = {source.graph for source in sources if source.role == "shapes"}
    graphs = tuple(
        graph.value
        for graph in dataset.store.named_graphs()
        if isinstance(graph, ox.NamedNode) and graph.value not in derived
    )
    merged = tuple(graph for graph in graphs if graph not in shapes)
    return replace(asked, default_graphs=merged, named_graphs=graphs)


def _tag(dataset: Dataset, question: Question, form: str, method: str) -> str:
    if method == "POST" or not question.steady:
        return ""
    asked = question.query
    graphs = [*asked.default_graphs, "", *asked.named_graphs]
    return rendering.entity_tag(dataset.snapshot.digest, form, asked.text, *graphs)
