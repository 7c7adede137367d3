"""What lies under a request: names looked up in threads of their own, sockets that count."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

#: bytes that one answer may take on the wire, with headers and framing
MAX_WIRE = 3 * 1024 * 1024
#: names looked up at once: as many as feeds are asked at once
NAMES = 100


class TooMuch(ConnectionAbortedError):
    """The other side sent more than any answer can need."""


class CountingSocket(socket.socket):
    """A socket that hangs up on an answer which takes more than MAX_WIRE bytes.

    A cap on the body does not see what is no body: interim answers (1xx), empty lines before the
    status, chunk extensions, one-byte chunks. Each would keep the loop busy until the deadline.
    What is sent begins the next count, for a connection serves several requests.
    """

    _received = 0

    def send(self, *args: Any) -> int:
        self._received = 0
        return super().send(*args)

    def sendmsg(self, *args: Any) -> int:
        self._received = 0
        return super().sendmsg(*args)

    def recv(self, *args: Any) -> bytes:
        data = super().recv(*args)
        self._count(len(data))
        return data

    def recv_into(self, *args: Any) -> int:
        received = super().recv_into(*args)
        self._count(received)
        return received

    def _count(self, received: int) -> None:
        self._received += received
        if self._received > MAX_WIRE:
            raise TooMuch


class Names(AbstractResolver):
    """Looks names up in threads of its own.

    The loop's threads are few (six on two cores), and a name whose servers are down holds one for
    half a minute: six dead sites would keep every other from being found.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(NAMES, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError (gaierror) when the name is not known."""
        look_up = partial(
            socket.getaddrinfo,
            host,
            port,
            family=family,
            type=socket.SOCK_STREAM,
            flags=socket.AI_ADDRCONFIG,
        )
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=family,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for family, _, proto, _, address in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
