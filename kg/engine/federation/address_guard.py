"""Connecting only to public addresses.

A name is resolved once, and the checked addresses are the ones connected to, so a DNS answer that
changes between check and connection has no effect (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import httpcore
from httpcore import SOCKET_OPTION, AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Networks whose addresses end in an IPv4 address (RFC 6052, RFC 4291 2.5.5.1).
_EMBEDDING: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))
#: Addresses of a name to try: each may take the full connection timeout.
_MAX_ATTEMPTS: Final = 4
#: Resolves a host and a port to addresses.
Resolver = Callable[[str, int], Awaitable[list[str]]]


class PrivateAddressError(Exception):
    """A name resolves to an address that is not public."""


def is_public(address: str) -> bool:
    """Return whether an address, or any address embedded in it, is public.

    >>> is_public("93.184.215.14")
    True
    >>> is_public("::ffff:127.0.0.1"), is_public("64:ff9b::a00:1"), is_public("fe80::1%eth0")
    (False, False, False)
    """
    try:
        parsed: _Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(
        target.is_global
        and not (target.is_multicast or target.is_reserved or target.is_unspecified)
        for target in _targets(parsed)
    )


def _targets(address: _Address) -> Iterable[_Address]:
    """Yield an address or the IPv4 addresses embedded in it."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
        return
    if any(address in network for network in _EMBEDDING):
        yield ipaddress.IPv4Address(address.packed[-4:])
        return
    yield address
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name, in the system's order of preference."""
    loop = asyncio.get_running_loop()
    entries = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address) for *_, (address, *_) in entries))


class GuardedBackend(AsyncNetworkBackend):
    """A network backend of ``httpcore`` that connects only to checked addresses.

    ``private`` allows addresses that are not public.
    """

    def __init__(self, *, private: bool, resolver: Resolver = resolve) -> None:
        self._private = private
        self._resolver = resolver
        self._backend = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to the first address that answers.

        Raises:
            PrivateAddressError: if any address of the name is not public.
        """
        try:
            addresses = await self._resolver(host.strip("[]"), port)
        except OSError as error:
            raise httpcore.ConnectError(f"no address for {host}") from error
        for address in addresses:
            if not self._private and not is_public(address):
                raise PrivateAddressError(f"{host} resolves to {address}, which is not public")
        failure: Exception = httpcore.ConnectError(f"no address for {host}")
        for address in addresses[:_MAX_ATTEMPTS]:
            try:
                return await self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Refuse the connection: endpoints are never Unix sockets."""
        raise PrivateAddressError(f"{path} is not a network address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
