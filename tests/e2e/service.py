"""For end-to-end tests: the service and a feed host as processes of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Self
from xml.sax.saxutils import escape

import aiohttp

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Story:
    """One item of a feed."""

    guid: str
    title: str
    summary: str
    link: str
    age: float = 60.0

    def xml(self) -> str:
        return (
            f"<item><title>{escape(self.title)}</title><link>{escape(self.link)}</link>"
            f'<guid isPermaLink="false">{escape(self.guid)}</guid>'
            f"<pubDate>{formatdate(time.time() - self.age)}</pubDate>"
            f"<description>{escape(self.summary)}</description></item>"
        )


@dataclass
class FeedHost:
    """A web server process that serves the RSS files of a folder."""

    folder: Path
    port: int = 0
    _stories: dict[str, list[Story]] = field(default_factory=dict)
    _process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "tests/integration/feed_server.py",
            "--port", "0", "--dir", str(self.folder),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout
        self.port = int(await asyncio.wait_for(self._process.stdout.readline(), 30))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process
        self._process.terminate()
        await self._process.wait()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}.xml"

    def publish(self, name: str, *stories: Story) -> None:
        """Put stories on top of a feed; the file changes in one step."""
        self._stories[name] = [*stories, *self._stories.get(name, [])]
        items = "".join(story.xml() for story in self._stories[name])
        text = (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
            f"<title>{name}</title><link>http://{name}.example/</link>{items}</channel></rss>"
        )
        draft = self.folder / f".{name}.draft"
        draft.write_text(text, "utf-8")
        draft.replace(self.folder / f"{name}.xml")


@dataclass
class Service:
    """`sahel-alerts run` (or a stand-in that kills itself) as a process of its own."""

    env: dict[str, str]
    log: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    async def start(self, *program: str) -> None:
        """Start it; `program` replaces `-m bot run`."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *(program or ("-m", "bot", "run")),
                cwd=ROOT, env={**os.environ, **self.env},
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    async def healthy(self, within: float = 40.0) -> dict[str, object]:
        """Wait until /health is green.

        Raises:
            AssertionError: with the log's end when it is not in time.
        """
        deadline = time.monotonic() + within
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < deadline:
                assert self.process and self.process.returncode is None, self.tail()
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/health") as answer:
                        said: dict[str, object] = await answer.json()
                        if answer.status == 200 and said["last_success_at"]:
                            return said
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError(f"not healthy in {within:g} s: {self.tail()}")

    async def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def killed(self, within: float = 30.0) -> None:
        """Wait until it has killed itself."""
        assert self.process
        status = await asyncio.wait_for(self.process.wait(), within)
        assert status == -signal.SIGKILL, self.tail()

    async def terminate(self, within: float = 10.0) -> tuple[int, float]:
        """SIGTERM; its exit status and how many seconds it took."""
        assert self.process
        started = time.monotonic()
        self.process.terminate()
        status = await asyncio.wait_for(self.process.wait(), within)
        return status, time.monotonic() - started

    async def close(self) -> None:
        if self.process and self.process.returncode is None:
            await self.kill()

    def tail(self) -> str:
        return self.log.read_text("utf-8", "replace")[-3000:]
