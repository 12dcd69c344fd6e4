"""The readings of a version's files, each made when it is first looked at.

Whoever only wants to know where one statement stands, and mostly nobody does, spares
the reading of all that was not saved.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.load import turtle
from kgserver.load.turtle import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgserver.model.manifest import Role, Source


@dataclass(frozen=True, slots=True)
class Readings(Iterable[Reading]):
    """What the files of a folder say."""

    files: tuple[Source, ...]
    folder: Path

    def __iter__(self) -> Iterator[Reading]:
        return (turtle.read(source, self.folder) for source in self.files)

    def read(self) -> tuple[Reading, ...]:
        """All of them.

        Python's search for cycles would go through every term again and again.
        """
        gc.disable()
        try:
            return tuple(self)
        finally:
            gc.enable()

    def of(self, role: Role) -> list[Reading]:
        """Those of the files that are there for this."""
        files = (source for source in self.files if source.role == role)
        return [turtle.read(source, self.folder) for source in files]
