"""An edit applied to the version in service: what it says, and what follows from it.

Only the files that were saved are read. Their difference is worked out against the
store; `reason.apply` draws the conclusions; shapes and checks look at the outcome; and
where they object, all of it is taken back. Whatever cannot be done so, an edit of the
ontology above all, is left to the build of everything anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.load import reason, versions
from kgserver.load.checking import validation
from kgserver.load.difference import Difference
from kgserver.load.edits import edit as edits
from kgserver.load.edits import mergers
from kgserver.load.publishing import publication
from kgserver.load.publishing.publication import Edition
from kgserver.load.storage import store
from kgserver.model.manifest import Counts

if TYPE_CHECKING:
    from pathlib import Path

    import pyoxigraph as ox

    from kgserver.load.checking.verdict import Since, Verdict
    from kgserver.load.edits.amendment import Amendment
    from kgserver.load.edits.edit import Edit
    from kgserver.load.inputs import Inputs
    from kgserver.load.reason.maintain import Change
    from kgserver.model.manifest import Snapshot
    from kgserver.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Revision:
    """How an edit went: the store that now holds it, or the problems that forbid it."""

    problems: tuple[Problem, ...]
    edition: Edition | None = None
    difference: Difference | None = None
    held: ox.Store | None = None
    surveyed: Path | None = None


def revise(given: Inputs, serving: Snapshot) -> Revision | None:
    """Apply the edit that the files differ by from the version in service.

    None where everything is to be built anew; the store is then as it was.
    """
    directory = versions.current(given.settings.state)
    edit = edits.read(given, serving, directory) if directory else None
    if edit is None or edit.fatal:
        return Revision(edit.found.told()) if edit else None
    held = store.opened(given.settings.state / "work", serving.digest)
    try:
        return _apply(edit, held) if held else None
    except reason.NeedsBulk:
        return None


def _apply(edit: Edit, held: ox.Store) -> Revision:
    """Work out what comes and goes, look at the outcome, let the store have it.

    A small graph is asked in memory, where lookups take a tenth of the time.
    """
    work, serving = edit.given.settings.state / "work", edit.serving
    asked = held
    if edit.small:
        asked = store.mirror(work, held, serving.digest, edit.unasked)
    amendment, change = edits.conclude(edit, asked)
    if edit.fatal:
        return Revision(edit.found.told())
    gone, come = amendment.quads()
    described = edits.catalog(edit, asked)
    with store.marked(work):
        store.amend(asked, [*gone, *described], come)
        verdict = _validated(edit, asked, edits.since(edit, amendment))
        edit.found.add(mergers.brought(edit, asked, change))
        if edit.fatal:
            store.amend(asked, come, [*gone, *described])
            return Revision(edit.found.told())
        edition = _edition(edit, amendment, change, verdict)
        describing = publication.described(edit.given, edition, store.merged(asked))
        asked.extend(describing)
        if asked is not held:
            fresh = edits.catalog(edit, asked)
            store.amend(
                held, [*gone, *(described - fresh)], [*come, *(fresh - described)]
            )
        store.amend(held, *edits.written(edit, held))
        store.settle(work, held, publication.digest(edit.given, edit.files))
    store.keep(work, publication.digest(edit.given, edit.files), edit.small and asked)
    told = _difference(amendment, change)
    return Revision(edition.problems, edition, told, held)


def _validated(edit: Edit, held: ox.Store, since: Since | None) -> Verdict:
    merged = store.merged(held)
    found = validation.check(edit.given.checks, edit.readings, held, merged, since)
    edit.found.add(found.problems)
    return found


def _edition(
    edit: Edit, amendment: Amendment, change: Change | None, verdict: Verdict
) -> Edition:
    counts = edit.serving.counts
    (said, unsaid), (more, less) = amendment.said(), amendment.merged()
    follow, follow_no_more = (change.added, change.removed) if change else ((), ())
    return Edition(
        edit.files,
        edit.prefixes,
        Counts(
            counts.asserted + len(said) - len(unsaid),
            counts.inferred + len(follow) - len(follow_no_more),
            counts.merged + len(more) - len(less),
        ),
        edit.found.told(whole=True),
        edit.ontology,
        verdict.faulty,
        more | less,
    )


def _difference(amendment: Amendment, change: Change | None) -> Difference:
    none: frozenset[ox.Triple] = frozenset()
    follow = (change.added, change.removed) if change else (none, none)
    return Difference(*amendment.said(), *follow)
