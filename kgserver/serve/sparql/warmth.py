"""The default graph of a version that is asked often, taken into this process's memory.

There a lookup takes a third of the time that it takes on disk. Nobody waits for it: it
is filled in a thread, a few quads at a time, while answers come from the disk.
"""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.ask.engine import loading

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset

_OFTEN = 100  # lookups in one version, from which on it is worth it
_PIECE = 200  # quads, for which Python's lock is held about a millisecond
_REST = 1  # times as long as it works it rests, and lets others have the lock
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
        quads = dataset.store.quads_for_pattern(None, None, None, DEFAULT)
        began = time.monotonic()
        while piece := list(itertools.islice(quads, _PIECE)):
            if dataset is not self._dataset:
                return
            store.bulk_extend(piece)
            time.sleep((time.monotonic() - began) * _REST)
            began = time.monotonic()
        # whoever asks looks whose it is, as another version may have come by now
        self._warm = replace(dataset, default_graph=store)
