"""A request as WSGI has it (PEP 3333), with its target as it was written."""

from __future__ import annotations

import io
import sys
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIEnvironment

    from kgserver.serve.wire.request import Request

_BLOCK = 128 * 1024
_BARE = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def environ(request: Request) -> WSGIEnvironment:
    """The variables of a request.

    A name with an underscore is left out: in CGI's spelling it is the same as one with
    a hyphen.
    """
    target, path = request.target.decode("latin-1"), request.path
    name, _, port = request.header(b"host").rpartition(":")
    found: WSGIEnvironment = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": target,
        "REQUEST_URI": target,
        "SERVER_NAME": name or "localhost",
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "REMOTE_ADDR": request.peer[0],
        "REMOTE_PORT": str(request.peer[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": Blocks,
    }
    for key, value in request.headers.items():
        if b"_" not in key:
            spelt = f"HTTP_{key.decode('latin-1').upper().replace('-', '_')}"
            found[_BARE.get(key, spelt)] = value.decode("latin-1")
    if request.body:
        found["CONTENT_LENGTH"] = str(len(request.body))
    found.pop("HTTP_TRANSFER_ENCODING", None)
    return found


class Blocks:
    """A file as blocks that are worth a thread's while."""

    def __init__(self, file: IO[bytes], _: int = 0) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        data = self._file.read(_BLOCK)
        if not data:
            raise StopIteration
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()
