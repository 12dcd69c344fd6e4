"""The recorder beside the builder: keeps what git knows ready for the pages.

Requests never run git. A thread of the builder's process brings the ledger up to date
when a commit was made or a version went into service, and tells nobody where the folder
is in no checkout.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from typing import TYPE_CHECKING

from kgserver.ask.engine import memory
from kgserver.load import versions
from kgserver.load.history import blame, chronicle, git

if TYPE_CHECKING:
    from kgserver.model.settings import Settings


class Recorder:
    """What was recorded last, and the thread that records."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: tuple[object, ...] | None = None
        self._wanted = threading.Event()
        threading.Thread(target=self._work, name="recorder", daemon=True).start()

    def look(self) -> bool:
        """Have recorded what is new; whether a commit was made since the last look."""
        settings = self._settings
        seen = git.marker(settings.folder), versions.standing(settings.state)
        before, self._seen = self._seen, seen
        if seen != before:
            self._wanted.set()
        return before is not None and before[0] != seen[0]

    def _work(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                record(self._settings)
                memory.give_back()
            except (OSError, sqlite3.Error, ValueError) as fault:
                sys.stderr.write(f"history not recorded: {fault}\n")


def record(settings: Settings) -> None:
    """Bring the ledger up to date, if the folder has a history."""
    try:
        blame.bring(settings, chronicle.bring(settings))
    except git.NoHistory:
        return
