"""Bodies inflated with a hard limit: a small compressed body may hold gigabytes."""

from __future__ import annotations

import sys
import zlib
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: what we ask for, as Accept-Encoding
ACCEPTED = "gzip, deflate, br, zstd"

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ENCODINGS = ("", "identity", "gzip", "x-gzip", "deflate", "br", "zstd")
#: concatenated gzip members or zstd frames that are read; real servers send one
_MAX_MEMBERS = 16
#: a frame header may claim gigabytes of window; on the web none is above 8 MiB (RFC 9659)
_ZSTD_WINDOW = 23


class _Stream(Protocol):
    """One compressed stream, undone step by step."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Inflater:
    """Inflates gzip, deflate, brotli and zstd, never much further than `limit`.

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
        if self._encoding not in _ENCODINGS:
            raise ValueError(f"unknown content encoding {encoding!r}")
        self._out = bytearray()
        #: bytes that are too few yet to say what they are: of the body, or behind a member
        self._held = b""
        self._started = False
        self._stream: _Stream | None = None
        #: how a further member would begin; None where the stream itself judges what follows
        self._magic: bytes | None = None
        self._members = 1
        self._rubbish = False

    def feed(self, chunk: bytes) -> bool:
        """Take a chunk; False when the body has grown too large."""
        if not self._started:
            self._held += chunk
            if len(self._held) < len(_ZSTD_MAGIC):
                return True
            chunk = self._start()
        self._take(chunk)
        return len(self._out) <= self._limit

    def body(self) -> bytes:
        """What there was, once everything was fed."""
        if not self._started:
            self._take(self._start())
        if self._stream and not self._stream.eof:
            raise ValueError("compression that ends too soon")
        return bytes(self._out)

    def so_far(self) -> bytes:
        """The beginning of the body, when the rest does not matter."""
        return bytes(self._out)

    def _start(self) -> bytes:
        """See by the first bytes what this is; they are returned to be taken."""
        start, self._held, self._started = self._held, b"", True
        self._stream = self._stream_of(start)
        return start

    def _take(self, chunk: bytes) -> None:
        if self._stream is None:
            self._out += chunk
            return
        try:
            self._inflate(self._stream, chunk)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise ValueError("broken compression") from error

    def _inflate(self, stream: _Stream, chunk: bytes) -> None:
        while chunk and not self._rubbish:
            room = self._limit + 1 - len(self._out)
            if room <= 0:
                return
            if stream.eof and self._magic is not None:
                # behind a member comes another one, or rubbish that everybody ignores
                chunk, self._held = self._held + chunk, b""
                if len(chunk) < len(self._magic) and self._magic.startswith(chunk):
                    self._held = chunk
                    return
                self._members += 1
                self._rubbish = (
                    self._members > _MAX_MEMBERS
                    or not self._magic
                    or not chunk.startswith(self._magic)
                )
                if self._rubbish:
                    return
                self._stream = stream = self._stream_of(chunk) or stream
            self._out += stream.decompress(chunk, room)
            if not stream.eof:
                return
            chunk = stream.unused_data

    def _stream_of(self, start: bytes) -> _Stream | None:
        if start.startswith(_GZIP_MAGIC):
            self._magic = _GZIP_MAGIC
            return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        if start.startswith(_ZSTD_MAGIC):
            self._magic = _ZSTD_MAGIC
            most: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
            return zstd.ZstdDecompressor(options=most)
        if self._encoding == "deflate" and len(start) > 1:
            # the RFC means a zlib stream; some servers send a bare one
            self._magic = b""
            framed = start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0
            return zlib.decompressobj(wbits=zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
        # brotli has no magic, but no stream of it begins with "<" or a byte order mark: both would
        # be a metadata block whose reserved bit is set (RFC 7932, 9.2)
        if self._encoding == "br" and start and not start.startswith((b"<", b"\xef\xbb\xbf")):
            return _Brotli()
        return None


class _Brotli:
    """brotli's decompressor with the bound of the others; it may give twice as much as asked."""

    unused_data = b""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._stream.is_finished())

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        # bytes behind the end are an error to it, in this piece or a later one
        return bytes(self._stream.process(data, output_buffer_limit=max_length))
