"""The processes of a server: none outlives the one that the user started.

How their memory is kept together is here as well.
"""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time

_ARENA_MAX = -8  # M_ARENA_MAX of mallopt(3)
_EVERY = 0.5  # seconds between two looks at the parent


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


def share_one_arena() -> None:
    """Let all threads of this process take their memory from one place.

    By default each has one of its own (glibc), and of what was needed for a moment some
    stays in all of them. Python's lock keeps most of them from meeting there.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_ARENA_MAX, 1)
