"""The console as a platform: it prints messages, and runs the command lines typed into it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, suppress
from typing import TextIO

from bot.commands.dispatch import Commands
from bot.commands.registry import Caller
from bot.delivery.channel import Outcome, Sent
from bot.messages.message import Message
from bot.messages.render import to_plain

ADDRESS = "console:0"
IDENTITY = "console:0"

_BOLD, _FAINT, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_RULE = "─" * 40


class Console:
    """A channel that prints to `out`, with a frame and bold type only on a terminal."""

    name = "console"

    def __init__(self, out: TextIO):
        self._out = out
        # NO_COLOR: https://no-color.org
        self._styled = out.isatty() and not os.environ.get("NO_COLOR")
        self._sent = 0

    async def send(
        self,
        address: str,  # noqa: ARG002 (there is one console, it has no threads and no copies)
        message: Message,
        *,
        reply_to: str | None,  # noqa: ARG002
        key: str,  # noqa: ARG002
    ) -> Outcome:
        self._sent += 1
        self._print(message)
        return Sent(str(self._sent))

    async def edit(
        self,
        address: str,  # noqa: ARG002
        ref: str,
        message: Message,
    ) -> Outcome:
        """A printed line cannot be replaced: the new text is printed."""
        self._print(message)
        return Sent(ref)

    @asynccontextmanager
    async def listening(self, lines: TextIO, commands: Commands) -> AsyncIterator[None]:
        """Run each line of `lines` as a command until it ends, or we do."""
        talking = asyncio.create_task(self._talk(lines, commands), name="console")
        try:
            yield
        finally:
            talking.cancel()
            with suppress(asyncio.CancelledError):
                await talking

    async def _talk(self, lines: TextIO, commands: Commands) -> None:
        typed: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read() -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                for line in _read_lines(lines):
                    loop.call_soon_threadsafe(typed.put_nowait, line)
                loop.call_soon_threadsafe(typed.put_nowait, None)

        # a thread, because a file or a terminal cannot be awaited; a daemon, because a pending
        # read would hold up the end of the process
        threading.Thread(target=read, name="console", daemon=True).start()
        while (line := await typed.get()) is not None:
            if line.strip():
                names = {name for name, _ in commands.menu("en", moderator=True)}
                self._print(await commands.run(_as_command(line, names), caller()))

    def _print(self, message: Message) -> None:
        text = to_plain(message)
        if self._styled:
            first, newline, rest = text.partition("\n")
            text = f"{_FAINT}{_RULE}{_RESET}\n{_BOLD}{first}{_RESET}{newline}{rest}"
        self._out.write(f"{text}\n\n")
        self._out.flush()


def _read_lines(source: TextIO) -> Iterator[str]:
    """Lines of a stream, past its buffer where it is a real file.

    Python aborts when it ends while a thread waits inside the buffer of standard input.
    """
    try:
        descriptor = source.fileno()
    except (OSError, ValueError):
        yield from source
        return
    with open(descriptor, "rb", buffering=0, closefd=False) as raw:
        for line in raw:
            yield line.decode("utf-8", "replace")


def _as_command(line: str, names: Collection[str]) -> str:
    """On a console `help` is as good as `/help`; a greeting stays one."""
    line = line.strip()
    return f"/{line}" if line.split()[0].lower() in names else line


def caller(language_hint: str | None = None) -> Caller:
    """Who types here: the owner of the machine, alone in the chat."""

    async def is_admin() -> bool:
        return True

    return Caller(
        address=ADDRESS,
        identity=IDENTITY,
        is_group=False,
        language_hint=language_hint,
        is_chat_admin=is_admin,
    )
