"""A revision of a folder, written out as files: its graph, ontology, queries, settings.

Blobs are written as they are in git, with no filter and no line end changed. Links and
submodules are left out, and so is what would lie outside the folder.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kgserver.load.history import log
from kgserver.load.history.git import NoHistory
from kgserver.model.settings import FILE

if TYPE_CHECKING:
    from pathlib import Path

    from kgserver.load.history.git import Repository

_QUERIES = {".rq", ".tsv"}


def resolved(repository: Repository, name: str) -> str:
    """The id of the commit that a name means: a branch, a tag, HEAD~2, an id.

    Raises NoHistory for a name that git does not know.
    """
    try:
        found = repository.run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
    except NoHistory as fault:
        lacks = " The checkout is shallow and lacks older ones." * repository.shallow
        msg = f"git knows no revision {name}.{lacks}"
        raise NoHistory(msg) from fault
    return found.decode().strip()


def write(repository: Repository, commit: str, folder: Path) -> None:
    """Write what a commit has of the folder into another one, which is empty."""
    listed = [each for each in repository.files(commit) if _wanted(each[0])]
    blobs = repository.blobs(blob for _, blob in listed)
    for (path, _), data in zip(listed, blobs, strict=True):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _wanted(path: str) -> bool:
    parts = PurePosixPath(path).parts
    query = parts[0] == "queries" and PurePosixPath(path).suffix in _QUERIES
    safe = ".." not in parts and path.isprintable()
    return safe and (query or path == FILE or log.matters(path))
