"""How many copies of one wire text join its event, and how many join another by mistake.

    python -m benchmarks.copies [FOLDER] [--errors]

FOLDER holds dev.jsonl and dev-groups.jsonl (default: ../shared/data/detection). Every item with a
pushable report is an original. Copies are made of it as outlets make them (_FORMS; a text too
short for a form is left out), under another outlet and id, 0, 6, 26 or 47 hours later by a hash
of the id. Originals get a time of day by hash; a missing or coarse publication becomes the day
after the one that the text names, else the first known of the cluster, else one by hash. Copies
are read by the detector as any item, and all go through one Grouper in order of time; another
gets the originals alone.

"merged": copies that tell an event which their original tells. "silent": those of which detection
says nothing, never merged. "own": those that tell an event which their original does not, merged
or not. "wrong": of the pairs of a copy of x and an original y, those that share an event, where x
and y have different clusters (an item without one is one of its own; clusters that may be either
way are left out) and are not in one event when the originals alone are grouped. A union counts
for every copy in it, whichever item made it. "copies": how many copies have such a pair.
--errors lists each copy not merged and why is_same refused its original's events at that moment
("same": it went to a surer one), and each wrong pair with what is_same says of it in the end.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from textwrap import shorten
from typing import Any

from benchmarks.labelled import DEFAULT, item_of, read_lines
from bot.detect.detector import Detector
from bot.detect.report import Detection, Item
from bot.detect.text import fold
from bot.events.desk import window
from bot.events.group import Grouper
from bot.events.same import is_same

_DELAYS = (0, 6, 26, 47)
_COUNTRIES = {"ML": "Mali", "BF": "Burkina Faso", "NE": "Niger", "NG": "Nigeria", "TG": "Togo"}
_CREDITS = ("(AFP)", "Avec AFP", "(avec AFP)", "Source : AFP")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-Ý«\"“])")
_LEAST, _SHORT, _LONG = 40, 65, 90
#: share of its words that a cut summary keeps, and how far the end of a sentence may be from it
_CUT, _CUT_NEAR = 0.6, 0.25


@dataclass(slots=True)
class Told:
    """An original or a copy on its way through the stream."""

    ident: str
    raw: Mapping[str, Any]
    item: Item
    form: str = ""
    delay: int = 0
    #: an original's link to the one told last before, of another cluster
    linked: str = ""
    detection: Detection = field(default_factory=lambda: Detection("", (), 0.0))
    events: frozenset[str] = frozenset()
    why: str = ""

    @property
    def story(self) -> str:
        return str(self.raw["cluster"] or self.raw["id"])

    @property
    def at(self) -> datetime:
        assert self.item.published is not None
        return self.item.published


def _headline(one: Told) -> Item | None:
    """Another headline: the summary's first sentence, or the start of a headline that was it."""
    first = _SENTENCE_END.split(one.item.summary)[0]
    same = fold(first) == fold(one.item.title)
    if len(first) <= (_SHORT if same else _LEAST):
        return None
    return replace(one.item, title=shorten(first, _SHORT, placeholder="…") if same else first)


def _prefix(one: Told) -> Item:
    home = next((f"{_COUNTRIES[c]} : " for c in one.raw["countries"] if c in _COUNTRIES), "")
    return replace(one.item, title=(home or "Sahel – ") + one.item.title)


def _tail(one: Told, tail: str) -> Item:
    return replace(one.item, summary=f"{one.item.summary} {tail}")


def _cut(one: Told) -> Item | None:
    sentences = _SENTENCE_END.split(one.item.summary)
    many = max(1, len(one.item.summary.split()))
    texts = [" ".join(sentences[:n]) for n in range(1, len(sentences))]
    off, best = min(((abs(len(t.split()) / many - _CUT), t) for t in texts), default=(1.0, ""))
    return replace(one.item, summary=best) if off <= _CUT_NEAR else None


def _typography(one: Told) -> Item:
    """Other quotes, apostrophes and dashes, capitals without accents."""

    def other(text: str) -> str:
        if re.search("[«“]", text):
            text = re.sub(r"«\s*|\s*»|[“”]", '"', text)
        else:
            text = re.sub(r'"([^"]*)"', "«\u00a0\\1\u00a0»", text)
        text = text.translate(str.maketrans("'’–—", "’'--"))
        return "".join(_plain(c) if c.isupper() else c for c in text)

    return replace(one.item, title=other(one.item.title), summary=other(one.item.summary))


_FORMS: dict[str, Callable[[Told], Item | None]] = {
    "verbatim": lambda one: one.item,
    "headline": _headline,
    "prefix": _prefix,
    "credit": lambda one: _tail(one, _CREDITS[_hash(one.ident, "credit") % len(_CREDITS)]),
    "see also": lambda one: _tail(one, one.linked) if one.linked else None,
    "cut": _cut,
    "capitals": lambda one: replace(one.item, title=_plain(one.item.title.upper())),
    "typography": _typography,
}


def originals(rows: Iterable[Mapping[str, Any]], detector: Detector) -> list[Told]:
    """The items that would be pushed, each published at a time, first published first."""
    pushed, own, of_story = [], dict[str, date](), dict[str, date]()
    for one in (Told(raw["id"], raw, item_of(raw)) for raw in rows):
        if not (reports := detector.detect(one.item).pushable):
            continue
        pushed.append(one)
        named = [date.fromisoformat(d) for r in reports if (d := r.date_end or r.date)]
        if named or one.item.published_precision == "day":
            last = max(named, default=date.min)
            own[one.ident] = _within(one.item, last + timedelta(days=1))
        if day := own.get(one.ident):
            of_story[one.story] = min(of_story.get(one.story, day), day)
    for one in pushed:
        by_hash = date(2024, 1, 1) + timedelta(days=_hash(one.story, "day") % 366)
        day = own.get(one.ident) or _within(one.item, of_story.get(one.story, by_hash))
        at = datetime.combine(day, time(6), UTC) + timedelta(minutes=_hash(one.ident, "at") % 840)
        one.item = replace(one.item, published=at, published_precision="time")
    pushed.sort(key=lambda o: (o.at, o.ident))
    for index, one in enumerate(pushed):
        before = (o.item.title for o in reversed(pushed[:index]) if o.story != one.story)
        label = "Read also: " if one.raw["language"] == "en" else "Lire aussi : "
        one.linked = (title := next(before, "")) and label + shorten(title, _LONG, placeholder="…")
    return pushed


def with_copies(made: Sequence[Told]) -> list[Told]:
    """Originals and copies in order of time; an original before its copies of the same minute."""
    told = list(made)
    for one in made:
        for form, make in _FORMS.items():
            ident = f"{one.ident}~{form}"
            delay = _DELAYS[_hash(ident, "delay") % len(_DELAYS)]
            if item := make(one):
                item = replace(item, published=one.at + timedelta(hours=delay), source=form)
                told.append(Told(ident, one.raw, item, form, delay))
    return sorted(told, key=lambda t: t.at)


def group(told: Iterable[Told], detector: Detector) -> Grouper:
    """Puts them through a Grouper; notes why a copy did not join its original."""
    grouper, home = Grouper(), dict[str, frozenset[str]]()
    for one in told:
        one.detection = detector.detect(one.item)
        one.events = frozenset(grouper.add(one.ident, one.item, one.detection))
        events = home.setdefault(one.raw["id"], one.events)
        one.why = "" if one.events & events else verdict(grouper, one, events)
    return grouper


def verdict(grouper: Grouper, one: Told, events: frozenset[str]) -> str:
    """What is_same says of the surest of its reports against the nearest of those events."""
    article = grouper._article(one.ident, one.item, one.detection)
    open_ = [grouper._board[event] for event in events if event in grouper._board]
    tellings = [article.telling(report) for report in one.detection.pushable]
    found = [is_same(telling, known) for known in open_ for telling in tellings]
    if not found:
        return "closed" if tellings else "silent"
    best = max(found, key=lambda v: v.score)
    return f"{'same, ' if best.same else ''}{best.score:.2f} {' '.join(best.why)}"


def _within(item: Item, day: date) -> date:
    """That day, or the nearest that the item's coarse publication allows."""
    if item.published is None:
        return day
    edges = window(item.published, item.published_precision)
    first, last = (datetime.fromtimestamp(edge, UTC).date() for edge in edges)
    return min(max(day, first), last)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _hash(ident: str, use: str) -> int:
    return int(hashlib.sha256(f"{ident} {use}".encode()).hexdigest()[:12], 16)


def main(arguments: Sequence[str]) -> None:
    folder = next((Path(a) for a in arguments if not a.startswith("--")), DEFAULT)
    groups = read_lines(folder / "dev-groups.jsonl")
    either = [set(g["clusters"]) for g in groups if g["type"] == "either_is_fine"]
    detector = Detector.load()
    made = originals(read_lines(folder / "dev.jsonl"), detector)
    told = with_copies(made)
    group(made, detector)
    alone = {o.ident: o.events for o in made}
    grouper = group(told, detector)
    home = {o.ident: o.events for o in made}

    def is_apart(x: Told, y: Told) -> bool:
        fine = x.story == y.story or any({x.story, y.story} <= clusters for clusters in either)
        return not fine and not alone[x.ident] & alone[y.ident]

    apart = {x.ident: [y for y in made if is_apart(x, y)] for x in made}
    copies = [t for t in told if t.form]
    wrong = {c.ident: [y for y in apart[c.raw["id"]] if y.events & c.events] for c in copies}
    few, many = len(set().union(*alone.values())), len(set().union(*(t.events for t in told)))
    print(f"{len(made)} originals, {few} events; with {len(copies)} copies {many} events")
    print(f"{'':12} {'n':>5} {'merged':>7} {'silent':>7} {'own':>5} {'wrong':>15} {'copies':>7}")
    rows = {form: [c for c in copies if c.form == form] for form in _FORMS}
    rows |= {f"{late} hours": [c for c in copies if c.delay == late] for late in _DELAYS}
    for name, those in (*rows.items(), ("all", copies)):
        merged = sum(bool(c.events & home[c.raw["id"]]) for c in those) / max(1, len(those))
        own = sum(not c.events <= home[c.raw["id"]] for c in those)
        pairs = sum(len(apart[c.raw["id"]]) for c in those)
        joined = [len(wrong[c.ident]) for c in those]
        print(f"{name:12} {len(those):5} {merged:7.1%} {sum(not c.events for c in those):7} "
              f"{own:5} {sum(joined):5} of {pairs:6} {sum(map(bool, joined)):7}")  # fmt: skip
    for c in copies if "--errors" in arguments else ():
        if c.why:
            print(f"{c.ident} +{c.delay}h: {c.why}")
        for y in wrong[c.ident]:
            why = verdict(grouper, c, y.events & c.events)
            print(f"{c.ident} +{c.delay}h joins {y.ident}: {why}")


if __name__ == "__main__":
    main(sys.argv[1:])
