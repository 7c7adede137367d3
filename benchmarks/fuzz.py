"""Random texts against everything that reads what strangers write: it answers, and in time.

    python -m benchmarks.fuzz [SECONDS]

Detection, feed parsing, queries and both renderings get random text, words of the trade in random
order, real-looking sentences repeated and bytes bent; 600 seconds unless told. Refusals a room
documents are answers. Ends with the findings, 1 if there are any; one that stays becomes a test in
tests/detection/test_detect_anything.py.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

from bot.detect.detector import Detector
from bot.detect.report import Detection, Item
from bot.events.query import QueryError, parse
from bot.feeds.parse import parse as parse_feed
from bot.messages.message import Message, Span
from bot.messages.render import TELEGRAM_LIMIT, to_html, to_plain, units

#: one call on an item as long as detection reads at all (8,000 characters)
_PATIENCE = 0.25
_WORDS = [
    "Mali",
    "Niger",
    "Burkina",
    "attaque",
    "attaqué",
    "tués",
    "12",
    "trois",
    "dizaines",
    "soldats",
    "civils",
    "camp",
    "militaire",
    "de",
    "à",
    "du",
    "le",
    "la",
    "Gao",
    "Djibo",
    "Ménaka",
    "jihadistes",
    "JNIM",
    "EIGS",
    "AES",
    "CEDEAO",
    "ECOWAS",
    "sanctions",
    "lève",
    "signe",
    "accord",
    "défense",
    "lundi",
    "hier",
    "3",
    "mars",
    "2024",
    "dont",
    "selon",
    "l'armée",
    "embuscade",
    "Nigeria",
    "kidnapped",
    "gunmen",
    "killed",
    "dozens",
    "least",
    "at",
    "in",
    "near",
    "of",
    "Boko",
    "Haram",
    "troops",
    "withdraw",
    "sommet",
    "ambassadeur",
    "rappelle",
    "retrait",
    "nuit",
    "dernière",
    "samedi",
    "«",
    "»",
    "(",
    ")",
    '"',
    "'",
    ",",
    ".",
    ";",
    ":",
    "!",
    "?",
    "–",
    "…",
    "\n",
    "<b>",
    "</p>",
    "&amp;",
    "&#x0;",
    "%s",
    "{x}",
    "هجوم",
    "مسلح",
    "مالي",
    "جنود",
    "١٢",
    "�",
    "\x00",
    "\u202e",
    "1.000",
    "10,5",
    "99999999999999999999",
    "31/02/2024",
    "25:61",
    "M.",
    "J.N.I.M.",
    "kind:",
    "country:ML",
    "near:gao,50km",
    "(",
    ")",
    "OR",
    "-",
    '"',
    "*",
    "severity>=",
    "-football",
    "origins>=2",
]
_FEED = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
    "<title>T</title><ttl>30</ttl>"
    "<item><title>{0}</title><link>https://e.example/{1}</link><guid>{2}</guid>"
    "<pubDate>Tue, 05 Mar 2024 10:00:00 GMT</pubDate><description>{3}</description></item>"
    "</channel></rss>"
)


def words(source: random.Random, most: int) -> str:
    """Words of the trade, sometimes one run of them over and over, sometimes any characters."""
    many = source.choice((3, 20, 60, most))
    shape = source.random()
    if shape < 0.2:
        return "".join(chr(source.choice((source.randrange(0x250), source.randrange(0x20000))))
                       for _ in range(source.randrange(many)))  # fmt: skip
    if shape < 0.6:
        return " ".join(source.choices(_WORDS, k=source.randrange(many)))
    run = source.choices(_WORDS, k=source.randint(1, 9)) + source.choice(([], ["."]))
    return " ".join(run * (source.randrange(many) // len(run) + 1))


class Fuzz:
    """Each method takes one random text to one reader."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.detector = Detector.load()
        parse("near:gao,50km")  # loads the places, which no later query pays for

    def detect(self) -> Callable[[], object]:
        days = timedelta(days=self.source.randrange(30_000))
        published = self.source.choice((None, datetime(1960, 1, 1, tzinfo=UTC) + days))
        item = Item(words(self.source, 400), words(self.source, 5000), published)

        def read() -> None:
            found = self.detector.detect(item)
            assert 0 <= found.confidence <= 1
            assert Detection(found.language, found.reports, found.confidence, found.why) == found

        return read

    def feed(self) -> Callable[[], object]:
        texts = [words(self.source, 200) for _ in range(4)]
        body = bytearray(_FEED.format(*texts).encode("utf-8", "surrogatepass"))
        for _ in range(self.source.choice((0, 0, 3, 30))):
            body[self.source.randrange(len(body))] = self.source.randrange(256)

        headers = {"content-type": self.source.choice(("application/rss+xml", "text/html", ""))}
        return lambda: parse_feed(bytes(body), headers, "https://e.example/feed", 1.7e9)

    def query(self) -> Callable[[], object]:
        text = words(self.source, 60)

        def read() -> None:
            try:
                norm = parse(text).norm
            except QueryError:
                return
            assert parse(norm).norm == norm

        return read

    def render(self) -> Callable[[], object]:
        message = Message(tuple(
            tuple(Span(words(self.source, 300)) for _ in range(self.source.randint(0, 4)))
            for _ in range(self.source.randint(0, 12))
        ))  # fmt: skip

        def write() -> None:
            assert all(units(unescape(part)) <= TELEGRAM_LIMIT for part in to_html(message))
            to_plain(message)

        return write


def run(seconds: float, seed: int) -> int:
    """Calls in turn until the time is up; prints and counts what went wrong, once a kind."""
    source = random.Random(seed)
    fuzz = Fuzz(source)
    readers = (fuzz.detect, fuzz.detect, fuzz.feed, fuzz.query, fuzz.render)
    slowest = dict.fromkeys((r.__name__ for r in readers), 0.0)
    found: set[str] = set()
    calls, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        reader = readers[calls % len(readers)]
        call, name, calls = reader(), reader.__name__, calls + 1
        began = time.process_time()
        try:
            call()
        except Exception:
            trace = traceback.format_exc()
            finding = f"{name}: {trace[-600:]}"
        else:
            finding = ""
        took = time.process_time() - began
        if not finding and took > max(_PATIENCE, slowest[name]):
            finding = f"{name}: slow, {took:.2f} s"
        slowest[name] = max(slowest[name], took)
        if finding and finding not in found:
            found.add(finding)
            print(finding, f"{took:.3f} s", repr(call.__closure__ and [
                c.cell_contents for c in call.__closure__])[:400], flush=True)  # fmt: skip
    print(f"{calls} calls in {seconds:.0f} s, {len(found)} findings; slowest, in ms:",
          {name: round(1000 * took) for name, took in slowest.items()})  # fmt: skip
    return len(found)


if __name__ == "__main__":
    sys.exit(run(float(sys.argv[1]) if len(sys.argv) > 1 else 600, int(time.time())) > 0)
