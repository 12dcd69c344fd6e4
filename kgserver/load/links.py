"""Files that are links: followed within the folder, and not out of it.

Whoever may write into a folder need not be one who may read all else that this process
can, and what a link leads to would be served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_HOMES = ("", "graph", "ontology", "queries")
"""What may itself be a link to anywhere: the folder's owner has put it there."""


def followed(folder: Path, paths: Iterable[Path]) -> list[Path]:
    """The paths of files that may be read, in order."""
    return sorted(path for path in paths if not leads_out(folder, path))


def leads_out(folder: Path, path: Path) -> bool:
    """Whether a file is a link to one that is not in the folder."""
    if not path.is_symlink():
        return False
    target = path.resolve()
    homes = ((folder / each).resolve() for each in _HOMES)
    return not any(target.is_relative_to(home) for home in homes)
