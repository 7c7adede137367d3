"""WebSub with hubs that lie, forget, flood or stall: each costs its own feed only, and no news."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from feed_server import item, rss
from push_room import DAY, LONGEST, OwnHub, PushRoom, own_hub, push_room, signature

from bot.feeds import rhythm
from bot.feeds.fetch import MAX_BYTES
from bot.feeds.parsing import Parsers
from storage import feeds


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    pool = Parsers(1)
    yield pool
    pool.close()


@pytest.fixture
async def room(tmp_path: Path, parsers: Parsers) -> AsyncIterator[PushRoom]:
    async with push_room(tmp_path, parsers, body_limit=0.5) as opened:
        yield opened


@pytest.fixture
async def hub() -> AsyncIterator[OwnHub]:
    async with own_hub() as opened:
        yield opened


def story(number: int, now: float, title: str = "") -> str:
    return item(title or f"Nouvelle {number}", guid=f"n{number}", published=now)


def feed_of(hub: OwnHub, *items: str, at: str = "", topic: str = "") -> str:
    links = "".join(
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{rel}" href="{href}"/>'
        for rel, href in (("hub", at or hub.url), ("self", topic or hub.topic()))
    )
    return rss(list(items), channel=links)


async def _asked(room: PushRoom, hub: OwnHub, *items: str) -> None:
    """The feed is followed, and its hub asked once."""
    hub.bodies["/f"] = feed_of(hub, *(items or (story(1, room.now),)))
    await room.follow(hub.topic())
    await room.hubs.round()


async def _subscribed(room: PushRoom, hub: OwnHub, *items: str) -> None:
    await _asked(room, hub, *items)
    assert await hub.verify() == (200, "abc123")


async def _new(room: PushRoom) -> list[str]:
    return [title for title, quiet, _ in await room.titles() if quiet is None]


# Who may say that we asked?


@pytest.mark.parametrize(
    "changes",
    [
        {"hub.topic": "http://other.example/feed"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "publish"},
        {"hub.challenge": ""},
    ],
)
async def test_a_challenge_for_something_else_is_not_echoed(
    room: PushRoom, hub: OwnHub, changes: dict[str, str]
) -> None:
    """Another topic, another mode, no challenge: 404, and nothing is believed."""
    await _asked(room, hub)
    status, body = await hub.verify(**changes)
    assert status == 404 and "abc123" not in body
    assert (await room.subscription())["lease_until"] is None


async def test_a_challenge_that_nobody_asked_for(room: PushRoom, hub: OwnHub) -> None:
    """A made-up callback, and one that we asked for too long ago."""
    await _asked(room, hub)
    real = hub.asked[-1]["hub.callback"]
    hub.asked[-1]["hub.callback"] = real[:-1] + ("A" if real[-1] != "A" else "B")
    assert (await hub.verify())[0] == 404
    hub.asked[-1]["hub.callback"] = real
    room.now += 3601
    assert (await hub.verify())[0] == 404
    assert (await room.subscription())["lease_until"] is None


async def test_a_hub_may_ask_back_twice(room: PushRoom, hub: OwnHub) -> None:
    """Our first answer may have been lost; what it echoes is text, whatever it looks like."""
    await _subscribed(room, hub)
    challenge = "<script>alert(1)</script>"
    assert await hub.verify(**{"hub.challenge": challenge}) == (200, challenge)


async def test_what_is_asked_of_a_hub(room: PushRoom, hub: OwnHub) -> None:
    """A callback that cannot be guessed, a secret of its own, ten days."""
    await _asked(room, hub)
    (form,) = hub.asked
    row = await room.subscription()
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": hub.topic(),
        "hub.callback": f"http://127.0.0.1:{room.port}/websub/{row['token']}",
        "hub.lease_seconds": "864000",
        "hub.secret": row["secret"],
    }
    assert len(row["token"]) >= 32 and 32 <= len(row["secret"]) < 200
    assert row["token"] != row["secret"]


async def test_a_restart_between_question_and_consent(room: PushRoom, hub: OwnHub) -> None:
    """The hub asks back a process that never asked it, and is answered all the same."""
    await _asked(room, hub)
    await room.stop()
    await room.start()
    assert await hub.verify() == (200, "abc123")
    assert await hub.push(feed_of(hub, story(2, room.now))) == 202
    assert await _new(room) == ["Nouvelle 2"]


# Hubs that do not do what they should


async def test_a_hub_that_never_verifies_changes_nothing(room: PushRoom, hub: OwnHub) -> None:
    """It is asked again after 1, 2, 4… minutes and at last once a day; the feed is polled."""
    await _asked(room, hub)
    asked = []
    started = room.now
    while len(asked) < 14:
        (row,) = await room.rows("select due_at from hub_subscriptions")
        room.now = row["due_at"]
        assert await room.hubs.round()
        asked.append(round((room.now - started) / 63, 1))
        started = room.now
    assert asked[:4] == [1, 2, 4, 8]
    assert asked[-1] == asked[-2] == 1440
    feed = await room.feed(hub.topic())
    assert feed.pushed_until is None


@pytest.mark.parametrize(
    ("status", "reason", "pause"),
    [(500, "http_5xx", 63.0), (429, "http_other", 63.0), (403, "hub_refused", DAY)],
)
async def test_a_hub_that_cannot_or_will_not(
    room: PushRoom, hub: OwnHub, status: int, reason: str, pause: float
) -> None:
    """Trouble is tried again soon, a refusal tomorrow; the reason is kept for moderators."""
    hub.status = status
    await _asked(room, hub)
    row = await room.subscription()
    assert json.loads(row["error"])["key"] == reason
    assert row["due_at"] == room.now + pause


async def test_a_hub_that_takes_its_promise_back(room: PushRoom, hub: OwnHub) -> None:
    """hub.mode=denied at any time: we look ourselves, at once and from then on."""
    await _subscribed(room, hub)
    for number in (2, 3):
        await hub.push(feed_of(hub, story(number, room.now)))
    room.now += LONGEST
    await room.poll()
    assert (await room.feed(hub.topic())).next_check_at == room.now + LONGEST
    room.now += 5
    reason = {"hub.mode": "denied", "hub.reason": "over quota\nsorry"}
    assert (await hub.verify(**{**reason, "hub.topic": "http://other.example/"}))[0] == 404
    assert (await hub.verify(**reason))[0] == 200
    feed = await room.feed(hub.topic())
    assert (feed.pushed_until, feed.next_check_at) == (None, room.now)
    row = await room.subscription()
    assert json.loads(row["error"])["detail"] == "over quota sorry"
    assert row["due_at"] == room.now + DAY


async def test_a_lease_that_lapses_ends_the_slow_rhythm(room: PushRoom, hub: OwnHub) -> None:
    """The hub answers no more: the safety net is not stretched past the promise."""
    await _subscribed(room, hub)
    for number in (2, 3):
        await hub.push(feed_of(hub, story(number, room.now)))
    hub.status = 503
    room.now += 10 * DAY - 600
    await room.hubs.round()
    await room.poll()
    feed = await room.feed(hub.topic())
    assert feed.next_check_at == feed.pushed_until == (await room.subscription())["lease_until"]
    room.now += 600
    await room.poll()
    assert (await room.feed(hub.topic())).next_check_at < room.now + LONGEST + 1


async def test_a_hub_on_a_private_address_is_not_dialled(
    tmp_path: Path, parsers: Parsers, hub: OwnHub
) -> None:
    """A feed may name any hub: the guard is asked, for redirects too."""
    async with push_room(tmp_path, parsers, allow=("localhost",)) as room:
        hub.bodies["/f"] = feed_of(hub, story(1, room.now))
        await room.follow(f"http://localhost:{hub.port}/f")
        await room.hubs.round()
        assert hub.asked == []
        assert json.loads((await room.subscription())["error"])["key"] == "not_allowed"

        hub.headers, hub.status = {"Location": f"http://127.0.0.1:{hub.port}/moved"}, 307
        hub.bodies["/f"] = feed_of(hub, story(1, room.now), at=f"http://localhost:{hub.port}/hub")
        room.now += DAY
        await room.poll()
        await room.hubs.round()
        assert len(hub.asked) == 1
        rows = await room.rows("select error from hub_subscriptions where mode = 'subscribe'")
        assert [json.loads(row["error"])["key"] for row in rows] == ["not_allowed"]


@pytest.mark.parametrize(("status", "asked"), [(307, 2), (308, 2), (302, 1), (301, 1)])
async def test_only_redirects_that_keep_a_post_are_followed(
    room: PushRoom, hub: OwnHub, status: int, asked: int
) -> None:
    """307 and 308; the same form arrives."""
    hub.headers, hub.status = {"Location": "/moved"}, status
    await _asked(room, hub)
    assert len(hub.asked) == asked
    assert hub.asked[0] == hub.asked[-1]


async def test_a_hub_that_redirects_for_ever(room: PushRoom, hub: OwnHub) -> None:
    """Three hops, then it has failed like any other."""
    hub.headers, hub.status = {"Location": "/hub"}, 307
    await _asked(room, hub)
    assert len(hub.asked) == 4
    assert json.loads((await room.subscription())["error"])["key"] == "redirects"


async def test_a_feed_that_changes_its_hub(room: PushRoom, hub: OwnHub) -> None:
    """The new one is asked, with another callback and secret; the old one is told to stop, or
    forgotten once it does not answer."""
    await _subscribed(room, hub)
    old = hub.asked[-1]
    hub.bodies["/f"] = feed_of(hub, story(1, room.now), at=hub.topic("/moved"))
    room.now += DAY
    await room.poll()
    await room.hubs.round()
    leaving, new = sorted(hub.asked[1:], key=lambda form: form["hub.mode"], reverse=True)
    assert (leaving["hub.mode"], leaving["hub.callback"]) == ("unsubscribe", old["hub.callback"])
    assert "hub.secret" not in leaving
    assert new["hub.callback"] != old["hub.callback"]
    assert new["hub.secret"] != old["hub.secret"]
    hub.asked.append(old)
    assert await hub.push(feed_of(hub, story(2, room.now))) == 410
    for _ in range(4):
        room.now += DAY
        await room.hubs.round()
    room.now += 20
    await room.hubs.round()
    assert [row["hub"] for row in await room.rows("select hub from hub_subscriptions")] == [
        hub.topic("/moved")
    ]


async def test_a_removed_feed_is_left(room: PushRoom, hub: OwnHub) -> None:
    """Nothing of it stays when the hub has let us go, and it is pushed no more."""
    await _subscribed(room, hub)
    old = hub.asked[-1]
    await room.db.write(feeds.remove, (await room.feed(hub.topic())).id, room.now)
    room.now += 20
    await room.hubs.round()
    assert hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert (await hub.verify())[0] == 200
    room.now += 20
    await room.hubs.round()
    assert await room.rows("select * from hub_subscriptions") == []
    hub.asked.append(old)
    assert await hub.push(feed_of(hub, story(2, room.now))) == 404


# Who may push?


@pytest.mark.parametrize(
    "sign", ["", "sha256=" + "0" * 64, "md5=" + "0" * 32, "sha256", "sha256=é"]
)
async def test_what_the_hub_did_not_sign_is_ignored(
    room: PushRoom, hub: OwnHub, sign: str
) -> None:
    """Answered as the recommendation asks, counted, and not believed: not even as a ping."""
    await _subscribed(room, hub)
    assert await hub.push(feed_of(hub, story(2, room.now)), sign=sign) == 202
    row = await room.subscription()
    assert (row["ignored"], row["pinged_at"], await _new(room)) == (1, None, [])


async def test_a_signature_of_another_body_is_ignored(room: PushRoom, hub: OwnHub) -> None:
    """Also one with our own secret."""
    await _subscribed(room, hub)
    other = "sha256=" + signature(hub.asked[-1]["hub.secret"], b"other")
    assert await hub.push(feed_of(hub, story(2, room.now)), sign=other) == 202
    assert await _new(room) == []


async def test_a_push_of_another_topic_is_ignored(room: PushRoom, hub: OwnHub) -> None:
    """Signed all right, but its Link says that it belongs to another feed."""
    await _subscribed(room, hub)
    foreign = f'<{hub.url}>; rel="hub", <http://other.example/f>; rel="self"'
    own = f'<{hub.url}>; rel="hub", <{hub.topic()}>; rel="self"'
    body = feed_of(hub, story(2, room.now))
    assert await hub.push(body, Link=foreign) == 202
    assert await _new(room) == []
    assert await hub.push(body, Link=own) == 202
    assert await _new(room) == ["Nouvelle 2"]


async def test_a_replay_adds_nothing_and_takes_nothing_back(room: PushRoom, hub: OwnHub) -> None:
    """The same body again; an older body after a correction, which must not undo it: the feed
    itself is asked instead."""
    await _subscribed(room, hub)
    old = feed_of(hub, story(2, room.now, "4 morts"))
    for _ in range(3):
        assert await hub.push(old) == 202
    assert (await room.titles())[1:] == [("4 morts", None, 1)]
    assert room.saved == 1

    hub.bodies["/f"] = feed_of(hub, story(2, room.now, "9 morts"), story(1, room.now))
    room.now += LONGEST
    await room.poll()
    assert (await room.titles())[1:] == [("9 morts", None, 2)]
    # another body in between, so that the old one is not the last one
    await hub.push(feed_of(hub, story(3, room.now)))
    assert await hub.push(old + " ") == 202
    assert (await room.titles())[1:] == [("9 morts", None, 2), ("Nouvelle 3", None, 1)]
    assert (await room.subscription())["pinged_at"] == room.now
    # a hub that sends it over and over does not make us ask over and over
    room.now += 61
    await room.hubs.round()
    await room.poll()
    await room.hubs.round()
    assert await hub.push(old + " ") == 202
    assert (await room.subscription())["pinged_at"] is None


async def test_a_pushed_correction_is_looked_up_at_once(room: PushRoom, hub: OwnHub) -> None:
    """The feed says the same: one revision, made by the poll."""
    await _subscribed(room, hub, story(1, room.now, "4 morts"))
    room.now += LONGEST
    body = feed_of(hub, story(1, room.now, "9 morts"))
    hub.bodies["/f"] = body
    await room.poll()
    room.now += LONGEST
    body = feed_of(hub, story(1, room.now, "12 morts"))
    hub.bodies["/f"] = body
    polls = hub.polls
    assert await hub.push(body) == 202
    await room.hubs.round()
    await room.poll()
    assert hub.polls == polls + 1
    assert [(title, revision) for title, _, revision in await room.titles()] == [("12 morts", 3)]


async def test_items_that_only_their_neighbours_tell_apart(room: PushRoom, hub: OwnHub) -> None:
    """A feed that gives every item one guid, and a push of one of them alone: not a second
    entry, but a look at the feed, where the new one is told apart."""

    def same_guid(number: int) -> str:
        return item(f"Nouvelle {number}", guid="x", link=f"http://a.example/{number}")

    await _subscribed(room, hub, same_guid(2), same_guid(1))
    assert await hub.push(feed_of(hub, same_guid(2))) == 202
    assert await hub.push(feed_of(hub, same_guid(3))) == 202
    assert len(await room.titles()) == 2
    hub.bodies["/f"] = feed_of(hub, same_guid(3), same_guid(2), same_guid(1))
    room.now += LONGEST
    await room.hubs.round()
    await room.poll()
    assert [title for title, _, _ in await room.titles()][2:] == ["Nouvelle 3"]


# Bodies


@pytest.mark.parametrize(
    "headers",
    [{}, {"Content-Encoding": "gzip"}],
    ids=["as sent", "compressed"],
)
async def test_a_body_larger_than_any_feed(
    room: PushRoom, hub: OwnHub, headers: dict[str, str]
) -> None:
    """413, before or after inflation, whoever signed it."""
    await _subscribed(room, hub)
    body = bytes(MAX_BYTES + 1)
    sent = gzip.compress(body) if headers else body
    assert await hub.push(sent, **headers) == 413
    assert (await room.subscription())["ignored"] == 1


@pytest.mark.parametrize("signs_inflated", [False, True])
async def test_a_compressed_body(room: PushRoom, hub: OwnHub, signs_inflated: bool) -> None:
    """Signed as sent or as meant: both are the hub's word."""
    await _subscribed(room, hub)
    body = feed_of(hub, story(2, room.now)).encode()
    sent = gzip.compress(body)
    secret = hub.asked[-1]["hub.secret"]
    sign = "sha256=" + signature(secret, body if signs_inflated else sent)
    assert await hub.push(sent, sign=sign, **{"Content-Encoding": "gzip"}) == 202
    assert await _new(room) == ["Nouvelle 2"]


@pytest.mark.parametrize("encoding", ["gzip", "br"])
async def test_a_body_that_is_not_compressed_as_it_says(
    room: PushRoom, hub: OwnHub, encoding: str
) -> None:
    """400 and no more, for what breaks off inside and for what we did not ask for."""
    await _subscribed(room, hub)
    broken = gzip.compress(b"x" * 1000)[:-10]
    assert await hub.push(broken, **{"Content-Encoding": encoding}) == 400


async def _raw(room: PushRoom, request: bytes, then: bytes = b"") -> bytes:
    """What our server answers to these bytes, sent and then nothing more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", room.port)
    writer.write(request)
    await writer.drain()
    if then:
        await asyncio.sleep(0.1)
        writer.write(then)
        writer.write_eof()
    answer = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return answer


async def test_a_body_that_never_comes(room: PushRoom, hub: OwnHub) -> None:
    """408 when its time is over, and the next push is taken as ever."""
    await _subscribed(room, hub)
    path = "/" + hub.asked[-1]["hub.callback"].split("/", 3)[3]
    request = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n<rss".encode()
    assert b"408" in await _raw(room, request)
    assert await hub.push(feed_of(hub, story(2, room.now))) == 202
    assert await _new(room) == ["Nouvelle 2"]


async def test_a_body_that_breaks_off(
    room: PushRoom, hub: OwnHub, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever hangs up or writes nonsense is counted and is no bug of ours; nothing is stored."""
    await _subscribed(room, hub)
    path = "/" + hub.asked[-1]["hub.callback"].split("/", 3)[3]
    request = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n<rss".encode()
    await _raw(room, request, b"> and gone")
    chunked = f"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    await _raw(room, chunked, b"zz\r\nnonsense\r\n")
    await _raw(room, chunked, b"5\r\n<rss>\r\n")

    async def counted() -> bool:
        return bool((await room.subscription())["ignored"] == 3)

    await room.until(counted)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    assert await hub.push(feed_of(hub, story(2, room.now))) == 202
    assert await _new(room) == ["Nouvelle 2"]


@pytest.mark.parametrize("body", ["", "ping", '{"new": 1}', "<html><p>Du neuf</p></html>"])
async def test_a_push_without_a_feed_is_a_ping(room: PushRoom, hub: OwnHub, body: str) -> None:
    """The feed is looked at now, but no more often than its shortest interval allows."""
    await _subscribed(room, hub)
    polls = hub.polls
    room.now += 30
    assert await hub.push(body) == 202
    await room.hubs.round()
    await room.poll()
    assert hub.polls == polls
    room.now += 30
    await room.hubs.round()
    await room.poll()
    assert hub.polls == polls + 1
    room.now += 61
    await room.hubs.round()
    assert (await room.subscription())["pinged_at"] is None


async def test_a_ping_during_a_poll_is_not_lost(room: PushRoom, hub: OwnHub) -> None:
    """The poll in flight may have seen the old feed: it is followed by another one."""
    await _subscribed(room, hub)
    room.now += LONGEST
    hub.gate = asyncio.Event()
    polling = asyncio.create_task(room.poll())
    polls = hub.polls

    async def in_flight() -> bool:
        return hub.polls > polls

    await room.until(in_flight)
    room.now += 1
    assert await hub.push("") == 202
    await room.hubs.round()
    hub.gate.set()
    await polling
    assert (await room.feed(hub.topic())).next_check_at > room.now
    room.now += 61
    await room.hubs.round()
    assert (await room.feed(hub.topic())).next_check_at <= room.now


async def test_a_hub_that_pings_before_each_item_is_trusted(room: PushRoom, hub: OwnHub) -> None:
    """The polls that it calls find the news: that is the hub's merit, not a miss."""
    await _subscribed(room, hub)
    items = [story(1, room.now)]
    for number in (2, 3):
        room.now += 3600
        await room.poll()
        room.now += 61
        items.insert(0, story(number, room.now))
        hub.bodies["/f"] = feed_of(hub, *items)
        room.now += 1
        await hub.push("")
        await room.hubs.round()
        await room.poll()
    assert (await room.feed(hub.topic())).pushed_until is not None


async def test_a_hub_that_floods(room: PushRoom, hub: OwnHub) -> None:
    """It is asked to come back, the feed is looked at instead, health answers meanwhile."""
    await _subscribed(room, hub)
    bodies = [feed_of(hub, story(number, room.now)) for number in range(2, 62)]

    async def health() -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{room.port}/health") as answer,
        ):
            return answer.status

    *statuses, healthy = await asyncio.gather(*(hub.push(body) for body in bodies), health())
    assert healthy == 200
    assert set(statuses) == {202, 503}
    assert len(await _new(room)) == statuses.count(202)
    assert (await room.subscription())["pinged_at"] == room.now


async def test_what_is_pushed_counts_for_the_rhythm(room: PushRoom, hub: OwnHub) -> None:
    """Or a feed that is hardly polled would pass for silent on the day its hub fails."""
    await _subscribed(room, hub)
    room.now += DAY
    await hub.push(feed_of(hub, story(2, room.now)))
    stored = (await room.feed(hub.topic())).rhythm
    assert stored and rhythm.load(stored).last == room.now


async def test_a_feed_added_anew_is_primed_by_its_poll(room: PushRoom, hub: OwnHub) -> None:
    """A push before the first poll alerts nobody and loses nothing: the poll comes first."""
    await _subscribed(room, hub)
    feed = await room.feed(hub.topic())
    await room.db.write(feeds.remove, feed.id, room.now)
    await room.follow(hub.topic())

    def unprimed(conn: object) -> None:
        conn.execute("update feeds set first_success_at = null")  # type: ignore[attr-defined]

    await room.db.write(unprimed)
    assert await hub.push(feed_of(hub, story(2, room.now))) == 202
    assert await _new(room) == []
    assert (await room.subscription())["pinged_at"] == room.now
