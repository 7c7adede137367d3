"""Telegram as a channel: messages become HTML, refusals become outcomes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import structlog
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import MessageLimit, ParseMode
from telegram.error import BadRequest, ChatMigrated, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Defaults, ExtBot

from bot.delivery.channel import Gone, Moved, Outcome, Refused, RetryAt, Sent
from bot.messages.message import Button, Message
from bot.messages.render import to_html, to_plain
from bot.platforms.telegram_errors import meaning, seconds_to_wait

log = structlog.get_logger()

#: seconds until a network or a server in trouble is tried again
PAUSE = 5.0
#: seconds until a refused token is tried again: only the operator can change that
TOKEN_PAUSE = 60.0
#: two chats told to wait within so many seconds: it is the bot that is too fast, not a chat
TOGETHER = 5.0
#: how many sends without an answer are remembered
_UNANSWERED = 1000


class BadToken(Exception):
    """Telegram does not know the token; the message is one sentence for the operator."""


class Telegram:
    """The bot's side of every Telegram chat. `bot` is shared with the listener.

    Never log `bot` or its errors' requests: they contain the token.
    """

    name = "telegram"

    def __init__(self, token: str, api_url: str):
        """`api_url` is the root address of a Bot API server, without `/bot`."""
        self._host = urlsplit(api_url).hostname
        self.bot: ExtBot[None] = ExtBot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            defaults=Defaults(
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
        )
        #: keys of sends that went out and were not answered
        self._unanswered: dict[str, None] = {}
        #: the chat that was last told to wait, and when
        self._slowed: tuple[int, float] | None = None

    async def __aenter__(self) -> Self:
        """Greet Telegram. A network that is down is no reason not to start.

        Raises:
            BadToken: when Telegram answers that there is no such bot.
        """
        try:
            await self.bot.initialize()
        except InvalidToken:
            await self.bot.shutdown()
            raise BadToken(
                f"TELEGRAM_TOKEN: {self._host} does not know this bot; "
                "expected the token that BotFather gave."
            ) from None
        except TelegramError as error:
            log.warning("telegram.unreachable", reason=meaning(error), host=self._host)
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.bot.shutdown()

    async def send(
        self, address: str, message: Message, *, reply_to: str | None, key: str
    ) -> Outcome:
        """Write a new message, in several parts when it is too long for one.

        Telegram has no idempotency key: a send without an answer may have arrived. It is tried
        once more, when Telegram is known to answer again, because a lost alert is worse than a
        rare double one; a second silence is a dead letter and not a third copy.
        """
        if key in self._unanswered and not await self._answers():
            return RetryAt(PAUSE, "Telegram does not answer", scope="sender")
        chat_id, thread = where(address)

        async def write(parts: Sequence[str], mode: str | None) -> str:
            first = await self.bot.send_message(
                chat_id,
                parts[0],
                parse_mode=mode,
                message_thread_id=thread,
                reply_parameters=_reply(reply_to),
                reply_markup=_keyboard(message) if len(parts) == 1 else None,
                disable_notification=message.silent,
            )
            try:
                for number, part in enumerate(parts[1:], 2):
                    await self.bot.send_message(
                        chat_id,
                        part,
                        parse_mode=mode,
                        message_thread_id=thread,
                        reply_markup=_keyboard(message) if len(parts) == number else None,
                        disable_notification=True,
                    )
            except TelegramError as error:
                # the part that matters is there: sending it all again would repeat it
                log.warning("telegram.message_cut_short", key=key, reason=meaning(error))
            return str(first.message_id)

        try:
            ref = await _html_or_plain(message, write)
        except TelegramError as error:
            if meaning(error) == "unanswered":
                return self._no_answer(key)
            return self._outcome(error, chat_id)
        self._unanswered.pop(key, None)
        return Sent(ref)

    async def edit(self, address: str, ref: str, message: Message) -> Outcome:
        """Replace the message `ref`, silently as Telegram's edits are.

        One that is gone or too old, and a text that no longer fits in one message, become a new
        message. An edit without an answer is simply tried again: twice changes nothing.
        """
        chat_id, _ = where(address)
        key = f"edit:{address}:{ref}"
        if len(to_html(message)) > 1:
            return await self.send(address, message, reply_to=ref, key=key)

        async def write(parts: Sequence[str], mode: str | None) -> str:
            await self.bot.edit_message_text(
                parts[0], chat_id, int(ref), parse_mode=mode, reply_markup=_keyboard(message)
            )
            return ref

        try:
            return Sent(await _html_or_plain(message, write))
        except TelegramError as error:
            match meaning(error):
                case "unchanged":
                    return Sent(ref)
                case "edit_lost":
                    return await self.send(address, message, reply_to=ref, key=key)
                case "unanswered":
                    return RetryAt(0.0, "no answer to the edit")
            return self._outcome(error, chat_id)

    def _outcome(self, error: TelegramError, chat_id: int) -> Outcome:
        match error:
            case ChatMigrated():
                return Moved(f"telegram:{error.new_chat_id}")
            case RetryAfter():
                return self._too_many(chat_id, seconds_to_wait(error))
        match meaning(error):
            case "shut_out":
                return Gone(error.message)
            case "token_refused":
                # not the error's own words: they repeat the token
                log.error("telegram.token_refused", host=self._host)
                return RetryAt(TOKEN_PAUSE, "the token is refused", scope="sender")
            case "unreachable":
                return RetryAt(PAUSE, "Telegram cannot be reached", scope="sender")
            case "failing":
                return RetryAt(0.0, "Telegram is failing")
        return Refused(error.message)

    def _too_many(self, chat_id: int, wait: float) -> RetryAt:
        """Telegram does not say which limit was met: this chat's, or that of the whole bot."""
        now = asyncio.get_running_loop().time()
        other, at = self._slowed or (chat_id, now)
        self._slowed = (chat_id, now)
        is_the_bot = other != chat_id and now - at < TOGETHER
        return RetryAt(wait, "too many requests", scope="sender" if is_the_bot else "chat")

    def _no_answer(self, key: str) -> Outcome:
        if key in self._unanswered:
            del self._unanswered[key]
            return Refused("no answer, twice: it may have arrived or not")
        if len(self._unanswered) >= _UNANSWERED:
            del self._unanswered[next(iter(self._unanswered))]
        self._unanswered[key] = None
        return RetryAt(0.0, "no answer: it may have arrived or not")

    async def _answers(self) -> bool:
        try:
            await self.bot.get_me()
        except TelegramError:
            return False
        return True


def where(address: str) -> tuple[int, int | None]:
    """Chat and topic of "telegram:-100123/45"."""
    chat, _, thread = address.removeprefix("telegram:").partition("/")
    return int(chat), int(thread) if thread else None


async def _html_or_plain(
    message: Message, write: Callable[[Sequence[str], str | None], Awaitable[str]]
) -> str:
    """Write it as HTML; if Telegram cannot read that, the bare words still arrive."""
    try:
        return await write(to_html(message), ParseMode.HTML)
    except BadRequest as error:
        if meaning(error) != "bad_markup":
            raise
        log.error("telegram.markup_refused", reason=error.message)
        return await write(_slices(to_plain(replace(message, buttons=()))), None)


def _slices(text: str) -> list[str]:
    """At most a message each, even if every character were an emoji of two UTF-16 units."""
    size = MessageLimit.MAX_TEXT_LENGTH // 2
    return [text[start : start + size] for start in range(0, len(text), size)]


def _reply(ref: str | None) -> ReplyParameters | None:
    """Answers that message; the alert must arrive even if somebody deleted it."""
    return ReplyParameters(int(ref), allow_sending_without_reply=True) if ref else None


def _keyboard(message: Message) -> InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in message.buttons])


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.label, callback_data=button.command)
