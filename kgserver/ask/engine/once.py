"""A worker for one query over one version, in a process of its own that opens it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

from kgserver.ask import dataset
from kgserver.ask.engine import confinement, role, task, worker


def begin(
    channel: socket.socket, directory: Path, megabytes: int
) -> subprocess.Popen[bytes]:
    """Start one that answers what comes on a channel; it ends when that is closed."""
    command = [sys.executable, "-m", __name__, str(channel.fileno())]
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(
        [*command, str(directory), str(megabytes)],
        pass_fds=[channel.fileno()],
        stdin=nowhere,
        stdout=nowhere,
        stderr=nowhere,
    )


def _live(handle: int, directory: Path, megabytes: int) -> None:
    """The life of the process: confined like any worker before it reads the query."""
    role.take("past")
    confinement.confine(0)
    held = dataset.opened(directory)
    worker.confine(megabytes)
    with socket.socket(fileno=handle) as channel, contextlib.suppress(ConnectionError):
        channel.sendall(task.frame(task.READY, b""))
        worker.live(channel, held, None)
    os._exit(0)


if __name__ == "__main__":
    _live(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
