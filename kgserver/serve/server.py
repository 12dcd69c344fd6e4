"""The running server: one builder, one or more web processes, and a clean end.

kgserver serve           listens, starts the others, ends them
├── the builder          builds and watches; holds rdflib, owlrl and pySHACL
├── the mother           holds the graph; her children, the workers, run queries
└── web processes        Granian's, each with the Flask application
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import socket
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING

import granian
from granian.constants import Interfaces
from granian.log import LogLevels

from kgserver.ask.engine import mother
from kgserver.load import inputs
from kgserver.model.settings import SettingsError
from kgserver.serve import app, processes, site
from kgserver.serve.sparql import asking

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

    import flask

    from kgserver.model.settings import Settings

# Where the mother listens, for the web processes.
_ENGINE = "KGSERVER_ENGINE_SOCKET"
_CONTEXT = multiprocessing.get_context("fork")
# each waits for one query at most, and there have to be some for pages
_THREADS = 24
_PAUSE = 0.5  # seconds before a builder that was killed is replaced
_GRACE = 3  # seconds that requests in flight have to end when the server stops


def run(settings: Settings) -> bool:
    """Serve until told to stop; False where there is nothing that could be served.

    Raises SettingsError where the address cannot be listened on.
    """
    _check_address(settings.host, settings.port)
    builder = Builder(settings)
    try:
        if not inputs.up_to_date(settings):
            builder.wait()
        if inputs.serving(settings) is None:
            return False
        with tempfile.TemporaryDirectory(prefix="kgserver-") as folder:
            os.environ[_ENGINE] = path = f"{folder}/engine"
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(path)
                listener.listen()
                bearing = Mother(settings, listener)
                try:
                    _listen(settings)
                finally:
                    bearing.stop()
    finally:
        builder.stop()
    return True


class Kept:
    """A process beside the server: started with it, replaced where it is killed."""

    def __init__(self) -> None:
        self._stopping = False
        self._changing = threading.Lock()
        self._process = self._make()
        threading.Thread(target=self._mind, name="minder", daemon=True).start()

    def stop(self) -> None:
        """End the process."""
        with self._changing:
            self._stopping = True
        self._process.terminate()
        self._process.join()

    def _make(self) -> ForkProcess:
        raise NotImplementedError

    def _mind(self) -> None:
        """Start another in the place of one that a signal ended."""
        while True:
            self._process.join()
            killed = (self._process.exitcode or 0) < 0
            if self._stopping or not killed:
                return
            time.sleep(self.pause)
            with self._changing:
                if self._stopping:
                    return
                self._process = self._make()

    pause = _PAUSE


class Builder(Kept):
    """The builder's process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def wait(self) -> None:
        """Return when the first build has ended, well or not."""
        self._ready.poll(None)

    def _make(self) -> ForkProcess:
        self._ready, sender = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=_build, args=(self.settings, sender))
        process.start()
        sender.close()
        return process


class Mother(Kept):
    """The process from which the workers are forked that run queries."""

    pause = 0.0

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self.settings, self.listener = settings, listener
        super().__init__()

    def _make(self) -> ForkProcess:
        process = _CONTEXT.Process(target=_bear, args=(self.settings, self.listener))
        process.start()
        return process


def web() -> flask.Flask:
    """The application in a web process, which ends when its parent does."""
    processes.end_with_parent()
    made = app.from_environment()
    asking.install(made, os.environ[_ENGINE], site.settings_of(made))
    return made


def _build(settings: Settings, ready: Connection) -> None:
    """The builder's life; what it imports is heavy and stays in its own process."""
    from kgserver.serve import watch

    watch.run(settings, ready)


def _bear(settings: Settings, listener: socket.socket) -> None:
    """The mother's life."""
    processes.ignore_interrupt()
    mother.run(settings.state, settings, listener)


def _listen(settings: Settings) -> None:
    os.environ[app.FOLDER] = str(settings.folder)
    server = granian.Granian(
        "kgserver.serve.server:web",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        blocking_threads=_THREADS,
        workers_kill_timeout=_GRACE,
        log_level=LogLevels.error,
    )
    server.on_startup(lambda: _announce(settings))
    server.serve()


def _announce(settings: Settings) -> None:
    """Say where the server listens: the one line that a script can wait for."""
    snapshot = inputs.serving(settings)
    version = f"version {snapshot.version}" if snapshot else "no version"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stderr.write(
        f"{settings.title}, {version}, is served on http://{host}:{settings.port}\n"
    )
    sys.stderr.flush()


def _check_address(host: str, port: int) -> None:
    """Find out before anything is built whether the address is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise SettingsError(_why(host, port, fault)) from fault


def _why(host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        other = f"--port {port + 1}"
        return f"Port {port} is in use by another program. Choose another: {other}."
    if fault.errno == errno.EACCES:
        return f"Port {port} needs rights that you do not have; take one above 1023."
    return f"Cannot listen on {host}:{port}: {fault.strerror or fault}."
