"""Whole graphs as files: in several formats, compressed, with checksums.

A set of dumps belongs to one version and is made once, by a process of its own, one
after the other and never whole in memory. It is complete when its list is there.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING

import zstandard

from kgserver.ask import editions
from kgserver.ask.documents import export
from kgserver.model import media

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.documents.export import Scope
    from kgserver.model.media import Media

FOLDER = "dumps"
SUMS = "SHA256SUMS"
_LIST = "list.json"
FORMS = (media.N_QUADS, media.TRIG, media.TURTLE)
# suffix, media type of what is compressed so
COMPRESSIONS: Mapping[str, str] = {"gz": "application/gzip", "zst": "application/zstd"}
# Folders of more files have dumps of the whole only.
_MOST_GRAPHS = 500
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Dump:
    """One file: its name in its set, what is in it, its size and SHA-256 in hex.

    `graph` is the IRI of the one graph that it holds, or empty; `inferred` tells
    whether what only follows is in it.
    """

    name: str
    type: str
    compression: str
    graph: str
    inferred: bool
    size: int
    sha256: str


def edition(dataset: Dataset) -> str:
    """The name of a version's set of dumps."""
    return f"v{editions.name_of(dataset.snapshot)}"


def folder_of(dataset: Dataset) -> Path:
    """Where the dumps of a version are."""
    return dataset.directory.parents[1] / FOLDER / edition(dataset)


def listed(dataset: Dataset) -> Sequence[Dump] | None:
    """The dumps of a version, or None until all are made."""
    try:
        text = (folder_of(dataset) / _LIST).read_text("utf-8")
    except OSError:
        return None
    return tuple(Dump(**each) for each in json.loads(text))


def make(dataset: Dataset) -> Sequence[Dump]:
    """Make all dumps of a version, unless they are there; others are waited for."""
    target = folder_of(dataset)
    target.parent.mkdir(exist_ok=True)
    with (target.parent / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        done = listed(dataset)
        if done is not None:
            return done
        _prune(dataset, target.parent)
        made = tuple(_make_all(dataset, target))
        sums = "".join(f"{each.sha256}  {each.name}\n" for each in made)
        (target / SUMS).write_text(sums, "utf-8")
        part = target / f".{_LIST}"
        part.write_text(json.dumps([asdict(each) for each in made]), "utf-8")
        part.rename(target / _LIST)
        return made


def _make_all(dataset: Dataset, target: Path) -> Iterator[Dump]:
    scopes = [("all", export.Scope()), ("asserted", export.Scope(inferred=False))]
    sources = dataset.snapshot.sources
    for source in sources if len(sources) <= _MOST_GRAPHS else ():
        path = source.graph.removeprefix(dataset.names.base)
        scopes.append((path, export.Scope(graph=source.graph, inferred=False)))
    for name, scope in scopes:
        for form in FORMS:
            yield from _make(dataset, target, f"{name}.{form.extension}", scope, form)


def _make(
    dataset: Dataset, target: Path, name: str, scope: Scope, form: Media
) -> Iterator[Dump]:
    """One dump in every compression, from one writing of it."""
    plain = target / f".{name.replace('/', '%2F')}"
    plain.parent.mkdir(parents=True, exist_ok=True)
    with plain.open("wb") as written:
        export.write(dataset, scope, form, written)
    for suffix in COMPRESSIONS:
        path = target / f"{name}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with plain.open("rb") as source, path.open("wb") as compressed:
            _compress(source, compressed, suffix)
        yield Dump(
            name=f"{name}.{suffix}",
            type=form.type,
            compression=suffix,
            graph=scope.graph,
            inferred=scope.inferred,
            size=path.stat().st_size,
            sha256=_sha256(path),
        )
    plain.unlink()


def _compress(source: IO[bytes], target: IO[bytes], suffix: str) -> None:
    """The same bytes for the same source: no name and no time is written."""
    if suffix == "gz":
        with gzip.GzipFile("", "wb", 6, target, mtime=0) as packed:
            shutil.copyfileobj(source, packed, _CHUNK)
    else:
        zstandard.ZstdCompressor(level=9).copy_stream(source, target)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _prune(dataset: Dataset, folder: Path) -> None:
    """Take away the dumps of versions that are gone, and what a crash has left."""
    kept = {path.name for path in dataset.directory.parent.iterdir()}
    for path in folder.iterdir():
        number = path.name.partition("-")[0].removeprefix("v")
        if path.is_dir() and (number not in kept or not (path / _LIST).exists()):
            shutil.rmtree(path, ignore_errors=True)
