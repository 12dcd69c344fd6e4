"""What the shapes and the folder's own checks find in the merged graph."""

from __future__ import annotations

import importlib
from concurrent import futures
from typing import TYPE_CHECKING

from kgserver.load.checking import checks
from kgserver.load.checking.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyoxigraph as ox

    from kgserver.load.checking.checks import Check
    from kgserver.load.checking.verdict import Since
    from kgserver.load.readings import Readings
    from kgserver.model.manifest import Source


def check(
    queries: Sequence[Check],
    readings: Readings,
    held: ox.Store,
    merged: Iterable[ox.Triple],
    since: Since | None = None,
) -> Verdict:
    """The findings of both, which run side by side.

    With `since`, shapes look only at what an edit of that version can have a bearing
    on; checks are queries of any kind, and look at everything.

    The engine leaves Python's lock to pySHACL meanwhile. `held` is filled before, since
    filling it would fight for that lock. Without shapes, pySHACL is not even imported.
    """
    folder = readings.folder
    if not any(source.role == "shapes" for source in readings.files):
        return Verdict(checks.run(queries, held, readings, folder))
    from kgserver.load.checking.shapes import report

    with futures.ThreadPoolExecutor(1) as beside:
        found = beside.submit(checks.run, queries, held, readings, folder)
        verdict = report.check(readings, held, merged, folder, since)
        return Verdict([*verdict.problems, *found.result()], verdict.faulty)


def prepare(files: Iterable[Source]) -> None:
    """Import what the next edit may need, while nobody waits for it."""
    importlib.import_module("kgserver.load.reason.maintain")
    if any(source.role == "shapes" for source in files):
        importlib.import_module("kgserver.load.checking.shapes.report")
