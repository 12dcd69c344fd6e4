"""A version in service that cannot be read any more is taken away, to be built anew.

A version is written whole, so this is what a failing disk or a hand has done to it.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import versions

if TYPE_CHECKING:
    from pathlib import Path


def clear(state: Path) -> str:
    """Take the version in service away if it is damaged: what to tell the terminal."""
    if not _fault(versions.current(state)):
        return ""
    with versions.locked(state):
        directory = versions.current(state)
        fault = _fault(directory)
        if not (directory and fault):
            return ""
        shutil.rmtree(directory)
        return f"version {directory.name} is damaged and is built anew: {fault}"


def _fault(directory: Path | None) -> str:
    """Why a version cannot be read, on a line; nothing where there is none to read."""
    if directory is None:
        return ""
    try:
        versions.read(directory)
        held = ox.Store.read_only(str(directory / versions.STORE))
        next(held.quads_for_pattern(None, None, None), None)
    except (OSError, ValueError, RuntimeError) as fault:
        return str(fault).partition("\n")[0]
    return ""
