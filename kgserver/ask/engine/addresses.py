"""Which addresses of the network a query may reach: public ones, whatever DNS says.

A name that the operator lists may point inside today or tomorrow, so it is looked up
once for each request, the addresses found are judged, and the connection is made to one
that passed: there is no second look-up that could say something else.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# IPv6 networks that carry IPv4 inside: NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo.
_CARRIERS = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"))
)


class ForbiddenAddressError(Exception):
    """A name leads to no address that may be asked."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet (RFC 6890)."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _CARRIERS) or address.teredo:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int, permitted: Callable[[Address], bool]) -> list[str]:
    """The addresses of a host, if every one of them may be asked.

    Raises ForbiddenAddressError where one may not: a name that leads inside at all is
    not to be trusted with the rest. Raises OSError where there is no such host.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    texts = list(dict.fromkeys(str(where[0]) for *_, where in found))
    for text in texts:
        if not permitted(ipaddress.ip_address(text.partition("%")[0])):
            message = f"{host} leads to {text}, which is not a public address."
            raise ForbiddenAddressError(message)
    return texts
