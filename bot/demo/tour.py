"""The `demo` verb: days of September 2023 told by the real pipeline, offline, in seconds."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, TextIO

import yaml
from babel.dates import format_datetime

from bot.app import Rooms, open_rooms, open_sender
from bot.delivery.channel import Outcome, Sent
from bot.delivery.sender import Sender
from bot.demo.host import FeedHost
from bot.messages.message import Message
from bot.platforms.console import ADDRESS, Console, caller
from bot.settings import Settings
from storage import events, feeds
from storage.model import FeedSeed

#: seconds between two scenes for somebody who reads along
READING_PAUSE = 1.5


@dataclass
class TourClock:
    """A clock that is set at each scene and ticks in between."""

    _base: float = 0.0
    _mark: float = field(default_factory=time.monotonic)

    def set(self, moment: datetime) -> None:
        self._base, self._mark = moment.timestamp(), time.monotonic()

    def __call__(self) -> float:
        return self._base + time.monotonic() - self._mark


class Phone:
    """The console channel of the tour: says what a phone would show, and counts it."""

    name = "console"

    def __init__(self, console: Console, say: Any):
        self._console = console
        self._say = say
        self.pushes = 0
        self.edits = 0

    async def send(
        self, address: str, message: Message, *, reply_to: str | None, key: str
    ) -> Outcome:
        self.pushes += 1
        self._say("arrives")
        return await self._console.send(address, message, reply_to=reply_to, key=key)

    async def edit(self, address: str, ref: str, message: Message) -> Outcome:
        self.edits += 1
        self._say("edited")
        await self._console.send(address, message, reply_to=None, key=ref)
        return Sent(ref)


async def tell(*, language: str, out: TextIO = sys.stdout) -> int:
    """Run the tour on `out`; needs no network, token or question.

    Returns 0; whatever fails is raised.
    """
    script = yaml.safe_load(files("bot.demo").joinpath("data/days.yaml").read_text("utf-8"))
    tour = _Tour(script, language, out)
    with tempfile.TemporaryDirectory(prefix="sahel-alerts-demo-") as folder:
        await tour.run(Path(folder))
    return 0


class _Tour:
    def __init__(self, script: Mapping[str, Any], language: str, out: TextIO):
        self._script = script
        self._language = language
        self._out = out
        self._clock = TourClock()
        self._host = FeedHost(names={k: f["name"] for k, f in script["feeds"].items()})

    async def run(self, folder: Path) -> None:
        self._title()
        # a little before the first scene: the sources are due when it opens
        self._clock.set(self._script["steps"][0]["at"] - timedelta(minutes=1))
        await self._host.start()
        try:
            settings = Settings(
                database_url=f"sqlite:///{folder / 'tour.db'}",
                feeds_file=folder / "none.yaml",
                default_language=self._language,
                allow_private_hosts=("127.0.0.0/8",),
                host_spacing=0.0,
            )
            async with open_rooms(settings, self._clock) as rooms:
                await self._play(rooms)
        finally:
            await self._host.stop()

    async def _play(self, rooms: Rooms) -> None:
        phone = Phone(Console(self._out), self._line)
        sender = open_sender(rooms, phone)
        await rooms.db.write(feeds.seed, self._seeds(), self._clock())
        await self._ask(rooms, "subscribes", f"/subscribe {self._script['subscription']}")
        entries = silent = 0
        for step in self._script["steps"]:
            await self._scene(step)
            if "asks" in step:
                await self._ask(rooms, "moderator", step["asks"])
                continue
            before = phone.pushes + phone.edits
            summary = await self._turn(rooms, sender)
            entries += summary
            if phone.pushes + phone.edits == before:
                silent += len(step["items"])
                self._line("silence")
        self._say(
            self._text("summary").format(
                entries=entries,
                feeds=len(self._script["feeds"]),
                events=await rooms.db.read(events.count_since, 0.0),
                pushes=phone.pushes,
                silent=silent,
            )
        )

    async def _turn(self, rooms: Rooms, sender: Sender) -> int:
        """Poll, understand, send: what the service's workers do when woken."""
        summary = await rooms.poller.poll_once()
        while await rooms.editor.round():
            pass
        while await sender.round():
            pass
        return summary.entries

    async def _ask(self, rooms: Rooms, who: str, line: str) -> None:
        self._say(f"{self._text(who)} {line}\n{self._text('answers')}")
        message = await rooms.commands.run(line, caller(self._language))
        await Console(self._out).send(ADDRESS, message, reply_to=None, key="0")

    async def _scene(self, step: Mapping[str, Any]) -> None:
        moment: datetime = step["at"]
        self._clock.set(moment)
        when = format_datetime(moment, "EEEE d MMMM y, HH:mm", locale=self._language)
        self._say(f"\n── {when} ".ljust(78, "─"))
        self._say(str(step["say"][self._language]))
        for item in step["items"]:
            self._host.publish(item["feed"], item)
            name = self._script["feeds"][item["feed"]]["name"]
            self._say(f"{self._text('appears').format(name=name)} {item['title']}")
        if self._out.isatty():
            await asyncio.sleep(READING_PAUSE)

    def _seeds(self) -> list[FeedSeed]:
        return [
            FeedSeed(url=self._host.url(key), **{**feed, "countries": tuple(feed["countries"])})
            for key, feed in self._script["feeds"].items()
        ]

    def _title(self) -> None:
        self._say(f"{self._text('title')}\n")
        self._say(self._text("intro"))

    def _text(self, key: str) -> str:
        return str(self._script["texts"][key][self._language])

    def _line(self, key: str) -> None:
        self._say(self._text(key))

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()
