"""Statements that two files make: told once for two files, and never of a class.

That a thing is of a class is said again wherever more is said of it; so a file reads
well by itself. What else stands twice is mended in one place only, sooner or later.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from kgserver.load.doctor.charge import Charge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from kgserver.load.doctor.folder.files import File
    from kgserver.model.problem import Problem

    Keys = npt.NDArray[np.int64]


def check(files: Sequence[File]) -> Iterator[Problem]:
    """The first statement of a file that another one makes, for each two files."""
    ours = [file for file in files if file.source.role != "shapes"]
    wanted = _repeated(ours)
    first: dict[int, tuple[File, int]] = {}
    for file in ours if len(wanted) else ():
        keys, lines = map(np.asarray, file.said)
        rows = np.flatnonzero(np.isin(keys, wanted))
        found: dict[str, tuple[int, int]] = {}
        count: Counter[str] = Counter()
        for key, line in sorted(zip(keys[rows], lines[rows], strict=True), key=_line):
            known, there = first.setdefault(int(key), (file, int(line)))
            if known is not file:
                found.setdefault(known.path, (int(line), there))
                count[known.path] += 1
        for path, (line, there) in found.items():
            said = f"{path} states this already, on line {there}"
            yield _told(file, line, said, count[path])


def _line(pair: tuple[np.int64, np.uint32]) -> int:
    return int(pair[1])


def _repeated(files: Sequence[File]) -> Keys:
    """The hashes of what stands more than once, but for the classes of things.

    Where it stands twice in one file only, nothing more is found of it.
    """
    columns = [np.asarray(file.said[0]) for file in files]
    held = np.sort(np.concatenate([np.empty(0, np.int64), *columns]))
    again = np.unique(held[1:][held[1:] == held[:-1]])
    typed = [np.array(file.outline.typed, np.int64) for file in files]
    return np.setdiff1d(again, np.concatenate(typed)) if len(again) else again


def _told(file: File, line: int, message: str, count: int) -> Problem:
    what = Charge(
        "stated-elsewhere",
        f"{message} (one of {count:,} such here)" if count > 1 else message,
        "Keep it in the file of its source. Where both are to say it, as two sources "
        f'may, write ignore = ["stated-elsewhere:{file.path}"] into kgserver.toml.',
    )
    return file.tell(what, file.text.beginning(line))
