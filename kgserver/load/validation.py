"""What the shapes and the folder's own checks find in the merged graph."""

from __future__ import annotations

from concurrent import futures
from typing import TYPE_CHECKING

from kgserver.load import checks

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyoxigraph as ox

    from kgserver.load.inputs import Inputs
    from kgserver.load.readings import Readings
    from kgserver.model.problem import Problem


def check(
    given: Inputs, readings: Readings, held: ox.Store, merged: Iterable[ox.Triple]
) -> list[Problem]:
    """The findings of both, which run side by side.

    The engine leaves Python's lock to pySHACL meanwhile. `held` is filled before, since
    filling it would fight for that lock. Without shapes, pySHACL is not even imported.
    """
    folder = given.settings.folder
    if not any(source.role == "shapes" for source in readings.files):
        return checks.run(given.checks, held, readings, folder)
    from kgserver.load import shapes

    with futures.ThreadPoolExecutor(1) as beside:
        found = beside.submit(checks.run, given.checks, held, readings, folder)
        return [*shapes.check(readings, merged, folder), *found.result()]
