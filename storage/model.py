"""The nouns as rows: small frozen records that storage functions take and return.

Times are epoch seconds (UTC), flags that happen are nullable times, JSON is text made by the
caller. A field that ends in `_norm` was folded in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

DeliveryState = Literal["pending", "sent", "superseded", "dead"]
MsgType = Literal["alert", "update", "cancel"]
EventState = Literal["open", "closed", "cancelled", "merged"]
RulingAction = Literal["merge", "split", "retract", "correct"]
Action = Literal["push", "edit"]
Moved = Literal["rewritten", "merged", "retired"]
HubMode = Literal["subscribe", "unsubscribe", "off"]


@dataclass(frozen=True, slots=True)
class FeedSeed:
    """A feed as feeds.yaml or a moderator gives it."""

    url: str
    name: str
    language: str = "fr"
    #: ISO codes; empty means the whole region
    countries: tuple[str, ...] = ()
    #: national press, international, aggregator, state media, government, institution, …
    kind: str = "national press"
    #: Admiralty A (completely reliable) … F (cannot be judged)
    reliability: str = "F"
    state_media: bool = False
    #: where its text really comes from, when that is not the feed itself
    origin: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    id: int
    url: str
    name: str
    language: str
    countries: tuple[str, ...]
    kind: str
    reliability: str
    state_media: bool
    origin: str | None
    host: str
    paused_at: float | None
    etag: str | None
    last_modified: str | None
    #: SHA-256 of the last body, so that an unchanged one is not parsed
    body_hash: str | None
    next_check_at: float
    #: null until the first success: that poll primes the store and alerts nobody
    first_success_at: float | None
    last_success_at: float | None
    last_attempt_at: float | None
    #: when a body with a new entry was last seen
    last_new_at: float | None
    last_error: str | None
    #: consecutive failures
    error_count: int
    #: where redirects for good have led, since when and in how many looks; null when they do not
    moved_to: str | None
    moved_since: float | None
    moved_seen: int
    #: since when it answers 410, and how often in a row
    gone_since: float | None
    gone_seen: int
    #: why polling ended without a person's doing: a problem's text, or the id of the feed that is
    #: read at its new address
    retired_for: str | None
    retired_into: int | None
    #: when it brings news, as JSON text of bot.feeds.rhythm; null until its first items were seen
    rhythm: str | None
    created_at: float
    #: the first failure of these; the first of its answers in a row without any item
    failed_since: float | None = None
    empty_since: float | None = None
    #: when it last brought news; of a first poll, the date of its newest item
    heard_at: float | None = None
    #: seconds from one item to the next on average, and seconds without news that are unusual
    usual_gap: float | None = None
    silent_after: float | None = None
    #: the WebSub hub that it last announced, and what to ask of it
    hub: str | None = None
    topic: str | None = None
    #: until then its hub is trusted to push what is new
    pushed_until: float | None = None


@dataclass(frozen=True, slots=True)
class HubSubscription:
    """What we asked of a feed's WebSub hub, and what it promised."""

    id: int
    feed_id: int
    hub: str
    topic: str
    #: last part of our callback's path
    token: str
    #: key of the hub's signatures
    secret: str
    #: what we want of the hub; off: nothing any more
    mode: HubMode
    #: as last given to the hub
    callback: str | None
    #: when the hub is asked next
    due_at: float
    asked_at: float | None
    #: how often it was asked since it last verified
    attempts: int
    #: until then it pushes
    lease_until: float | None
    #: a Problem, as JSON
    error: str | None
    #: SHA-256 of the last body that it pushed
    push_hash: str | None
    #: it said that there is news, and nobody has looked yet
    pinged_at: float | None
    #: pushes that it did not sign
    ignored: int


@dataclass(frozen=True, slots=True)
class SavedPush:
    """What one push changed in the store."""

    #: entries never seen before
    new: int = 0
    #: it says something that only the feed itself can settle: look there
    look: bool = False


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One item of a fetched feed, cleaned, before it is saved."""

    #: what makes it the same item again within its feed: guid, else canonical url, else title
    identity: str
    guid: str | None
    url: str
    canonical_url: str
    #: plain text, as it may be shown
    title: str
    summary: str
    #: when the source says it was published; None counts as now
    published_at: float | None
    #: hash of title and summary: a change under the same identity is the source's correction
    content_hash: str
    #: hash of the folded title and lead: the same text elsewhere is a copy
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Learned:
    """What the new entries of a poll change: the feed's rhythm, and so when to look again."""

    rhythm: str
    next_check_at: float


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll learned, saved in one transaction with its entries."""

    status: Literal["changed", "not_modified", "failed"]
    #: unless `learn` says otherwise
    next_check_at: float
    #: oldest first, so that the editor reads the news in order; no identity twice
    entries: tuple[NewEntry, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    error: str | None = None
    #: where redirects for good led, from the feed's own address on
    moved_to: str | None = None
    #: answered 410
    gone: bool = False
    #: that was seen often and long enough to be acted on
    confirmed: bool = False
    #: a host that wants to be left alone: none of its feeds is asked before `next_check_at`
    hold_host: str | None = None
    #: pure, asked inside the transaction because only the store knows which entries are new: from
    #: their dates (None = undated). It is not asked when none is.
    learn: Callable[[Sequence[float | None]], Learned] | None = None
    #: of a changed body: the WebSub hub that it announces, and what to ask of it
    hub: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class SavedPoll:
    """What one poll changed in the store."""

    #: entries never seen before
    new: int = 0
    #: known entries that the source corrected
    changed: int = 0
    #: the feed got its new address, or was retired (into the feed that has it; as gone for good)
    moved: Moved | None = None
    #: known entries that came under another identity: the feed was rebuilt
    renamed: int = 0
    #: the lease was lost, so nothing was written
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the editor needs it, with what its feed adds."""

    id: int
    feed_id: int
    guid: str | None
    url: str
    canonical_url: str
    title: str
    summary: str
    published_at: float | None
    first_seen_at: float
    content_hash: str
    fingerprint: str
    #: counts the source's corrections, from 1
    revision: int
    #: why it is stored without alerting ("first_poll", "old", "archive"); None when it may alert
    quiet: str | None
    feed_name: str
    feed_url: str
    feed_kind: str
    feed_language: str
    feed_countries: tuple[str, ...]
    feed_reliability: str
    feed_origin: str | None
    feed_state_media: bool
    #: how often it was claimed since it came or was last corrected, this time included
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report with the entry and feed it came from."""

    id: int
    entry_id: int
    ordinal: int
    event_id: int | None
    #: Report.as_json() of bot.detect.report, as JSON text
    facts: str
    #: when a moderator put it into its event
    ruled_at: float | None
    entry: Entry


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    #: what people quote: "ML-2023-0917-a"
    ref: str
    kind: str
    revision: int
    state: EventState
    #: EventFacts of bot.events.facts, as JSON text
    facts: str
    #: folded words of its reports, for subscriptions and search
    words_norm: str
    country: str | None
    #: first and last possible moment of the happening, for candidate windows; None = unknown
    happened_from: float | None
    happened_to: float | None
    first_seen_at: float
    last_report_at: float
    last_changed_at: float
    #: when an alert was first decided; null for an event that only primed the store
    alerted_at: float | None
    #: the event that tells this one since a moderator merged them: the next one, and the last
    merged_into: int | None = None
    head_id: int | None = None
    #: the series of coordinated attacks that it belongs to
    campaign_id: int | None = None
    #: grows with every change of any event
    stamp: int = 0

    @property
    def told_by(self) -> int:
        """The id of the event that tells this one: itself unless it was merged."""
        return self.head_id or self.id


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a moderator decided about an event."""

    id: int
    event_id: int
    #: the event's
    ref: str
    action: RulingAction
    #: by action, as JSON text: see bot.events.rulings
    params: str
    #: a subscriber's id, who may have been forgotten since
    made_by: int
    made_at: float
    undone_at: float | None


@dataclass(frozen=True, slots=True)
class Chat:
    id: int
    #: "telegram:-100123/45" (with topic), "discord:987", "console:0"
    address: str
    language: str
    created_at: float
    #: set when the platform says we may not write there; cleared when somebody speaks again
    paused_at: float | None
    pause_reason: str | None


@dataclass(frozen=True, slots=True)
class Subscription:
    id: int
    subscriber_id: int
    chat_id: int
    #: as typed
    query: str
    #: as understood; unique with chat and subscriber
    query_norm: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Addressee:
    """A chat that an alert goes to, and why."""

    chat_id: int
    action: Action
    #: the subscription's query and the words that matched, as JSON text, for /why
    why: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery with all the sender needs."""

    id: int
    alert_id: int
    event_id: int
    event_ref: str
    chat_id: int
    address: str
    language: str
    action: Action
    msg_type: MsgType
    #: EventFacts as decided at the alert's revision, as JSON text
    facts: str
    revision: int
    attempts: int
    decided_at: float
    #: of a push: the message that was edited into it before, and waits for its sound
    shown_ref: str | None
    #: what this chat was last told of the event: its message reference and the facts then; the
    #: reference alone is None when the chat has moved since, for it named a message elsewhere
    told_ref: str | None
    told_facts: str | None
    told_revision: int | None


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A message that a chat was sent, for /why."""

    event_ref: str
    event_id: int
    #: the `why` of its Addressee
    why: str
    sent_at: float
    msg_type: MsgType
    #: EventFacts as the message told them, as JSON text
    facts: str


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """What /status and /health say of polling."""

    feeds: int
    paused: int
    #: active feeds whose last poll failed
    failing: int
    #: due time of the active feed that comes first among those nobody is polling right now
    oldest_due_at: float | None
    last_success_at: float | None
    #: active feeds that answered within the last hour
    answered: int = 0
