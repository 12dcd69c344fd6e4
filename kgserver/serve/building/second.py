"""The second opinion beside the builder, asked by a process that gives way to all.

Run as a program it asks, for the folder of state that it is given.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.ask.engine import role
from kgserver.load import opinion
from kgserver.serve import processes

if TYPE_CHECKING:
    from kgserver.model.settings import Settings

_ONE = threading.Lock()


def ask(settings: Settings) -> None:
    """Have owlrl asked about the ontology in service, if that is due; wait for none."""
    if opinion.recalled(settings) is None and _ONE.acquire(blocking=False):
        threading.Thread(target=_ask, args=(settings.state,)).start()


def _ask(state: Path) -> None:
    try:
        command = [sys.executable, "-m", __name__, str(state)]
        subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
    finally:
        _ONE.release()


if __name__ == "__main__":
    role.take("second")
    processes.end_with_parent()
    os.nice(10)
    opinion.note(Path(sys.argv[1]))
