"""Many clients in a process of its own: each asks on and on, on one connection.

Run with the port, how many there are, and the paths that they ask for. Whatever was
answered once has to be answered so again; where it is not, or no answer comes, the
process says what came and fails. It ends when its input does, and says how many were
answered.
"""

from __future__ import annotations

import select
import socket
import sys
from itertools import count

# A comment makes of each query another one, which was not kept.
_TOP = b"GET %b%%23%d HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n"


class Client:
    """One of them: what it asks, and what it has heard of the answer."""

    def __init__(self, port: int, paths: list[bytes], first: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._paths, self._turn, self._heard = paths, count(first), b""
        self.ask()

    def ask(self) -> None:
        """Ask for the next path."""
        turn = next(self._turn)
        self.path = self._paths[turn % len(self._paths)]
        self.socket.sendall(_TOP % (self.path, turn))

    def hear(self) -> set[bytes] | None:
        """The words of an answer, in whatever order its rows are, once it is here."""
        data = self.socket.recv(65536)
        if not data:
            sys.exit(f"no answer to {self.path!r}, but {self._heard!r}")
        self._heard += data
        head, end, body = self._heard.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not end or len(body) < int(length):
            return None
        self._heard = b""
        return {head.partition(b"\r\n")[0], *body.split(b'"')}


def main(port: int, number: int, paths: list[bytes]) -> None:
    """Ask until the input ends."""
    clients = [Client(port, paths, 7 * n) for n in range(number)]
    by_socket = {each.socket.fileno(): each for each in clients}
    known: dict[bytes, set[bytes]] = {}
    answered = 0
    while True:
        ready, _, _ = select.select([sys.stdin.fileno(), *by_socket], [], [])
        if sys.stdin.fileno() in ready:
            break
        for each in map(by_socket.__getitem__, ready):
            answer = each.hear()
            if answer is None:
                continue
            if known.setdefault(each.path, answer) != answer:
                sys.exit(f"{each.path!r} was {known[each.path]!r}, then {answer!r}")
            answered += 1
            each.ask()
    print(answered)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), [each.encode() for each in sys.argv[3:]])
