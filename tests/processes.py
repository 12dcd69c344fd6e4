"""A real server in a process of its own, for the tests that need one."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kgserver.ask.engine import role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Found = TypeVar("_Found")
PATIENCE = 60  # seconds; no test measures time, this only ends one that hangs
_ADDRESS = re.compile(r" is served on (http://127\.0\.0\.1:(\d+))\n")


@dataclass(frozen=True)
class Answer:
    """One response: its status, its headers, its body as it was sent."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Server:
    """`kgserver serve` on a folder, its address, and what it has said.

    The port is one that was free when the server took it, and told by it.
    """

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.port, self.base = 0, ""
        self.said: list[str] = []
        command = [sys.executable, "-m", "kgserver", "serve", str(folder)]
        self.process = subprocess.Popen(
            [*command, "--port", "0", *options],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            env={**os.environ, **environment},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def get(self, path: str, accept: str = "*/*") -> tuple[int, str]:
        """The status and body of a GET."""
        request = urllib.request.Request(self.base + path, headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.read().decode()

    def ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """The answer to a request, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def connect(self) -> socket.socket:
        """A connection on which a test says what it likes."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def heard(self, text: str) -> None:
        """Wait until the server has said something."""
        wait_until(lambda: text in "".join(self.said))

    def ready(self) -> Server:
        """Itself, once it answers, as it says itself."""
        wait_until(lambda: self.process.poll() is not None or self._listens())
        assert self.base, "".join(self.said)
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def family(self) -> dict[int, str]:
        """The processes of the server that still run, by what they say they do."""
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, _, _, session = stat.read_text().rpartition(") ")[2].split()[:4]
                pid = int(stat.parent.name)
                if int(session) == self.process.pid and state != "Z":
                    found[pid] = role.read(pid)
        return found

    def doing(self, what: str) -> set[int]:
        """The processes that say of themselves that they do this."""
        return {pid for pid, role_ in self.family().items() if role_ == what}

    def _listens(self) -> bool:
        """Whether it has said where."""
        told = _ADDRESS.search("".join(self.said))
        if told:
            self.base, self.port = told[1], int(told[2])
        return bool(told)

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.said.append(line)
        self.process.stderr.close()


@contextlib.contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Server]:
    """A server that answers, ended with all its processes when the block ends."""
    server = Server(folder, *options, **environment)
    try:
        yield server.ready()
    finally:
        server.stop()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)


def wait_until(found: Callable[[], _Found | None]) -> _Found:
    """Wait until there is something, and give it; TimeoutError if it never comes."""
    end = time.monotonic() + PATIENCE
    while not (something := found()):
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)
    return something
