"""The client of a request: its address, and the clients that count as one."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable
from typing import Final

from starlette.requests import Request

#: Bits of an IPv6 address that identify a network; a single subscriber has all addresses in it
#: (RFC 6177).
_IPV6_NETWORK_BITS: Final = 64


def client_of(request: Request) -> str:
    """Return the address of the client, empty if it is unknown."""
    return request.client.host if request.client else ""


@functools.lru_cache(maxsize=4096)
def client_group(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or a network of IPv6 addresses.

    Anything else is returned unchanged.

    >>> client_group("::ffff:192.0.2.1"), client_group("2001:db8::1:2:3:4")
    ('192.0.2.1', '2001:db8::/64')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address) or parsed.is_loopback:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _IPV6_NETWORK_BITS), strict=False))


@functools.lru_cache(maxsize=4096)
def is_loopback(client: str) -> bool:
    """Return whether a client is this machine; behind a proxy every client seems to be."""
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False


def is_in(networks: str) -> Callable[[str], bool]:
    """Return a function whether an address is in one of some networks, separated by commas."""
    parsed = [ipaddress.ip_network(part.strip()) for part in networks.split(",") if part.strip()]

    @functools.lru_cache(maxsize=4096)
    def contains(address: str) -> bool:
        try:
            return any(ipaddress.ip_address(address) in network for network in parsed)
        except ValueError:
            return False

    return contains
