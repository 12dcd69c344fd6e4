"""The running server: its processes, started, replaced where they are killed, ended.

kgserver serve           starts the others, ends them
├── the builder          builds and watches; holds rdflib, owlrl and pySHACL
├── the mother           holds the graph; her children, the workers, run queries
├── the web process      listens; one event loop, and the Flask application in threads
└── helpers              while there is much to do: answer what takes a moment

The first process has one thread and forks the others, so that they share what it has
imported, and one that was killed is replaced in a moment. What one of them alone needs
that one imports: pages of memory that are written to, if only to count who refers to
what is there, are held twice. The listening socket is the first one's own: while there
is no web process, who connects waits.
"""

from __future__ import annotations

import errno
import gc
import os
import socket
import sys
import tempfile
from typing import TYPE_CHECKING

from kgserver.ask.engine import mother, role
from kgserver.load import inputs
from kgserver.model.settings import SettingsError
from kgserver.serve import processes
from kgserver.serve.household import Household
from kgserver.serve.processes import Ways

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from kgserver.model.settings import Settings

_BACKLOG = 1024  # connections that wait to be taken


def run(settings: Settings) -> bool:
    """Serve until told to stop; False where there is nothing that could be served.

    Raises SettingsError where the address cannot be listened on.
    """
    with _bound(settings.host, settings.port) as listener:
        # what is shared stays shared: no collector of garbage writes to it
        gc.freeze()
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
    with (
        tempfile.TemporaryDirectory(prefix="kgserver-") as folder,
        socket.socket(socket.AF_UNIX) as line,
        processes.meeting(f"{folder}/web") as helpers,
    ):
        engine, web = f"{folder}/engine", f"{folder}/web"
        line.bind(engine)
        line.listen()
        _listen(settings, listener)
        house.keep(_bear, settings, line, listener)
        ways = Ways(engine, helpers, house.call(_help, settings, listener, web))
        if house.wait(house.keep(_answer, settings, listener, ways)):
            _announce(settings, listener.getsockname()[1])
        house.mind()
        house.end()


def _build(settings: Settings, listener: socket.socket, ready: Connection) -> None:
    """The builder's life; what it imports is heavy and stays in its own process."""
    from kgserver.serve.building import watch

    role.take("builder")
    listener.close()
    watch.run(settings, ready)


def _bear(
    settings: Settings, line: socket.socket, listener: socket.socket, ready: Connection
) -> None:
    """The mother's life."""
    role.take("mother")
    listener.close()
    ready.close()
    mother.run(settings.state, settings, line)


def _answer(
    settings: Settings, listener: socket.socket, ways: Ways, ready: Connection
) -> None:
    """The web process's life."""
    role.take("web")
    processes.end_with_parent()
    from kgserver.serve import web

    web.run(settings, listener, ways, ready)
    sys.stderr.flush()
    # not by way of the interpreter's end, which waits for threads that wait for answers
    os._exit(0)


def _help(
    settings: Settings, listener: socket.socket, web: str, ready: Connection
) -> None:
    """A helper's life, as long as it is needed."""
    role.take("helper")
    listener.close()
    ready.close()
    processes.end_with_parent()
    from kgserver.serve.helping import helper

    helper.run(settings, web)
    os._exit(0)


def _announce(settings: Settings, port: int) -> None:
    """Say where the server listens: the one line that a script can wait for."""
    snapshot = inputs.serving(settings)
    version = f"version {snapshot.version}" if snapshot else "no version"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stderr.write(
        f"{settings.title}, {version}, is served on http://{host}:{port}\n"
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
