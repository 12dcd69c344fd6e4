"""The processes of a server: none outlives the one that the user started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = socket.AF_UNIX, socket.SOCK_SEQPACKET
"""What the socket is on which helpers come."""
_EVERY = 0.5  # seconds between two looks at the parent


class Ways(NamedTuple):
    """The ways from the web process to others.

    Where the mother listens; where helpers come, if they can, and on which pipe one is
    asked for.
    """

    engine: str
    helpers: socket.socket | None
    call: int


@contextlib.contextmanager
def meeting(address: str) -> Iterator[socket.socket | None]:
    """A socket at an address, on which helpers come; None where there is no such kind.

    Linux has it; where messages are not kept apart, nobody is helped.
    """
    try:
        found = socket.socket(*KIND)
    except OSError:
        yield None
        return
    with found:
        found.bind(address)
        found.listen()
        yield found


def processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def end_with_parent() -> None:
    """End this process soon after the one that started it is gone, however it went."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_EVERY)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def ignore_interrupt() -> None:
    """Leave Ctrl-C to the parent, which the terminal tells as well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
