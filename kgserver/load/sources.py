"""The folder's RDF files: which there are, what each is for, and which graph it fills.

One Turtle file is one named graph: what a maintainer sees in the editor is what a query
sees under `GRAPH`, and deleting a file deletes exactly its statements.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.digests import Digests
from kgserver.model import names
from kgserver.model.manifest import Role, Source
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path, PurePath

    from kgserver.model.settings import Settings

FORMATS: Mapping[str, ox.RdfFormat] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
}


def find(settings: Settings) -> tuple[Source, ...]:
    """Every RDF file of the folder, in the order of their paths.

    `ontology/` and `graph/` are searched; a folder that has no `graph/` is itself the
    graph folder. Hidden files and folders are passed over, and what is `_barred`.
    """
    folder, digests = settings.folder, Digests(settings.state)
    found = tuple(
        named(settings, path.relative_to(folder), digests.of(path))
        for path in _paths(folder)
        if not _barred(folder, path)
    )
    digests.keep()
    return found


def _paths(folder: Path) -> list[Path]:
    graph = folder / "graph"
    found = {*_files(graph if graph.is_dir() else folder), *_files(folder / "ontology")}
    return sorted(p for p in found if not p.is_relative_to(folder / "queries"))


def _barred(folder: Path, path: Path) -> tuple[str, str] | None:
    """Why a file is not read, and what to do; None where it is.

    Whoever may write into the folder need not be one who may read all else that this
    process can: what a link leads to would be served.
    """
    homes = (folder, folder / "graph", folder / "ontology")
    if path.is_symlink():
        target = path.resolve()
        if not any(target.is_relative_to(home.resolve()) for home in homes):
            return "it leads out of the folder", "Copy what it leads to into its place."
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return "it has a name that is not UTF-8", "Rename it."
    return None


def format_of(source: Source) -> ox.RdfFormat:
    """The format that a file is written in, from its suffix."""
    return FORMATS[f".{source.path.rpartition('.')[2]}"]


def terminals(source: Source) -> bool:
    """Whether a file's format is made of the terminals of Turtle."""
    return format_of(source) not in (ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)


def base_of(source: Source) -> str:
    """What the IRIs of a source's folder begin with, as its graph's IRI does."""
    below = PurePosixPath(source.path.removeprefix("graph/")).with_suffix("")
    return source.graph.removesuffix(names.Names("").graph(below.as_posix()))


def names_graphs(source: Source) -> bool:
    """Whether a file's format lets it name graphs of its own (N-Quads, TriG)."""
    return format_of(source).supports_datasets


def problems(settings: Settings, sources: Iterable[Source]) -> list[Problem]:
    """What is wrong with the folder itself: no files, two for a graph, barred ones."""
    folder = settings.folder
    barred = [
        _not_read(path.relative_to(folder), *why)
        for path in _paths(folder)
        if (why := _barred(folder, path))
    ]
    by_graph: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        by_graph[source.graph].append(source)
    if not by_graph:
        return barred or [_empty(settings)]
    return barred + [
        _twice(first, later) for first, *others in by_graph.values() for later in others
    ]


def _not_read(path: PurePath, why: str, hint: str) -> Problem:
    file = os.fsencode(path).decode("utf-8", "replace")
    said = f"the file cannot be read: {why}"
    return Problem(file, 0, 0, "error", "not-read", said, hint)


def _empty(settings: Settings) -> Problem:
    return Problem(
        file=str(settings.folder), line=0, column=0, severity="error", code="no-files",
        message="the folder holds no RDF file",
        hint=f"Put Turtle files into {settings.folder / 'graph'}, or name another one.",
    )  # fmt: skip


def _twice(first: Source, later: Source) -> Problem:
    return Problem(
        file=later.path, line=0, column=0, severity="error", code="graph-twice",
        message=f"fills the graph <{later.graph}>, as {first.path} does",
        hint="Rename one of the two: a file's path without suffix names its graph.",
    )  # fmt: skip


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.suffix in FORMATS
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def named(settings: Settings, path: PurePath, digest: str = "") -> Source:
    """The source that a file is, from its path in the folder alone."""
    role: Role = "ontology" if path.parts[0] == "ontology" else "data"
    if f".{path.name}".endswith(".shapes.ttl"):
        role = "shapes"
    below = path.relative_to("graph") if path.parts[0] == "graph" else path
    graph = settings.names.graph(below.with_suffix("").as_posix())
    return Source(path.as_posix(), graph, role, digest)
