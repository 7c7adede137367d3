"""The same article under another name: what a feed's past says of identities it never gave before.

Sites change their software, their guids or their host, are rebuilt under new addresses, put their
archive online again with today's date. Their feed is then new from top to bottom, and nothing in
it is. Pure: evidence in, verdict out; `entries.save` applies it.

An item counts as known only by its title together with something that no other article shares;
whatever is doubtful stays an item of its own, which may alert, and which the events recognise.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from storage.model import NewEntry

#: so many strangers, and such a part of the body, come at once only when the feed was rebuilt
FLOOD = 10
FLOOD_SHARE = 0.8
#: seconds by which a date lies before our last look to be too old for news: sites show items late,
#: and write local time as UTC
LATE = 12 * 3600.0
#: letters; a shorter title (« Revue de presse ») comes back without being the same article
TITLE_LEAST = 20

_DAY = 86_400.0
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Known:
    """An entry of the feed, as it was last seen."""

    id: int
    identity: str
    canonical_url: str
    title: str
    published_at: float | None
    content_hash: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of items whose identity the feed never gave before; the others are new."""

    #: the id of the entry that it is, and the item under its new name
    renamed: tuple[tuple[int, NewEntry], ...] = ()
    #: identities of items that no entry is, too old to be news: stored quietly
    archive: frozenset[str] = frozenset()
    #: the feed was rebuilt: a text cut otherwise under the same title is no correction
    rebuilt: bool = False


#: nothing but what has identities of its own
ALL_NEW = Verdict()


def is_flood(strangers: int, items: int) -> bool:
    """Whether so many of a body's items are new that they hardly can be."""
    return strangers >= FLOOD and strangers >= FLOOD_SHARE * items


def recognise(
    strangers: Sequence[NewEntry],
    fetched: Sequence[NewEntry],
    known: Sequence[Known],
    *,
    last_look: float,
) -> Verdict:
    """What the `strangers` among the `fetched` items are.

    `known` are entries of this feed that share a title, a text, an address or a date with a
    stranger, newest first. `last_look` is when the feed was last read (epoch seconds).
    """
    present = {entry.identity for entry in fetched}
    match = _Match(strangers, [entry for entry in known if entry.identity not in present])
    flood = is_flood(len(strangers), len(fetched))

    def may_be_old(item: NewEntry) -> bool:
        return item.published_at is None or item.published_at <= last_look

    match.by(
        lambda e: (e.canonical_url, title_key(e.title)),
        lambda item, entry: may_be_old(item) or item.content_hash == entry.content_hash,
    )
    # a timetable (« Journal de 19 heures ») repeats titles, never with the same date
    match.by(_title_and_date)
    if flood:
        match.by(
            lambda e: _telling(e.title),
            lambda item, _: item.published_at is not None and may_be_old(item),
            unique=True,
        )
        match.by(lambda e: _telling(e.title) and e.fingerprint, unique=True)
    left = match.strangers
    old = [
        e for e in left if e.published_at is not None and _end(e.published_at) < last_look - LATE
    ]
    if not flood or len(match.found) + len(old) < FLOOD_SHARE * len(strangers):
        old = []
    return Verdict(tuple(match.found), frozenset(entry.identity for entry in old), rebuilt=flood)


def title_key(title: str) -> str:
    """Letters and digits alone: typography, accents and case change with a site's software."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKD", title.casefold()))


def _telling(title: str) -> str | None:
    key = title_key(title)
    return key if len(key) >= TITLE_LEAST else None


def _title_and_date(entry: NewEntry | Known) -> Hashable:
    title = _telling(entry.title)
    return title and entry.published_at and (title, entry.published_at)


def _end(published_at: float) -> float:
    """A date at midnight is a day without time: it may mean the day's last minute."""
    return published_at + _DAY if published_at % _DAY == 0 else published_at


class _Match:
    """Pairs strangers with entries, one by one, the surest evidence first."""

    def __init__(self, strangers: Sequence[NewEntry], known: Sequence[Known]):
        self.strangers = list(strangers)
        self.found: list[tuple[int, NewEntry]] = []
        self._known = list(known)

    def by(
        self,
        key: Callable[[NewEntry | Known], Hashable],
        agree: Callable[[NewEntry, Known], bool] = lambda _item, _entry: True,
        *,
        unique: bool = False,
    ) -> None:
        """Pair those of equal `key` that `agree`; a key that is empty says nothing.

        A key that several strangers have says nothing either; of several entries it is the
        newest, or none when the key has to be `unique`.
        """
        if not self.strangers or not self._known:
            return
        entries: defaultdict[Hashable, list[Known]] = defaultdict(list)
        for entry in self._known:
            entries[key(entry)].append(entry)
        keys = [key(item) for item in self.strangers]
        count = Counter(keys)
        left: list[NewEntry] = []
        for name, item in zip(keys, self.strangers, strict=True):
            candidates = entries.get(name, []) if name and count[name] == 1 else []
            if candidates and not (unique and len(candidates) > 1) and agree(item, candidates[0]):
                self.found.append((candidates[0].id, item))
            else:
                left.append(item)
        taken = {entry_id for entry_id, _ in self.found}
        self._known = [entry for entry in self._known if entry.id not in taken]
        self.strangers = left
