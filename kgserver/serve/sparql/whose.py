"""Whose query time it is: the address of a client, also of one behind a proxy."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOCAL = ("127.0.0.1", "::1")


def client(address: str, forwarded: str, trusted: Sequence[str]) -> str:
    """The last address that no trusted proxy has; `forwarded` is X-Forwarded-For.

    A client on this machine is the operator's own and has no name.
    """
    if not (trusted and _within(address, trusted)):
        return "" if address in _LOCAL else address
    said = [each.strip() for each in reversed(forwarded.split(","))]
    return next((each for each in said if each and not _within(each, trusted)), "")


def _within(address: str, networks: Sequence[str]) -> bool:
    try:
        found = ipaddress.ip_address(address)
        return any(
            found in ipaddress.ip_network(each, strict=False) for each in networks
        )
    except ValueError:
        return False
