"""The mother of the workers: holds the graph, forks those who are asked, replaces them.

She has one thread, so that she may fork at any time. A new version is in service at
once, read from disk; where it fits the budget she loads it into memory meanwhile, and
forks anew when she has it: workers then share her memory, and one that was killed is
replaced in a millisecond. The web process is told of every worker that comes, with a
socket to it, and of every one that ends, with what ended it.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from typing import TYPE_CHECKING

from kgserver.ask import dataset
from kgserver.ask.dataset import Dataset
from kgserver.ask.engine import addresses, confinement, memory, relay, role, worker
from kgserver.ask.engine.loading import Loading, fits
from kgserver.ask.engine.notices import Line
from kgserver.load import versions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kgserver.ask.engine.addresses import Address
    from kgserver.ask.engine.relay import Relay
    from kgserver.model.limits import Limits

_LOOK = 0.05  # seconds between two looks at the version in service
_SOON = 0.2  # seconds before a worker that ended at once is replaced
_CONNECTIONS = 4  # that a worker may hold open to the relay


def run(
    state: Path,
    limits: Limits,
    listener: socket.socket,
    permitted: Callable[[Address], bool] = addresses.is_public,
) -> None:
    """Be the mother until the process that started her is gone.

    `permitted` tells which addresses SERVICE may ask.
    """
    Mother(state, limits, listener, permitted).run()


class Mother:
    """What she holds: the version, its store, her workers, the line to the web."""

    def __init__(
        self,
        state: Path,
        limits: Limits,
        listener: socket.socket,
        permitted: Callable[[Address], bool],
    ) -> None:
        self._own = os.getpid()
        self._state, self._limits, self._listener = state, limits, listener
        self._permitted = permitted
        endpoints = limits.service_endpoints
        self._relay = relay.opened(endpoints) if endpoints else None
        self._relaying = 0  # the process that serves the relay
        self._line = Line()
        self._directory: Path | None = None
        self._held: Dataset | None = None  # in memory; else workers open the disk
        self._version = self._generation = 0
        self._loading: Loading | None = None
        self._workers: dict[int, tuple[int, float]] = {}  # generation, when born
        self._wanted_from = 0.0

    def run(self) -> None:
        """Look after everything until the parent is gone."""
        parent = os.getppid()
        waking, woken = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(waking, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        while os.getppid() == parent:
            self._follow()
            self._reap()
            self._pass_on()
            self._fill()
            calling = self._listener.fileno()
            reading = [waking, calling, *self._loading_from()]
            ready, _, _ = select.select(reading, [], [], _LOOK)
            if waking in ready:
                os.read(waking, 4096)
            if calling in ready:
                self._take_line()
            if self._loading and self._loading.handle in ready:
                self._load()

    def _loading_from(self) -> list[int]:
        return [self._loading.handle] if self._loading else []

    def _follow(self) -> None:
        """Put a new version into service."""
        directory = versions.current(self._state)
        if directory is None or directory == self._directory:
            return
        snapshot = versions.read(directory)
        if self._loading:
            self._loading.stop()
        self._directory, self._held = directory, None
        self._version = snapshot.version
        self._generation += 1
        small = fits(snapshot, self._limits.memory_budget)
        self._loading = Loading(directory) if small else None

    def _load(self) -> None:
        """Go on loading; what is complete is in service from now on."""
        loading = self._loading
        assert loading
        assert self._directory
        loading.step()
        if loading.done:
            self._loading = None
        if loading.done and not loading.failed:
            snapshot = versions.read(self._directory)
            self._held = Dataset(
                snapshot, loading.store, self._directory, loading.default_graph
            )
            self._generation += 1
            memory.settle()

    def _reap(self) -> None:
        """Take note of workers that have ended, and tell."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if pid == self._relaying:
                self._relaying = 0
            generation, born = self._workers.pop(pid, (0, 0.0))
            if generation and not self._line.gone(pid, generation, status):
                self._drop_line()
            soon = time.monotonic() - born < _SOON
            if soon and os.waitstatus_to_exitcode(status) > 0:
                self._wanted_from = time.monotonic() + _SOON

    def _pass_on(self) -> None:
        """Have a process that serves the relay, if there is anything to be asked."""
        if self._relay and not self._relaying:
            self._relaying = os.fork()
            if not self._relaying:
                self._become_relay(*self._relay)

    def _become_relay(self, made: Relay, listener: socket.socket) -> None:
        try:
            role.take("relay")
            self._let_go()
            # it has threads and speaks TLS, which the mother needs not to know of
            from kgserver.ask.engine import passage

            self._confine(0)
            passage.serve(made, listener, self._permitted)
        finally:
            os._exit(1)

    def _fill(self) -> None:
        """Have as many workers of the newest generation as are wanted."""
        if not (self._line.open and self._directory):
            return
        have = sum(born[0] == self._generation for born in self._workers.values())
        while self._line.open and have < self._limits.engine_workers:
            if time.monotonic() < self._wanted_from:
                return
            self._fork()
            have += 1

    def _fork(self) -> None:
        """One more worker; the web process gets the other end of its channel."""
        near, far = socket.socketpair()
        pid = os.fork()
        if not pid:
            near.close()
            self._become_worker(far)
        far.close()
        self._workers[pid] = self._generation, time.monotonic()
        if not self._line.born((pid, self._generation, self._version), near):
            self._drop_line()
        near.close()

    def _become_worker(self, channel: socket.socket) -> None:
        try:
            role.take("worker")
            self._let_go()
            way, listening = self._relay or (None, None)
            if listening:
                listening.close()
            # before there are threads, since these inherit it
            confinement.confine(way.port if way else 0)
            assert self._directory
            held = self._held or dataset.opened(self._directory)
            self._confine(self._limits.query_memory)
            if self._held:
                worker.shut_in(_CONNECTIONS if way else 0)
            worker.live(channel, held, way)
        except ConnectionError:
            os._exit(0)
        except BaseException:
            os._exit(1)
        os._exit(0)

    def _confine(self, megabytes: int) -> None:
        """Bound a child, and let it end with its mother."""
        worker.confine(megabytes)
        if os.getppid() != self._own:  # she was gone before her child could ask for it
            os._exit(0)

    def _let_go(self) -> None:
        """Close in a child what is the mother's own."""
        signal.set_wakeup_fd(-1)
        self._listener.close()
        self._line.close()
        for handle in self._loading_from():
            os.close(handle)
        # the engine speaks of its end to a terminal; the web process says it better
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

    def _take_line(self) -> None:
        """A web process has come: it gets workers of its own."""
        self._drop_line()
        self._line.take(self._listener)

    def _drop_line(self) -> None:
        self._line.close()
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)
        # those killed are no longer counted; who they were is of no interest any more
        self._generation += bool(self._workers)
