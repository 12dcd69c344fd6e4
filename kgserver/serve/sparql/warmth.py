"""The default graph of a version that is asked often, taken into this process's memory.

There a lookup takes a third of the time that it takes on disk. Nobody waits for it: it
is filled in a thread, while answers come from the disk. The graph is written out as
text and read again, which the engine does without Python's lock; what has blank nodes,
which it would name anew, goes in as quads.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.ask.engine import loading

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset

_OFTEN = 100  # lookups in one version, from which on it is worth it
_PIECE = 64 * 1024  # bytes that are read at a time
_FORM = ox.RdfFormat.N_TRIPLES
_BLANK = b"_:"  # what stands wherever there may be a blank node
_SHARE = 4  # of the memory that a graph may take, this process takes so small a part


class Warmth:
    """What there is of it for the version in service; `megabytes` bound its memory."""

    def __init__(self, megabytes: int) -> None:
        self._megabytes = megabytes // _SHARE
        self._dataset: Dataset | None = None
        self._asked = 0
        self._warm: Dataset | None = None

    def of(self, dataset: Dataset) -> Dataset:
        """The dataset, with its default graph in memory where that is there by now."""
        if dataset is not self._dataset:
            self._dataset, self._asked, self._warm = dataset, 0, None
        warm = self._warm
        if warm and warm.snapshot is dataset.snapshot:
            return warm
        self._asked += 1
        if self._asked == _OFTEN and self._may_hold(dataset):
            threading.Thread(target=self._fill, args=[dataset], daemon=True).start()
        return dataset

    def _may_hold(self, dataset: Dataset) -> bool:
        return loading.takes_less(dataset.snapshot.counts.merged, self._megabytes)

    def _fill(self, dataset: Dataset) -> None:
        store = ox.Store()
        # where there is no room to write it, the answers go on coming from the disk
        with contextlib.suppress(OSError), tempfile.TemporaryFile() as file:
            # given a path, the engine writes by itself; the file has no name any more,
            # so that nothing is left behind however this process ends
            written = f"/dev/fd/{file.fileno()}"
            dataset.store.dump(written, _FORM, from_graph=DEFAULT)
            file.seek(0)
            while lines := file.readlines(_PIECE):
                if dataset is not self._dataset:
                    return
                _fill(store, lines)
            # whoever asks looks whose it is, as another version may have come by now
            self._warm = replace(dataset, default_graph=store)


def _fill(store: ox.Store, lines: list[bytes]) -> None:
    plain = [line for line in lines if _BLANK not in line]
    store.bulk_load(input=b"".join(plain), format=_FORM, lenient=True)
    if len(plain) < len(lines):
        rest = b"".join(line for line in lines if _BLANK in line)
        store.bulk_extend(ox.parse(rest, _FORM))
