"""How a process keeps its memory together, and gives back what it needs no more."""

from __future__ import annotations

import ctypes
import gc

# M_ARENA_MAX and M_MMAP_THRESHOLD of mallopt(3)
_ARENA_MAX, _MAP_FROM = -8, -3
_LARGE = 128 * 1024  # bytes that are mapped by themselves


def give_back() -> None:
    """Give what is not needed any more back to the system, after much work."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def settle() -> None:
    """Take what is there for lasting: it is not looked at for garbage any more."""
    give_back()
    gc.freeze()


def share_one_arena() -> None:
    """Let all threads of this process take their memory from one place.

    By default each has one of its own (glibc), and of what was needed for a moment some
    stays in all of them. Python's lock keeps most of them from meeting there. What is
    large is mapped by itself, so that it is given back as soon as it is let go.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_ARENA_MAX, 1)
        mallopt(_MAP_FROM, _LARGE)
