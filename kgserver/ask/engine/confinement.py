"""A process that runs foreign queries gives up the network, and running programs.

The guard refuses SERVICE on tokens; this is the wall behind it. On Linux the kernel
itself says no, whatever the engine makes of a query: a system call of the list fails
with EPERM (seccomp(2), mode filter). Where a relay may be asked, connections of TCP are
left, to its port only (landlock(7), from Linux 6.7 on). Elsewhere the guard stands
alone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# prctl(2), linux/seccomp.h, linux/filter.h
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN, _AND = 0x20, 0x15, 0x35, 0x06, 0x54
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
# Calls from here on are those of the x32 ABI: the same calls under other numbers.
_X32 = 0x40000000
# What of a socket's type is no flag (SOCK_CLOEXEC, SOCK_NONBLOCK).
_NO_FLAGS = 0xFFFFFFFF ^ (socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
# linux/landlock.h: system calls (the same on every machine), rights, kind of rule
_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446
_BIND_TCP, _CONNECT_TCP, _PORT_RULE = 1, 2, 2


@dataclass(frozen=True, slots=True)
class Machine:
    """How a kind of processor numbers the system calls that are refused."""

    audit: int
    calls: Mapping[str, int]


MACHINES: Mapping[str, Machine] = {
    "x86_64": Machine(
        0xC000003E,
        {
            "socket": 41, "connect": 42, "bind": 49, "listen": 50, "execve": 59,
            "ptrace": 101, "execveat": 322, "io_uring_setup": 425,
        },
    ),
    "aarch64": Machine(
        0xC00000B7,
        {
            "socket": 198, "connect": 203, "bind": 200, "listen": 201, "execve": 221,
            "ptrace": 117, "execveat": 281, "io_uring_setup": 425,
        },
    ),
}  # fmt: skip


class _Program(ctypes.Structure):
    """`struct sock_fprog`: how many instructions, and where they are."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def confine(relay: int = 0) -> bool:
    """Refuse this process and its children the network and new programs, for good.

    What is open already stays usable, and so is the port of a relay, if one is given.
    Returns whether the kernel took all of it.
    """
    machine = MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    code = b"".join(_instructions(machine, tcp=bool(relay)))
    program = _Program(len(code) // 8, code)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    narrowed = not relay or _only_port(relay)
    return not prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) and narrowed


def _only_port(port: int) -> bool:
    """Let this process connect by TCP to one port only; whether the kernel took it."""
    call = ctypes.CDLL(None, use_errno=True).syscall
    rights = struct.pack("=QQ", 0, _BIND_TCP | _CONNECT_TCP)
    ruleset = call(_RULESET, rights, ctypes.c_size_t(len(rights)), 0)
    if ruleset < 0:
        return False
    rule = struct.pack("=QQ", _CONNECT_TCP, port)
    taken = not call(_ADD_RULE, ruleset, _PORT_RULE, rule, 0)
    taken = taken and not call(_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return taken


def _instructions(machine: Machine, *, tcp: bool) -> Iterator[bytes]:
    """The filter: a foreign architecture ends the process, a listed call fails.

    With `tcp`, a socket of TCP may be made and connected.
    """
    refuse = _ERRNO | errno.EPERM
    yield _instruction(_LOAD, _ARCHITECTURE)
    yield _instruction(_IF_EQUAL, machine.audit, jump=1)
    yield _instruction(_RETURN, _KILL)
    yield _instruction(_LOAD, _NUMBER)
    yield _instruction(_IF_AT_LEAST, _X32, skip=1)
    yield _instruction(_RETURN, refuse)
    for name, number in machine.calls.items():
        if tcp and name == "connect":
            continue
        if tcp and name == "socket":
            yield from _sockets_of_tcp(number, refuse)
        else:
            yield _instruction(_IF_EQUAL, number, skip=1)
            yield _instruction(_RETURN, refuse)
    yield _instruction(_RETURN, _ALLOW)


def _sockets_of_tcp(number: int, refuse: int) -> Iterator[bytes]:
    """A socket may be made if it is one of plain TCP over IPv4."""
    asked = ((0, socket.AF_INET), (1, socket.SOCK_STREAM), (2, 0))
    yield _instruction(_IF_EQUAL, number, skip=4 * len(asked) + 1)
    for place, only in asked:
        yield _instruction(_LOAD, _ARGUMENTS + 8 * place)
        yield _instruction(_AND, _NO_FLAGS)
        yield _instruction(_IF_EQUAL, only, jump=1)
        yield _instruction(_RETURN, refuse)
    yield _instruction(_RETURN, _ALLOW)


def _instruction(code: int, value: int, *, jump: int = 0, skip: int = 0) -> bytes:
    """One instruction; `jump` over so many where it holds, `skip` where it does not."""
    return struct.pack("HBBI", code, jump, skip, value)
