"""Who is asking: the address of the client, also behind proxies that are trusted."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kgserver.serve.wire.request import Request

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_FORWARDED = "x-forwarded-for"
_IPV6_PREFIX = 64  # what one subscriber gets; its addresses are one client


def finder(trusted: Iterable[str]) -> Callable[[Request], str]:
    """A function that tells a request's client; raises ValueError for no network.

    Of X-Forwarded-For the last address counts that no trusted proxy has; what stands
    before it is what the client says. A client on this machine, or without an address,
    is the operator's own and has no name, unless its address is a proxy's.
    """
    networks = [ipaddress.ip_network(each, strict=False) for each in trusted]

    def client(request: Request) -> str:
        address = request.peer
        if not networks or not _within(address, networks):
            return _named(address)
        said = request.fields.get(_FORWARDED, "")
        for each in reversed([part.strip() for part in said.split(",")]):
            if each and not _within(each, networks):
                return _named(each, foreign=True)
        return _named(address)

    return client


def _within(address: str, networks: Iterable[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def _named(address: str, *, foreign: bool = False) -> str:
    """The name under which query time is counted."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64] if foreign else ""
    mapped = getattr(found, "ipv4_mapped", None) or found
    if mapped.is_loopback and not foreign:
        return ""
    if mapped.version == 6:
        return str(ipaddress.ip_network((mapped, _IPV6_PREFIX), strict=False))
    return str(mapped)
