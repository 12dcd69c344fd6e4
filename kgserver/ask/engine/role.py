"""What a process of the server does, told by its name, which `ps` shows as well."""

from __future__ import annotations

import contextlib
from pathlib import Path

ROLES = (
    "web",
    "helper",
    "builder",
    "mother",
    "worker",
    "loader",
    "relay",
    "past",
    "dumps",
    "second",
)
OTHER = "other"
_LONGEST = 15  # bytes of a name (TASK_COMM_LEN of Linux, less its end)


def take(role: str) -> None:
    """Call this process by what it does from now on, one of `ROLES`."""
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(_named(role), "ascii")


def read(pid: int) -> str:
    """What a process does by its own word; `OTHER` where it does not say so."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text("utf-8", "replace").strip()
    except OSError:
        return OTHER
    return _BY_NAME.get(name, OTHER)


def _named(role: str) -> str:
    return f"kgserver-{role}"[:_LONGEST]


_BY_NAME = {_named(role): role for role in ROLES}
