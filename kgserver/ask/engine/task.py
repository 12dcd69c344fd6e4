"""What is put to the engine and what comes back, as values and as frames on a socket.

A frame is a kind (one byte), a length (four bytes, big-endian) and a payload. For each
task a worker sends any number of PIECE, then END with the last piece, or FAULT. A
stream that ends without END or FAULT is an answer that was cut short. A process that
has to open what it is asked about sends READY before all else.
"""

from __future__ import annotations

import marshal
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.engine.relay import Place

TASK, PIECE, END, FAULT, READY = b"T", b"P", b"E", b"F", b"R"
_HEAD = struct.Struct("!cI")


@dataclass(frozen=True, slots=True)
class Task:
    """A query, its dataset, the media type of its answer, and what it may take.

    `seconds` and `processor` are in seconds, `size` in bytes; 0 is no limit. Without a
    form the text is read only, and nothing is asked of the data. `services` are the
    places in the text at which endpoints stand that SERVICE may ask. With a `graph` it
    asks for all that this one holds, in place of a query; an empty one is the default.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    form: str = ""
    seconds: float = 0.0
    processor: float = 0.0
    rows: int = 0
    size: int = 0
    services: tuple[Place, ...] = ()
    graph: str | None = None

    def packed(self) -> bytes:
        """The task as a frame."""
        # marshal, as both ends are one program and only the web process writes tasks
        values = tuple(getattr(self, name) for name in self.__slots__)
        return frame(TASK, marshal.dumps(values))


@dataclass(frozen=True, slots=True)
class Finish:
    """How a task ended well: rows, bytes, and whether its worker answers no more."""

    rows: int
    size: int
    last: bool

    _LAYOUT = struct.Struct("!QQ?")

    def packed(self, piece: bytes) -> bytes:
        """The end of the answer as a frame, with the last piece of it."""
        return frame(END, self._LAYOUT.pack(self.rows, self.size, self.last) + piece)

    @classmethod
    def read(cls, payload: bytes) -> tuple[Finish, bytes]:
        """What `packed` wrote: how it ended, and the last piece."""
        rows, size, last = cls._LAYOUT.unpack_from(payload)
        return cls(rows, size, last), payload[cls._LAYOUT.size :]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a worker gave up.

    `kind` is syntax, graph, service, format, engine, or a limit.
    """

    kind: str
    said: str

    def packed(self) -> bytes:
        """The fault as a frame."""
        return frame(FAULT, f"{self.kind}\0{self.said}".encode("utf-8", "replace"))

    @classmethod
    def read(cls, payload: bytes) -> Fault:
        """What `packed` wrote."""
        kind, _, said = payload.decode("utf-8", "replace").partition("\0")
        return cls(kind, said)


def frame(kind: bytes, payload: bytes) -> bytes:
    """One frame."""
    return _HEAD.pack(kind, len(payload)) + payload


def unpacked(payload: bytes) -> Task:
    """The task that `packed` wrote."""
    return Task(*marshal.loads(payload))  # see `packed` for why this may be trusted


class Inbox:
    """Frames out of the bytes that a socket brings."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames that are complete with these bytes: kind and payload."""
        held = self._held + data if self._held else data
        at, size = 0, len(held)
        while size - at >= _HEAD.size:
            kind, length = _HEAD.unpack_from(held, at)
            begin = at + _HEAD.size
            if size - begin < length:
                break
            at = begin + length
            self._held = held[at:]
            yield kind, held[begin:at]
        self._held = held[at:]
