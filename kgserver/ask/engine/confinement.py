"""A process that runs foreign queries gives up the network, and running programs.

The guard refuses SERVICE on tokens; this is the wall behind it. On Linux the kernel
itself says no (seccomp(2), mode filter), whatever the engine makes of a query: a system
call of the list fails with EPERM. Elsewhere the guard stands alone.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# prctl(2), linux/seccomp.h, linux/filter.h
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
# Calls from here on are those of the x32 ABI: the same calls under other numbers.
_X32 = 0x40000000


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


def confine() -> bool:
    """Refuse this process and its children the network and new programs, for good.

    What is open already stays usable. Returns whether the kernel took it.
    """
    machine = MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    code = b"".join(_instructions(machine))
    program = _Program(len(code) // 8, code)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)


def _instructions(machine: Machine) -> Iterator[bytes]:
    """The filter: a foreign architecture ends the process, a listed call fails."""
    refuse = _ERRNO | errno.EPERM
    yield _instruction(_LOAD, _ARCHITECTURE)
    yield _instruction(_IF_EQUAL, machine.audit, jump=1)
    yield _instruction(_RETURN, _KILL)
    yield _instruction(_LOAD, _NUMBER)
    yield _instruction(_IF_AT_LEAST, _X32, skip=1)
    yield _instruction(_RETURN, refuse)
    for number in machine.calls.values():
        yield _instruction(_IF_EQUAL, number, skip=1)
        yield _instruction(_RETURN, refuse)
    yield _instruction(_RETURN, _ALLOW)


def _instruction(code: int, value: int, *, jump: int = 0, skip: int = 0) -> bytes:
    """One instruction; `jump` over so many where it holds, `skip` where it does not."""
    return struct.pack("HBBI", code, jump, skip, value)
