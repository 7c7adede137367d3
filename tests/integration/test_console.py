"""The console as a platform: what it prints, and the commands typed into it."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from command_room import open_room

from bot.delivery.channel import Sent
from bot.messages.message import Button, Message, Span
from bot.platforms.console import ADDRESS, Console

ROOT = Path(__file__).parents[2]
ALERT = Message(
    ((Span("🔴 ATTAQUE", "bold"),), (Span("Source", href="https://a.example/x"),)),
    ((Button("Pourquoi", "/why"),),),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def send(console: Console) -> object:
    return await console.send(ADDRESS, ALERT, reply_to=None, key="1")


async def test_a_message_is_printed_as_plain_lines() -> None:
    """Links show their domain, buttons what to type, and an empty line ends it."""
    out = io.StringIO()
    assert await send(Console(out)) == Sent("1")
    assert out.getvalue() == "🔴 ATTAQUE\nSource (a.example)\n→ Pourquoi : /why\n\n"


async def test_a_terminal_gets_a_frame_unless_it_wants_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Bold and a rule on a terminal; NO_COLOR turns them off."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    await send(Console(out))
    assert "\x1b[1m🔴 ATTAQUE\x1b[0m\nSource" in out.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    await send(Console(plain))
    assert "\x1b" not in plain.getvalue()


async def test_an_edit_is_printed_again_under_the_same_reference() -> None:
    """A printed line cannot be taken back."""
    out = io.StringIO()
    console = Console(out)
    await send(console)
    assert await console.edit(ADDRESS, "1", ALERT) == Sent("1")
    assert out.getvalue().count("ATTAQUE") == 2


class Screen(io.StringIO):
    """Output that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._awaited = ""
        self._shown = asyncio.Event()

    def write(self, text: str) -> int:
        size = super().write(text)
        if self._awaited in self.getvalue():
            self._shown.set()
        return size

    async def shows(self, text: str) -> str:
        """All that was printed, once `text` is in it."""
        self._awaited = text
        if text not in self.getvalue():
            self._shown.clear()
        async with asyncio.timeout(5):
            await self._shown.wait()
        return self.getvalue().replace("\u00a0", " ")


async def test_lines_are_commands(tmp_path: Path) -> None:
    """With or without the slash; empty lines are nothing; each gets one answer."""
    out = Screen()
    async with open_room(tmp_path) as room:
        lines = io.StringIO("list\n\n/subscribe kind:attack\n/list")
        async with Console(out).listening(lines, room.commands):
            said = await out.shows("Vous suivez 1 chose")
    assert said.count("\n\n") == 3
    assert said.startswith("Cette conversation ne suit rien encore.")


async def test_lines_come_from_a_real_pipe(tmp_path: Path) -> None:
    """A pipe that stays open does not keep the service from ending."""
    out = Screen()
    reading, writing = os.pipe()
    lines = os.fdopen(reading, encoding="utf-8")
    async with open_room(tmp_path) as room, Console(out).listening(lines, room.commands):
        os.write(writing, "/subscribe élu\n".encode())
        said = await out.shows("C’est noté")
    os.close(writing)
    for thread in threading.enumerate():
        if thread.name == "console":
            thread.join(5)
    assert "le mot « élu »" in said
    lines.close()


def test_a_process_ends_while_its_console_waits_for_a_line() -> None:
    """Python would abort if the waiting thread held the buffer of standard input."""
    code = """
import asyncio, sys
from bot.platforms.console import Console
async def main():
    async with Console(sys.stdout).listening(sys.stdin, None):
        await asyncio.sleep(0.1)
asyncio.run(main())
print("ended")
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout and process.stderr and process.stdin
    out, err = process.stdout.read(), process.stderr.read()
    assert (process.wait(timeout=30), out, err) == (0, b"ended\n", b"")
    for stream in (process.stdin, process.stdout, process.stderr):
        stream.close()
