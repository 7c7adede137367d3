"""Bodies inflated with a hard limit: a small compressed body may hold gigabytes."""

from __future__ import annotations

import zlib

_GZIP_MAGIC = b"\x1f\x8b"
#: concatenated gzip members that are read; real servers send one
_MAX_MEMBERS = 16


class Inflater:
    """Inflates gzip and deflate, never further than one byte past `limit`.

    What the bytes are decides, not the header alone: there are servers that compress without
    saying so, and some that say so and do not.
    """

    def __init__(self, encoding: str, limit: int):
        """Take the Content-Encoding header and the most bytes that a body may have.

        Raises:
            ValueError: for an encoding that was not asked for; so do feed() and body() for
                bytes that are not what they should be.
        """
        self._limit = limit
        self._encoding = encoding.strip().lower()
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise ValueError(f"unknown content encoding {encoding!r}")
        self._out = bytearray()
        self._head = b""
        self._started = False
        self._zlib: zlib._Decompress | None = None
        self._members = 0

    def feed(self, chunk: bytes) -> bool:
        """Take a chunk; False when the body has grown too large."""
        if not self._started:
            self._head += chunk
            if len(self._head) < 2:
                return True
            chunk, self._head, self._started = self._head, b"", True
            self._zlib = self._decompressor(chunk)
        if self._zlib is None:
            self._out += chunk
        else:
            self._inflate(chunk)
        return len(self._out) <= self._limit

    def body(self) -> bytes:
        if self._zlib and not self._zlib.eof:
            raise ValueError("compression that ends too soon")
        return bytes(self._out or self._head)

    def _decompressor(self, start: bytes) -> zlib._Decompress | None:
        if start[:2] == _GZIP_MAGIC:
            return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        if self._encoding == "deflate":
            # the RFC means a zlib stream; some servers send a bare one
            framed = start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0
            return zlib.decompressobj(wbits=zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
        return None

    def _inflate(self, chunk: bytes) -> None:
        while chunk and self._zlib:
            room = self._limit + 1 - len(self._out)
            if room <= 0:
                return
            try:
                self._out += self._zlib.decompress(chunk, room)
            except zlib.error as error:
                raise ValueError("broken compression") from error
            if not self._zlib.eof:
                return
            # what follows a gzip member is another one, or rubbish that everybody ignores
            chunk = self._zlib.unused_data
            self._members += 1
            if not chunk.startswith(_GZIP_MAGIC) or self._members >= _MAX_MEMBERS:
                return
            self._zlib = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
