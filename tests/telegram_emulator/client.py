"""For tests: starts an emulator process and moves the people in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import aiohttp

ROOT = Path(__file__).parents[2]
#: any well-formed token works until it is revoked
TOKEN = "424242:emulator-token-that-opens-nothing"


class EmulatorProcess:
    """One emulator in a process of its own, for as long as the `with` lasts.

    `async with` also opens the hand that moves its people, as `world`.
    """

    def __init__(self, port: int = 0) -> None:
        self._port = port
        #: what TELEGRAM_API_URL takes
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._world: TelegramWorld | None = None

    @property
    def world(self) -> TelegramWorld:
        assert self._world, "enter with `async with`"
        return self._world

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.telegram_emulator", "--port", str(self._port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    async def __aenter__(self) -> Self:
        self.__enter__()
        self._world = await TelegramWorld(self.url).__aenter__()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.world.__aexit__()
        self.end()

    def end(self) -> int:
        """Close its standard input, which ends it; its exit status."""
        assert self._process and self._process.stdin and self._process.stdout
        self._process.stdin.close()
        status = self._process.wait(10)
        self._process.stdout.close()
        return status


class TelegramWorld:
    """The hand of the test: each method is one verb of the emulator's control API.

    Entering the `async with` begins a new, empty world in the running emulator.
    """

    def __init__(self, url: str):
        #: what TELEGRAM_API_URL takes
        self.url = url
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        await self.ask("reset")
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._session
        await self._session.close()

    async def ask(self, verb: str, **body: Any) -> Any:
        """Call a verb.

        Raises:
            AssertionError: when the emulator says the test is wrong.
        """
        assert self._session, "enter the `async with` first"
        async with self._session.post(f"{self.url}/_test/{verb}", json=body) as answer:
            said = await answer.json()
            assert answer.status == 200, said
            return said

    async def add_user(self, user: int, **about: Any) -> None:
        """About: first_name, username, language_code, started (False: never wrote to us)."""
        await self.ask("user", id=user, **about)

    async def add_group(self, chat: int, *, type: str = "supergroup", **about: Any) -> None:
        """About: title, members {user: status}, bot (its status), is_forum, topics."""
        await self.ask("chat", id=chat, type=type, **about)

    async def say(self, user: int, text: str, *, chat: int | None = None, **about: Any) -> int:
        """Somebody writes, in private unless a chat is named; the message's id."""
        where = user if chat is None else chat
        said = await self.ask("say", user=user, chat=where, text=text, **about)
        return int(said["message_id"])

    async def press(
        self,
        user: int,
        message_id: int,
        *,
        chat: int | None = None,
        data: str | None = None,
        label: str | None = None,
    ) -> str:
        """Somebody presses the button with this data or label; the query's id."""
        where = user if chat is None else chat
        pressed = await self.ask(
            "press", user=user, chat=where, message_id=message_id, data=data, label=label
        )
        return str(pressed["query_id"])

    async def messages(self, chat: int) -> list[dict[str, Any]]:
        """What the bot has written there, oldest first; deleted ones are marked."""
        return [m for m in await self.transcript(chat) if m["by_bot"]]

    async def transcript(self, chat: int) -> list[dict[str, Any]]:
        """Everything said in the chat, by anyone."""
        found: list[dict[str, Any]] = await self.ask("messages", chat=chat)
        return found

    async def wait_for_messages(
        self,
        chat: int,
        n: int,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> list[dict[str, Any]]:
        """Wait until the bot has written `n` messages there, and return them.

        Raises:
            AssertionError: when it has not within `timeout` seconds.
        """
        found = await self.ask("messages", chat=chat, at_least=n, timeout=timeout)
        ours = [m for m in found if m["by_bot"]]
        assert len(ours) >= n, f"{len(ours)} messages of {n} within {timeout:g} s: {ours}"
        return ours

    async def requests(self, method: str | None = None) -> list[dict[str, Any]]:
        """The request log: at, method, params, status, fault."""
        found: list[dict[str, Any]] = await self.ask("requests")
        return [r for r in found if method is None or r["method"] == method]

    async def fault(self, kind: str, **where: Any) -> None:
        """Order a fault: status, html502, reset, lost_answer or delay; see faults.py."""
        await self.ask("fault", kind=kind, **where)

    async def limits(self, **limits: Any) -> None:
        """Set flood limits; `enabled=False` switches them off."""
        await self.ask("limits", **limits)
