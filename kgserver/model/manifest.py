"""What a build leaves behind, as frozen values: its sources and its snapshot."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal["ontology", "shapes", "data"]


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the folder: its path there, its graph's IRI, what it is for.

    `digest` is the BLAKE2b of its bytes in hex; `path` has forward slashes.
    """

    path: str
    graph: str
    role: Role
    digest: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a version holds; a triple that stands in two files counts once."""

    asserted: int
    inferred: int
    merged: int


@dataclass(frozen=True, slots=True)
class Example:
    """One query of the folder's examples: what it asks, and its text.

    `name` is its file's without suffix; `form` is SELECT, ASK, CONSTRUCT or DESCRIBE.
    """

    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    form: str
    text: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One immutable version of the graph.

    `version` counts up from 1 in its folder; `digest` is over all that the version was
    made from, so equal input has an equal digest on every machine; `created` is ISO
    8601 in UTC. `apart` are the IRIs of graphs that no conclusion is drawn from;
    `merged` tells whether the default graph holds what is asserted and inferred;
    `checker` is the digest of the code that found its problems; `past` is what the
    version hangs on that no file says, such as the commit that is checked out.
    """

    version: int
    digest: str
    created: str
    base_iri: str
    reasoning: str
    counts: Counts
    sources: tuple[Source, ...]
    prefixes: Mapping[str, str]
    problems: tuple[Problem, ...]
    apart: tuple[str, ...] = ()
    merged: bool = True
    examples: tuple[Example, ...] = ()
    checker: str = ""
    past: str = ""


def dump(snapshot: Snapshot) -> str:
    """The snapshot as JSON text, one line a member of a list."""
    return json.dumps(asdict(snapshot), ensure_ascii=False, indent=1) + "\n"


def load(text: str) -> Snapshot:
    """The snapshot that `dump` wrote; raises ValueError where that is damaged."""
    try:
        return _snapshot(json.loads(text))
    except (KeyError, TypeError, AttributeError) as fault:
        message = f"this is no manifest: {fault}"
        raise ValueError(message) from fault


def _snapshot(members: dict[str, Any]) -> Snapshot:
    members["counts"] = Counts(**members["counts"])
    members["sources"] = tuple(Source(**source) for source in members["sources"])
    members["apart"] = tuple(members.get("apart", ()))
    members["examples"] = tuple(_example(e) for e in members.get("examples", ()))
    members["problems"] = tuple(Problem(**problem) for problem in members["problems"])
    return Snapshot(**members)


def _example(members: dict[str, Any]) -> Example:
    return Example(**{**members, "keywords": tuple(members["keywords"])})
