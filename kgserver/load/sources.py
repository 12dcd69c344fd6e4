"""The folder's RDF files: which there are, what each is for, and which graph it fills.

One Turtle file is one named graph: what a maintainer sees in the editor is what a query
sees under `GRAPH`, and deleting a file deletes exactly its statements.
"""

from __future__ import annotations

import errno
import os
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import links
from kgserver.load.digests import Digests
from kgserver.model import names
from kgserver.model.manifest import Role, Source
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
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

# What else files of RDF are called, and what they are called here.
_INSTEAD = {
    ".turtle": ".ttl",
    ".n3": ".ttl",
    ".owl": ".rdf",
    ".rdfs": ".rdf",
    ".ntriples": ".nt",
    ".nquads": ".nq",
    ".json-ld": ".jsonld",
}


def find(settings: Settings) -> tuple[Source, ...]:
    """Every RDF file of the folder, in the order of their paths.

    `ontology/` and `graph/` are searched; a folder that has no `graph/` is itself the
    graph folder. Hidden files and folders are passed over.
    """
    folder = settings.folder
    graph = folder / "graph"
    data = _files(graph if graph.is_dir() else folder)
    ontology = _files(folder / "ontology")
    digests = Digests(settings.state)
    found = tuple(
        named(settings, path.relative_to(folder), digests.of(path))
        for path in links.followed(folder, {*data, *ontology})
        if not path.is_relative_to(folder / "queries")
    )
    digests.keep()
    return found


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
    """What is wrong with the folder itself: no files in it, or two for one graph."""
    by_graph: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        by_graph[source.graph].append(source)
    passed = [*_links_outside(settings.folder), *_passed_over(settings.folder)]
    if not by_graph:
        return [_empty(settings), *passed]
    twice = [
        _twice(first, later) for first, *others in by_graph.values() for later in others
    ]
    return twice + passed


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


def _unread(path: str) -> Problem:
    suffix = PurePosixPath(path).suffix
    better = _INSTEAD.get(suffix.lower(), suffix.lower())
    return Problem(
        file=path, line=0, column=0, severity="warning", code="unread-file",
        message=f"the file is not read: its name ends in {suffix}",
        hint=f"Let its name end in {better} if that is what it holds.",
    )  # fmt: skip


def _links_outside(folder: Path) -> Iterator[Problem]:
    graph = folder / "graph"
    found = {*_files(graph if graph.is_dir() else folder), *_files(folder / "ontology")}
    for path in sorted({*found, *(folder / "queries").rglob("*.rq")}):
        if links.leads_out(folder, path):
            yield Problem(
                path.relative_to(folder).as_posix(), 0, 0, "error", "link-outside",
                "the file cannot be read: it leads out of the folder",
                "Copy what it leads to into its place.",
            )  # fmt: skip


def _closed(fault: OSError, folder: Path) -> Problem:
    return Problem(
        PurePosixPath(fault.filename).relative_to(folder).as_posix(), 0, 0,
        "warning", "unread-file",
        "the folder is not read: it may not be looked into",
        "Change its rights, if files of the graph are in it.",
    )  # fmt: skip


def _passed_over(folder: Path) -> Iterator[Problem]:
    """Files that are likely RDF by their names, and folders that are closed."""
    graph = folder / "graph"
    closed: list[OSError] = []
    for top in (graph if graph.is_dir() else folder, folder / "ontology"):
        for path, below, files in os.walk(top, onerror=closed.append):
            below[:] = [each for each in below if not each.startswith(".")]
            for name in files:
                suffix = PurePosixPath(name).suffix
                odd = suffix.lower() in FORMATS or suffix.lower() in _INSTEAD
                if odd and suffix not in FORMATS and not name.startswith("."):
                    yield _unread(
                        PurePosixPath(path, name).relative_to(folder).as_posix()
                    )
    for fault in closed:
        if isinstance(fault, PermissionError):
            yield _closed(fault, folder)


def _files(folder: Path) -> list[Path]:
    found = [
        path
        for path in folder.rglob("*")
        if path.suffix in FORMATS
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    for path in found:
        if not _is_named_in_utf_8(path.relative_to(folder)):
            raise OSError(errno.EILSEQ, "the name of the file is not UTF-8", str(path))
    return found


def _is_named_in_utf_8(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def named(settings: Settings, path: PurePath, digest: str = "") -> Source:
    """The source that a file is, from its path in the folder alone."""
    role: Role = "ontology" if path.parts[0] == "ontology" else "data"
    if f".{path.name}".endswith(".shapes.ttl"):
        role = "shapes"
    below = path.relative_to("graph") if path.parts[0] == "graph" else path
    graph = settings.names.graph(below.with_suffix("").as_posix())
    return Source(path.as_posix(), graph, role, digest)
