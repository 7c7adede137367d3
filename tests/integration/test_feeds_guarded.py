"""Addresses that may not be dialled, tried through real sockets: by name, number and redirect."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator

import pytest
from feed_server import FeedServer, item, rss

from bot.feeds.fetch import Fetched, Fetcher, FetchFailed

LOCAL = ("127.0.0.0/8",)
FEED = rss([item("Léré : le calme revient", guid="1")])


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_this_machine_is_refused_by_default(server: FeedServer, host: str) -> None:
    """By number or by name; the server is never reached."""
    server.put("/f", FEED)
    async with Fetcher() as strict:
        answer = await strict.fetch(server.url("/f", host))

    assert isinstance(answer, FetchFailed)
    assert "not allowed: " in answer.reason
    assert "is this machine itself" in answer.reason
    assert server.asked == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "127.0.0.1."])
async def test_numbers_in_disguise_are_refused(server: FeedServer, host: str) -> None:
    """Forms that the system would read as 127.0.0.1 are no names either."""
    async with Fetcher() as strict:
        answer = await strict.fetch(server.url("/f", host))

    assert isinstance(answer, FetchFailed)
    assert server.asked == []


async def test_a_redirect_into_the_private_network_is_refused(server: FeedServer) -> None:
    """Each hop dials anew: the first was allowed by its name, the second is not."""
    server.put("/secret", FEED)
    server.redirect("/f", f"http://127.0.0.1:{server.port}/secret")
    async with Fetcher(allow_private_hosts=("localhost",)) as strict:
        answer = await strict.fetch(server.url("/f", "localhost"))

    assert answer == FetchFailed(
        "cannot be reached (not allowed: 127.0.0.1 is this machine itself)"
    )
    assert [asked.path for asked in server.asked] == ["/f"]


async def test_a_name_that_changes_its_address_gains_nothing(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that is dialled is the one that is judged: nothing lies between to rebind."""
    server.put("/f", FEED)
    looked_up = []

    def rebinding(host: str, port: int, **_more: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        # an allowed address where nothing listens, then the one that the name is really after
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
            for ip in ("127.0.0.2", "127.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    async with Fetcher(allow_private_hosts=("127.0.0.2",)) as strict:
        answer = await strict.fetch(server.url("/f", "rebind.example"))

    assert looked_up == ["rebind.example"]
    assert isinstance(answer, FetchFailed)
    assert "127.0.0.1 is this machine itself" in answer.reason
    assert server.asked == []


async def test_a_proxy_of_the_environment_is_not_used(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would dial in our place, past the guard."""
    monkeypatch.setenv("http_proxy", server.url("/"))
    monkeypatch.setenv("HTTP_PROXY", server.url("/"))
    async with Fetcher(deadline=0.5) as strict:
        answer = await strict.fetch("http://10.0.0.1/feed")

    assert answer == FetchFailed("cannot be reached (not allowed: 10.0.0.1 is private)")
    assert server.asked == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/secret",
        "http://localhost.:{port}/secret",
        "http://[::ffff:7f00:1]:{port}/secret",
        "http://[::ffff:127.0.0.1]:{port}/secret",
        "http://[64:ff9b::7f00:1]:{port}/secret",
        "http://[64:ff9b::127.0.0.1]:{port}/secret",
        "http://[2002:7f00:1::]:{port}/secret",
        "http://[::1]:{port}/secret",
        "http://[::]:{port}/secret",
        "http://0.0.0.0:{port}/secret",
        "http://0:{port}/secret",
        "http://2130706433:{port}/secret",
        "http://0x7f.1:{port}/secret",
        "http://0177.0.0.1:{port}/secret",
        "http://127.1:{port}/secret",
        "http://①②⑦.⓪.⓪.①:{port}/secret",
        "http://journal.example@127.0.0.1:{port}/secret",
        "http://journal.example:80@127.0.0.1:{port}/secret",
        "http://journal.example\\@127.0.0.1:{port}/secret",
        "http://127.0.0.1:{port}\\@journal.example/secret",
        "http://127.0.0.1:{port}#@journal.example/secret",
        "//127.0.0.1:{port}/secret",
        "http:127.0.0.1:{port}/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
    ],
)
async def test_no_redirect_leads_inside(server: FeedServer, target: str) -> None:
    """Each hop dials anew, whatever the address looks like: only the first host is allowed."""
    server.put("/secret", FEED)
    server.redirect("/f", target.format(port=server.port))
    names = {name: ["127.0.0.1"] for name in ("allowed.example", "localhost.")}
    async with Fetcher(allow_private_hosts=("allowed.example",), deadline=5.0) as strict:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", _resolver(names))
            answer = await strict.fetch(server.url("/f", "allowed.example"))

    assert isinstance(answer, FetchFailed)
    assert server.hits("/f") == 1
    assert server.hits("/secret") == 0


def _resolver(names: dict[str, list[str]]) -> object:
    """The real one, but for some names: those give their addresses one look-up after the other."""
    real = socket.getaddrinfo

    def resolve(host: str, port: int, **more: object) -> list[tuple[object, ...]]:
        if host not in names:
            return real(host, port, **more)  # type: ignore[arg-type,return-value]
        ip = names[host].pop(0) if len(names[host]) > 1 else names[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    return resolve


async def test_a_name_that_is_public_first_and_private_then_gains_nothing(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up anew for the second connection, and judged anew. 127.0.0.2 plays the
    public address here."""
    monkeypatch.setattr(
        socket, "getaddrinfo", _resolver({"rebind.example": ["127.0.0.2", "127.0.0.1"]})
    )
    server.put("/f", "le mot de passe")
    async with (
        FeedServer(address="127.0.0.2", port=server.port) as public,
        Fetcher(allow_private_hosts=("127.0.0.2",)) as strict,
    ):
        public.put("/f", FEED, headers={"Connection": "close"})
        first = await strict.fetch(server.url("/f", "rebind.example"))
        assert strict._session
        assert strict._session.connector
        strict._session.connector.clear_dns_cache()  # type: ignore[attr-defined]
        second = await strict.fetch(server.url("/f", "rebind.example"))

    assert isinstance(first, Fetched)
    assert second == FetchFailed(
        "cannot be reached (not allowed: 127.0.0.1 is this machine itself)"
    )
    assert (public.hits("/f"), server.asked) == (1, [])


async def test_a_password_goes_to_its_own_host_only(server: FeedServer) -> None:
    """Not to where the host sends us; nor do we keep cookies for it."""
    server.put("/c", FEED)
    server.redirect("/b", server.url("/c", "localhost"))
    server.status("/a", 302, {"Location": "/b", "Set-Cookie": "session=1; Path=/"})
    address = server.url("/a").replace("//", "//lecteur:secret@")
    async with Fetcher(allow_private_hosts=(*LOCAL, "localhost")) as fetcher:
        answer = await fetcher.fetch(address)

    assert isinstance(answer, Fetched)
    assert [
        (asked.path, "authorization" in asked.headers, "cookie" in asked.headers)
        for asked in server.asked
    ] == [("/a", True, False), ("/b", True, False), ("/c", False, False)]


async def test_dead_name_servers_hold_up_no_other_site(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty names that nobody answers for: a look-up of each hangs, others go on."""
    released, real = threading.Event(), socket.getaddrinfo

    def resolve(host: str, *rest: object, **more: object) -> object:
        if host.startswith("dead"):
            released.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return real(host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    server.put("/f", FEED)
    async with Fetcher(allow_private_hosts=("localhost",), deadline=8.0) as fetcher:
        dead = [asyncio.create_task(fetcher.fetch(f"http://dead{n}.example/f")) for n in range(40)]
        await asyncio.sleep(0.1)
        started = time.monotonic()
        answer = await fetcher.fetch(server.url("/f", "localhost"))
        took = time.monotonic() - started
        released.set()
        answers = await asyncio.gather(*dead)

    assert isinstance(answer, Fetched)
    assert took < 4.0
    assert set(answers) == {FetchFailed("the host name is not known")}
