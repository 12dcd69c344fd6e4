"""The processes of a server: none outlives the one that the user started."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import NamedTuple

KIND = socket.AF_UNIX, socket.SOCK_SEQPACKET
"""What the socket is on which helpers come."""
_EVERY = 0.5  # seconds between two looks at the parent


class Ways(NamedTuple):
    """The ways from the web process to others.

    Where the mother listens; where helpers come, and on which pipe one is asked for.
    """

    engine: str
    helpers: socket.socket
    call: int


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
