"""Requests to addresses that users chose: only to where the public internet begins."""
from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import urlsplit

IpAddress: TypeAlias = "IPv4Address | IPv6Address"
IpNetwork: TypeAlias = "IPv4Network | IPv6Network"

#: Of each step, and of the whole.
STEP_SECONDS = 10.0
WHOLE_SECONDS = 20.0
#: IPv6 that carries an IPv4 address inside, by which a private one could be reached: translation, 6to4, Teredo, and
#: the abandoned compatible form. (The mapped form is taken apart.)
_CARRIERS = tuple(ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))


class Unreachable(Exception):
    """No answer was had: the address is none that may be reached, or nobody answered there."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, allowed: Sequence[IpNetwork] = ()) -> int:
    """The status of the answer, of which nothing else is read; redirects are answers.

    The host's name is looked up once. Every address that it has must be public or in `allowed`, and the connection
    goes to one that was checked, whatever the name means a moment later. Plain HTTP goes to `allowed` alone.
    """
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    addresses = _looked_up(host, port)
    for each in addresses:
        if not may_be_reached(each, allowed):
            raise Unreachable(f"{host} is {each}, which is not a public address")
        if not secure and not _within(each, allowed):
            raise Unreachable("only https is sent to public addresses")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = {"Host": parts.netloc, **headers}
    deadline = time.monotonic() + WHOLE_SECONDS
    try:
        with _connected(addresses, port, deadline) as plain, _secured(plain, host) if secure else plain as stream, \
                _cut_off_at(deadline, stream):
            return _asked(stream, host, path, body, named)
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def may_be_reached(address: IpAddress, allowed: Sequence[IpNetwork] = ()) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if _within(address, allowed):
        return True
    return (address.is_global and not address.is_multicast and not address.is_reserved
            and not (isinstance(address, IPv6Address) and _within(address, _CARRIERS)))


def _within(address: IpAddress, networks: Sequence[IpNetwork]) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in networks if network.version == address.version)


def _looked_up(host: str, port: int) -> list[IpAddress]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host} has no address: {error}") from error
    return list(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))


def _connected(addresses: Sequence[IpAddress], port: int, deadline: float) -> socket.socket:
    last: OSError = TimeoutError("no address answered")
    for each in addresses:
        left = min(STEP_SECONDS, deadline - time.monotonic())
        if left <= 0:
            break
        try:
            return socket.create_connection((str(each), port), timeout=left)
        except OSError as error:
            last = error
    raise last


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """Not yet shaken hands: that is done within the deadline."""
    plain.settimeout(STEP_SECONDS)
    return _context().wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


def _asked(stream: socket.socket, host: str, path: str, body: bytes, headers: Mapping[str, str]) -> int:
    if isinstance(stream, ssl.SSLSocket):
        stream.do_handshake()
    connection = HTTPConnection(host, timeout=STEP_SECONDS)
    connection.sock = stream
    try:
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


@contextmanager
def _cut_off_at(deadline: float, stream: socket.socket) -> Iterator[None]:
    """Who answers a byte at a time does not hold the worker."""
    def cut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(stream, socket.SHUT_RDWR)  # of the connection: TLS is not asked to say goodbye

    watch = threading.Timer(max(deadline - time.monotonic(), 0), cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
