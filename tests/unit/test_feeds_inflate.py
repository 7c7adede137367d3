"""Bodies are undone whatever the pieces they come in, and never further than the cap."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
import zlib
from pathlib import Path

import brotli
import pytest

from bot.feeds.inflate import Inflater

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROOT = Path(__file__).parents[2]
LIMIT = 100_000
TEXT = "".join(f"<item>Gao, le {n}e jour</item>" for n in range(800)).encode()
BODIES = {
    "plain": ("", TEXT),
    "gzip": ("gzip", gzip.compress(TEXT)),
    "gzip members": ("gzip", gzip.compress(TEXT[:999]) + gzip.compress(TEXT[999:])),
    "gzip, rubbish": ("gzip", gzip.compress(TEXT) + b"\0\0 rubbish"),
    "deflate": ("deflate", zlib.compress(TEXT)),
    "deflate, rubbish": ("deflate", zlib.compress(TEXT) + b"\r\n"),
    "br": ("br", brotli.compress(TEXT)),
    "br, untrue": ("br", TEXT),
    "zstd": ("zstd", zstd.compress(TEXT)),
    "zstd frames": ("zstd", zstd.compress(TEXT[:999]) + zstd.compress(TEXT[999:])),
}


def _inflated(encoding: str, body: bytes, seed: int) -> bytes:
    """In pieces of chance, one-byte ones among them."""
    chance, inflate, at = random.Random(seed), Inflater(encoding, LIMIT), 0
    while at < len(body):
        size = chance.choice((1, 1, 2, 3, 50, 5000))
        assert inflate.feed(body[at : at + size])
        at += size
    return inflate.body()


@pytest.mark.parametrize("name", BODIES)
def test_pieces_make_no_difference(name: str) -> None:
    """A body may break anywhere, between two members too."""
    assert {_inflated(*BODIES[name], seed) for seed in range(20)} == {TEXT}


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", brotli.compress(b"")),
        ("zstd", zstd.compress(b"")),
        ("gzip", gzip.compress(b"")),
        ("deflate", b"\x03\x00"),
        ("br", b""),
        ("gzip", b""),
    ],
    ids=["br", "zstd", "gzip", "deflate", "br, no byte", "gzip, no byte"],
)
def test_nothing_may_be_compressed(encoding: str, body: bytes) -> None:
    """Fewer bytes than it takes to know what they are."""
    assert _inflated(encoding, body, 0) == b""


def test_the_cap_is_exact() -> None:
    """What is as large as the cap is read, one byte more is not."""
    for squeeze in (gzip.compress, brotli.compress, zstd.compress):
        encoding = "br" if squeeze is brotli.compress else ""
        assert Inflater(encoding, len(TEXT)).feed(squeeze(TEXT))
        assert not Inflater(encoding, len(TEXT) - 1).feed(squeeze(TEXT))


_BOMBS = """
import resource, sys, zlib
import brotli
from bot.feeds.inflate import Inflater, zstd

def gzip_bomb(squeeze=zlib.compressobj(wbits=31)):
    return b"".join(squeeze.compress(zeros) for _ in range(1024)) + squeeze.flush()

def br_bomb(squeeze=brotli.Compressor(quality=1)):
    return b"".join(squeeze.process(zeros) for _ in range(1024)) + squeeze.finish()

def zstd_bomb(squeeze=zstd.ZstdCompressor()):
    return b"".join(squeeze.compress(zeros) for _ in range(1024)) + squeeze.flush()

zeros = bytes(1024 * 1024)
bombs = {"gzip": gzip_bomb(), "br": br_bomb(), "zstd": zstd_bomb()}
for encoding, bomb in bombs.items():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    inflate = Inflater(encoding, 2 * 1024 * 1024)
    pieces = [bomb[at:at + 65536] for at in range(0, len(bomb), 65536)]
    fits = all([inflate.feed(piece) for piece in pieces])
    print(encoding, fits, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_gibibyte_in_a_few_kibibytes_takes_no_memory() -> None:
    """In a process of its own, so that the libraries' own memory counts too: 24 MiB at most."""
    ran = subprocess.run(
        [sys.executable, "-c", _BOMBS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = [line.split() for line in ran.stdout.splitlines()]

    assert [(encoding, fits) for encoding, fits, _ in found] == [
        ("gzip", "False"),
        ("br", "False"),
        ("zstd", "False"),
    ]
    assert max(int(grown) for *_, grown in found) < 24 * 1024
