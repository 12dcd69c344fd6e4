"""The running server: its processes, started, replaced where they are killed, ended.

kgserver serve           starts the others, ends them
├── the builder          builds and watches; holds rdflib, owlrl and pySHACL
├── the mother           holds the graph; her children, the workers, run queries
└── the web process      listens; one event loop, and the Flask application in threads

The first process has one thread and forks the others, so that they share what it has
imported, and one that was killed is replaced in a moment. The listening socket is its
own: while there is no web process, who connects waits.
"""

from __future__ import annotations

import errno
import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from kgserver.ask.engine import mother
from kgserver.load import inputs
from kgserver.model.settings import SettingsError
from kgserver.serve import processes, web

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

    from kgserver.model.settings import Settings

_CONTEXT = multiprocessing.get_context("fork")
# Seconds before a process that keeps ending is replaced: at first none, then more.
_FIRST, _LONGEST = 0.5, 4.0
_STEADY = 10.0  # seconds after which a process counts as one that does not keep ending
_UNHEARD = 1.0  # seconds between two looks for what was not heard
_BACKLOG = 1024  # connections that wait to be taken
_GRACE = 5.0  # seconds that a process has to end when it is told to


def run(settings: Settings) -> bool:
    """Serve until told to stop; False where there is nothing that could be served.

    Raises SettingsError where the address cannot be listened on.
    """
    with _bound(settings.host, settings.port) as listener:
        house = Household()
        try:
            builder = house.keep(_build, settings, listener, lasts=False)
            if not inputs.up_to_date(settings):
                house.wait(builder)
            if house.told or inputs.serving(settings) is None:
                return house.told
            _serve(settings, listener, house)
        finally:
            house.end()
    return True


def _serve(settings: Settings, listener: socket.socket, house: Household) -> None:
    with tempfile.TemporaryDirectory(prefix="kgserver-") as folder:
        path = f"{folder}/engine"
        with socket.socket(socket.AF_UNIX) as line:
            line.bind(path)
            line.listen()
            _listen(settings, listener)
            house.keep(_bear, settings, line, listener)
            if house.wait(house.keep(_answer, settings, listener, path)):
                _announce(settings)
            house.mind()
            house.end()


class Kept:
    """A process of the server: it is told what to do, and tells when it is ready.

    One that `lasts` ends only when it is told to by us.
    """

    def __init__(
        self, life: Callable[..., None], given: tuple[object, ...], *, lasts: bool
    ) -> None:
        self._life, self._given, self._lasts = life, given, lasts
        self.pause = self.due = 0.0
        self.over = False
        self.start()

    def start(self) -> None:
        """Fork it."""
        self.ready, sender = _CONTEXT.Pipe(duplex=False)
        given = (self._life, *self._given, sender)
        self.process: ForkProcess = _CONTEXT.Process(target=_begin, args=given)
        self.process.start()
        self.born, self.due = time.monotonic(), 0.0
        sender.close()

    def look(self) -> None:
        """Start it again where it was killed or failed; soon, where it keeps ending.

        One that need not last is `over` once it has ended well.
        """
        if self.over or self.process.is_alive():
            return
        self.over = not (self.process.exitcode or self._lasts)
        if self.over:
            return
        now = time.monotonic()
        if not self.due:
            keeps = now - self.born < _STEADY
            self.due = now + (self.pause if keeps else 0.0)
            self.pause = min(max(self.pause * 2, _FIRST), _LONGEST) if keeps else 0.0
        if now >= self.due:
            self.start()

    def end(self) -> None:
        """End it, and wait until it has."""
        self.process.terminate()
        self.process.join(_GRACE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class Household:
    """The processes of a server; `told` is whether it was told to stop."""

    def __init__(self) -> None:
        self.told = False
        self._kept: list[Kept] = []
        self._hears, self._says = os.pipe()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def keep(
        self, life: Callable[..., None], *given: object, lasts: bool = True
    ) -> Kept:
        """Start a process and look after it; the last to come is the first to end."""
        self._kept.append(Kept(life, given, lasts=lasts))
        return self._kept[-1]

    def wait(self, kept: Kept) -> bool:
        """Wait until a process is ready; False where it ends or is told to before."""
        while not (self.told or kept.ready.poll()):
            self._rest(kept.ready)
        try:
            return not self.told and bool(kept.ready.recv())
        except EOFError:
            return False

    def mind(self) -> None:
        """Replace what ends that should not, until told to stop."""
        while not self.told:
            for each in self._kept:
                each.look()
            # one that has died since that look is heard at once
            known = [each for each in self._kept if not (each.over or each.due)]
            self._rest(*(each.process.sentinel for each in known))

    def end(self) -> None:
        """End all of them."""
        while self._kept:
            self._kept.pop().end()

    def _stop(self, *_: object) -> None:
        self.told = True
        os.write(self._says, b".")

    def _rest(self, *heard: Connection | int) -> None:
        """Wait until something happens, or has happened though it was not heard.

        The end of a process is heard when all that it started have ended as well.
        """
        waits = any(each.due for each in self._kept)
        multiprocessing.connection.wait(
            [*heard, self._hears], _FIRST if waits else _UNHEARD
        )


def _begin(life: Callable[..., None], *given: object) -> None:
    """A process begins: Ctrl-C is for the first one, which tells the others."""
    processes.ignore_interrupt()
    life(*given)


def _build(settings: Settings, listener: socket.socket, ready: Connection) -> None:
    """The builder's life; what it imports is heavy and stays in its own process."""
    from kgserver.serve import watch

    listener.close()
    watch.run(settings, ready)


def _bear(
    settings: Settings, line: socket.socket, listener: socket.socket, ready: Connection
) -> None:
    """The mother's life."""
    listener.close()
    ready.close()
    mother.run(settings.state, settings, line)


def _answer(
    settings: Settings, listener: socket.socket, engine: str, ready: Connection
) -> None:
    """The web process's life."""
    processes.end_with_parent()
    web.run(settings, listener, engine, ready)
    sys.stderr.flush()
    # not by way of the interpreter's end, which waits for threads that wait for answers
    os._exit(0)


def _announce(settings: Settings) -> None:
    """Say where the server listens: the one line that a script can wait for."""
    snapshot = inputs.serving(settings)
    version = f"version {snapshot.version}" if snapshot else "no version"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stderr.write(
        f"{settings.title}, {version}, is served on http://{host}:{settings.port}\n"
    )
    sys.stderr.flush()


def _bound(host: str, port: int) -> socket.socket:
    """A socket at the address, taken before anything is built."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        raise SettingsError(_why(host, port, fault)) from fault
    return listener


def _listen(settings: Settings, listener: socket.socket) -> None:
    try:
        listener.listen(_BACKLOG)
    except OSError as fault:
        raise SettingsError(_why(settings.host, settings.port, fault)) from fault


def _why(host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        other = f"--port {port + 1}"
        return f"Port {port} is in use by another program. Choose another: {other}."
    if fault.errno == errno.EACCES:
        return f"Port {port} needs rights that you do not have; take one above 1023."
    return f"Cannot listen on {host}:{port}: {fault.strerror or fault}."
