"""What may be dialled: public addresses only, judged where the socket is made.

Feed addresses come from people and from redirects, and names can change what they resolve to
between a check and a connection. So there is one predicate and one place that asks it: the
socket factory, which sees the very address that is about to be dialled.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from bot.feeds.wire import CountingSocket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: RFC 6052: the IPv4 address stands in the last 32 bits
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CGNAT = ipaddress.ip_network("100.64.0.0/10")
#: ranges that Python 3.11 does not know to be special: local NAT64 (RFC 8215, the IPv4 address
#: may stand anywhere), ::a.b.c.d and site-local (deprecated), documentation, segment routing
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b:1::/48", "::/96", "fec0::/10", "3fff::/20", "5f00::/16",
        # where 6to4 relays were (RFC 7526)
        "192.88.99.0/24",
    )
)  # fmt: skip
#: where cloud machines keep their credentials; link-local or private, named for the sentence
_METADATA = frozenset({
    "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "fd00:ec2::254",
    "192.0.0.192", "168.63.129.16",
})  # fmt: skip


class Refused(OSError):
    """This address may not be dialled: the sentence says why."""


def refusal(ip: str) -> str | None:
    """Why this IP address may not be dialled, or None for a public one.

    An address that carries an IPv4 one (mapped, NAT64, 6to4) is judged by what it carries: on
    Python 3.11 `is_global` calls ::ffff:100.64.0.1, 64:ff9b::7f00:1 and 2002:7f00:1:: public.
    Teredo is refused whole, like every other range that no public server lives in.
    """
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return f"{ip} is not an IP address"
    carried = _carried(address)
    reason = _judge(carried or address)
    if reason is None:
        return None
    return f"{carried} inside {address} is {reason}" if carried else f"{address} is {reason}"


def _judge(address: Address) -> str | None:
    if str(address) in _METADATA:
        return "a metadata service of a cloud"
    if address.is_unspecified:
        return "no address at all"
    if address.is_loopback:
        return "this machine itself"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "multicast"
    if address in _CGNAT:
        return "inside a provider's network"
    if address.is_reserved or any(address in network for network in _SPECIAL):
        return "reserved"
    if address.is_private or not address.is_global:
        return "private"
    return None


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside an IPv6 one."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


class Guard:
    """The predicate with the operator's exceptions, as a socket factory for aiohttp.

    `allow` holds networks ("127.0.0.0/8"), addresses, and host names. A name lets through
    whatever *it* resolves to, and nothing that another name resolves to: `dialling` tells the
    factory, per task, whose address is being dialled.
    """

    def __init__(self, allow: Sequence[str] = ()):
        self._networks: list[Network] = []
        hosts = set()
        for item in allow:
            try:
                self._networks.append(ipaddress.ip_network(item, strict=False))
            except ValueError:
                hosts.add(item.lower().rstrip("."))
        self._hosts = frozenset(hosts)
        self._host: ContextVar[str] = ContextVar("dialled_host", default="")

    def dialling(self, host: str) -> None:
        """Say, in the task that is about to connect, which host it connects to."""
        self._host.set(host.lower().rstrip("."))

    def refusal(self, ip: str, host: str = "") -> str | None:
        """Why `host` may not be reached at this IP address, or None."""
        reason = refusal(ip)
        if reason is None or (host and host in self._hosts):
            return None
        try:
            address = ipaddress.ip_address(ip.partition("%")[0])
        except ValueError:
            return reason
        # an IPv4-mapped address is the IPv4 address: the kernel dials the same machine
        mapped = getattr(address, "ipv4_mapped", None) or address
        return None if any(mapped in network for network in self._networks) else reason

    def socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        """Make the socket for this resolved address.

        Raises:
            Refused: when it may not be dialled.
        """
        family, type_, proto, _, sockaddr = addr_info
        reason = self.refusal(str(sockaddr[0]), self._host.get())
        if reason:
            raise Refused(f"not allowed: {reason}")
        return CountingSocket(family=family, type=type_, proto=proto)
