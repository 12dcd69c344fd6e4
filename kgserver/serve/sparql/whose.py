"""Whose query time it is: the address of a client, also of one behind a proxy."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.serve.wire.request import Request

_LOCAL = ("127.0.0.1", "::1")
# Who has an address of IPv6 has all of its network, so that these are one client.
_NETWORK = 64  # bits that one subscriber's addresses begin with (RFC 6177)


def asks(request: Request, trusted: Sequence[str]) -> str:
    """Whose a request is."""
    forwarded = request.header(b"x-forwarded-for") if trusted else ""
    return client(request.peer[0], forwarded, trusted)


def client(address: str, forwarded: str, trusted: Sequence[str]) -> str:
    """The last address that no trusted proxy has; `forwarded` is X-Forwarded-For.

    Of IPv6 it is the network. A client on this machine is the operator's own and has no
    name.
    """
    if not (trusted and _within(address, trusted)):
        return "" if address in _LOCAL else _owned(address)
    said = [each.strip() for each in reversed(forwarded.split(","))]
    found = (each for each in said if each and not _within(each, trusted))
    return _owned(next(found, ""))


def _owned(address: str) -> str:
    """An address, or the network of one of IPv6; what is no address stays as it is."""
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    network = ipaddress.ip_network((found, _NETWORK), strict=False)
    return str(found.ipv4_mapped or network)


def _within(address: str, networks: Sequence[str]) -> bool:
    try:
        found = ipaddress.ip_address(address)
        return any(
            found in ipaddress.ip_network(each, strict=False) for each in networks
        )
    except ValueError:
        return False
