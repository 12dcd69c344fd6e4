"""The rules that look across files, from the outlines of all of them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from kgserver.load.doctor import charge
from kgserver.load.doctor.folder import copies, labels, namespaces, things
from kgserver.load.doctor.folder import terms as term
from kgserver.load.doctor.folder.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.load.doctor.folder.files import File
    from kgserver.model.problem import Problem


def check(
    files: Sequence[File], before: Sequence[File], base: str
) -> Iterator[Problem]:
    """What is odd about some files together.

    `before` are those that have changed or are gone since the version in service, as
    they were; `base` is what the folder's IRIs begin with.
    """
    terms = Terms(files, base)
    found = [
        *namespaces.check(files),
        *(each for file in files for each in term.check(file, terms)),
        *things.dangling(files, base),
        *things.unlabelled(files, terms),
        *things.nameless(files, terms),
        *labels.twice(files),
        *labels.untagged(files),
        *copies.check(files),
        *things.undue(files, datetime.datetime.now(datetime.UTC).date()),
        *things.vanished(files, before, base),
    ]
    by_file: dict[str, list[Problem]] = {}
    for each in found:
        by_file.setdefault(each.file, []).append(each)
    for problems in by_file.values():
        yield from charge.limited(problems)
