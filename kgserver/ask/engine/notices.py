"""What the mother tells the web process: of each worker that comes and that ends."""

from __future__ import annotations

import socket
import struct

# Kind, process, generation, version, wait status; a socket to it comes with a birth.
NOTICE = struct.Struct("!cIIII")
BORN, GONE = b"B", b"G"
_PATIENCE = 1.0  # seconds that the web process may take to read what it is told


class Line:
    """The mother's end of the line to the web process, while there is one."""

    def __init__(self) -> None:
        self._line: socket.socket | None = None

    @property
    def open(self) -> bool:
        """Whether there is somebody to be told."""
        return self._line is not None

    def take(self, listener: socket.socket) -> None:
        """Take the call of a web process that has come."""
        self._line, _ = listener.accept()
        self._line.settimeout(_PATIENCE)

    def close(self) -> None:
        """Tell nobody any more."""
        if self._line:
            self._line.close()
            self._line = None

    def born(self, worker: tuple[int, int, int], channel: socket.socket) -> bool:
        """Tell of a worker's process, generation and version; False if nobody hears."""
        return self._tell(NOTICE.pack(BORN, *worker, 0), [channel.fileno()])

    def gone(self, process: int, generation: int, status: int) -> bool:
        """Tell of a worker that has ended, and how; False if nobody hears."""
        return self._tell(NOTICE.pack(GONE, process, generation, 0, status), [])

    def _tell(self, notice: bytes, handles: list[int]) -> bool:
        if self._line is None:
            return True
        try:
            sent = socket.send_fds(self._line, [notice], handles)
            self._line.sendall(notice[sent:])
        except OSError:
            return False
        return True
