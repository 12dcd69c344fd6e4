"""An edit rehearsed: all that would be found wrong with it, and nothing is changed.

It is applied to a copy of the version in service, made of links to its files, which are
never written; so whoever is building or serving the folder is left in peace.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import reason, versions
from kgserver.load.checking import validation
from kgserver.load.edits import edit as edits
from kgserver.load.edits import mergers
from kgserver.load.storage import store

if TYPE_CHECKING:
    from kgserver.load.edits.edit import Edit
    from kgserver.load.inputs import Inputs
    from kgserver.model.manifest import Snapshot
    from kgserver.model.problem import Problem


def problems(given: Inputs, serving: Snapshot) -> tuple[Problem, ...] | None:
    """What a build of the files would find, told from what they differ by.

    None where everything is to be looked at anew.
    """
    state = given.settings.state
    directory = versions.directory(state, serving.version)
    edit = edits.read(given, serving, directory)
    if edit is None:
        return None
    if edit.fatal:
        return edit.found.told()
    try:
        with tempfile.TemporaryDirectory(prefix=".rehearsal-", dir=state) as work:
            return _rehearse(edit, directory / versions.STORE, Path(work))
    except (reason.NeedsBulk, OSError):
        return None


def _rehearse(edit: Edit, before: Path, work: Path) -> tuple[Problem, ...]:
    given = edit.given
    if edit.small:
        held = store.in_memory(ox.Store.read_only(str(before)), edit.unasked)
    else:
        held = store.copied(before, work / "store")
    amendment, change = edits.conclude(edit, held)
    if not edit.fatal:
        gone, come = amendment.quads()
        store.amend(held, [*gone, *edits.catalog(edit, held)], come)
        merged = store.merged(held)
        since = edits.since(edit, amendment)
        verdict = validation.check(given.checks, edit.readings, held, merged, since)
        edit.found.add(verdict.problems)
        edit.found.add(mergers.brought(edit, held, change))
    return edit.found.told(whole=not edit.fatal)
