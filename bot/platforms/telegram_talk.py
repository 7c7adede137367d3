"""Listens to Telegram: command lines and button presses go to the commands, answers go back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Protocol, Self

import structlog
from telegram import (
    BotCommandScopeChat,
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Message,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType, UpdateType
from telegram.error import TelegramError
from telegram.ext import Application, ApplicationBuilder, TypeHandler

from bot.commands.registry import Caller
from bot.delivery.channel import RetryAt, Sent
from bot.messages.i18n import LANGUAGES
from bot.messages.message import Message as OurMessage
from bot.platforms.telegram import Telegram
from bot.platforms.telegram_errors import meaning
from bot.platforms.telegram_poll import ChatByChat, until_it_works
from bot.work import Clock
from storage import chats
from storage.database import Connection, Database

log = structlog.get_logger()

#: seconds Telegram holds a poll open
POLL = 30
#: updates handled at once: one slow command keeps nobody else waiting
AT_ONCE = 16
#: how often an answer is tried, and the shortest and longest wait between two tries
ANSWER_TRIES = 3
ANSWER_WAITS = (1.0, 30.0)
#: seconds that commands in hand may take when the service ends
GRACE = 4.0

_ALLOWED = [UpdateType.MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER]
_ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
_OUT = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


class Commands(Protocol):
    """What we need of bot.commands.dispatch.Commands."""

    async def run(self, line: str, caller: Caller) -> OurMessage: ...

    def menu(self, language: str, moderator: bool) -> list[tuple[str, str]]: ...


class TelegramTalk:
    """Polls for updates from when it is entered until it is left, whatever the network does."""

    def __init__(
        self,
        telegram: Telegram,
        commands: Commands,
        *,
        db: Database,
        clock: Clock,
        moderators: frozenset[str],
        default_language: str,
    ):
        self._telegram = telegram
        self._bot = telegram.bot
        self._commands = commands
        self._db = db
        self._clock = clock
        self._moderators = moderators
        self._default_language = default_language
        self._names = frozenset(name for name, _ in commands.menu(default_language, True))
        # no JobQueue: it would be a second scheduler. No Updater: its loop ends for ever at the
        # first 404, which a proxy may answer any day
        self._app: Application[Any, Any, Any, Any, Any, Any] = (
            ApplicationBuilder()
            .bot(telegram.bot)
            .updater(None)
            .job_queue(None)
            .concurrent_updates(ChatByChat(AT_ONCE))
            .build()
        )
        self._app.add_handler(TypeHandler(Update, self._handle))
        self._offset: int | None = None
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen(), name="telegram:talk")
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Answers what was fetched, and tells Telegram so."""
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        if self._app.running:
            try:
                await asyncio.wait_for(self._app.stop(), GRACE)
            except TimeoutError:
                log.warning("talk.cut_short")
            with suppress(TelegramError):
                await self._bot.get_updates(offset=self._offset, limit=1, timeout=0)

    async def _listen(self) -> None:
        await until_it_works(self._bot.initialize)
        await self._app.initialize()
        await self._app.start()
        await until_it_works(self._bot.delete_webhook)
        menus = asyncio.create_task(self._offer_menus())
        try:
            while True:
                await until_it_works(self._poll)
        finally:
            menus.cancel()

    async def _poll(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._offset, timeout=POLL, allowed_updates=_ALLOWED
        )
        for update in updates:
            await self._app.update_queue.put(update)
            # the next poll confirms it: Telegram then forgets it
            self._offset = update.update_id + 1

    async def _offer_menus(self) -> None:
        """The platform's own list of commands, in each language and for each moderator."""
        for code, language in [(None, self._default_language), *((c, c) for c in LANGUAGES)]:
            with _logged("talk.menu_refused"):
                await self._bot.set_my_commands(
                    self._commands.menu(language, False), language_code=code
                )
        for identity in self._moderators:
            platform, _, number = identity.partition(":")
            if platform != self._telegram.name:
                continue
            # refused for a moderator who never wrote to the bot
            with _logged("talk.menu_refused"):
                await self._bot.set_my_commands(
                    self._commands.menu(self._default_language, True),
                    scope=BotCommandScopeChat(int(number)),
                )

    # what arrives

    async def _handle(self, update: Update, _context: Any) -> None:
        try:
            if update.my_chat_member:
                await self._placed(update.my_chat_member)
            elif update.callback_query:
                await self._pressed(update.callback_query)
            elif update.message:
                await self._said(update.message)
        except Exception:
            log.exception("talk.failed", update=update.update_id)

    async def _said(self, message: Message) -> None:
        here = message.chat.id
        if message.migrate_to_chat_id:
            await self._moved(here, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id:
            await self._moved(message.migrate_from_chat_id, here)
        # a channel's post that Telegram copies into its group is nobody's command
        if not message.text or message.is_automatic_forward:
            return
        speaker = message.sender_chat or message.from_user
        if speaker is None or not (_is_private(message.chat) or self._is_ours(message.text)):
            return
        caller = self._caller(message.chat, _address(message), speaker)
        await self._answer(message.text, caller, message, key=f"said:{here}:{message.message_id}")

    async def _pressed(self, query: CallbackQuery) -> None:
        # ends the button's waiting circle; a press from long ago cannot be answered any more
        with suppress(TelegramError):
            await query.answer()
        if query.message is None or not query.data:
            return
        message = query.message if isinstance(query.message, Message) else None
        address = _address(message) if message else f"telegram:{query.message.chat.id}"
        caller = self._caller(query.message.chat, address, query.from_user)
        await self._answer(query.data, caller, message, key=f"pressed:{query.id}")

    async def _answer(self, line: str, caller: Caller, to: Message | None, *, key: str) -> None:
        """Exactly one new message; in a group it says what it answers."""
        answer = await self._commands.run(line, caller)
        reply_to = str(to.message_id) if to and caller.is_group else None
        for _ in range(ANSWER_TRIES):
            outcome = await self._telegram.send(caller.address, answer, reply_to=reply_to, key=key)
            if not isinstance(outcome, RetryAt):
                break
            shortest, longest = ANSWER_WAITS
            await asyncio.sleep(min(max(outcome.after, shortest), longest))
        if not isinstance(outcome, Sent):
            log.warning("talk.not_answered", outcome=type(outcome).__name__)

    async def _placed(self, change: ChatMemberUpdated) -> None:
        """Blocked or thrown out: told at once, not at the next alert."""
        if change.new_chat_member.status in _OUT:
            reason = "blocked" if _is_private(change.chat) else "removed from the group"
            address = f"telegram:{change.chat.id}"
            await self._db.write(_pause, address, reason, self._clock())
            log.info("talk.shut_out", reason=reason)

    async def _moved(self, old: int, new: int) -> None:
        """A group that grew into a supergroup keeps its subscriptions."""
        if await self._db.write(_move, f"telegram:{old}", f"telegram:{new}"):
            log.info("talk.chat_moved")

    def _is_ours(self, text: str) -> bool:
        """In a group, only commands, and not those of other bots."""
        name, at, bot = text.split(maxsplit=1)[0].lower().partition("@")
        if at:
            return name.startswith("/") and bot == self._bot.username.lower()
        return name.startswith("/") and name[1:] in self._names

    def _caller(self, chat: Chat, address: str, speaker: User | Chat) -> Caller:
        async def is_chat_admin() -> bool:
            if isinstance(speaker, Chat):
                # an administrator who speaks in the group's name
                return speaker.id == chat.id
            try:
                member = await self._bot.get_chat_member(chat.id, speaker.id)
            except TelegramError as error:
                log.warning("talk.rights_unknown", reason=meaning(error))
                return False
            return member.status in _ADMINS

        return Caller(
            address=address,
            # an anonymous administrator is the group: one technical account stands for all such
            # people of all groups, and what one asks for must not belong to the others
            identity=f"telegram:{speaker.id}",
            is_group=not _is_private(chat),
            language_hint=speaker.language_code if isinstance(speaker, User) else None,
            is_chat_admin=is_chat_admin,
        )


@contextmanager
def _logged(event: str) -> Iterator[None]:
    """For calls that the service can do without."""
    try:
        yield
    except TelegramError as error:
        log.warning(event, reason=meaning(error))


def _is_private(chat: Chat) -> bool:
    return chat.type == ChatType.PRIVATE


def _address(message: Message) -> str:
    # other messages have a thread id too: that of a chain of answers, where nothing can be sent
    topic = message.message_thread_id if message.is_topic_message else None
    return f"telegram:{message.chat.id}" + (f"/{topic}" if topic else "")


def _pause(conn: Connection, address: str, reason: str, now: float) -> None:
    if chat := chats.by_address(conn, address):
        chats.pause(conn, chat.id, reason, now)


def _move(conn: Connection, old: str, new: str) -> bool:
    chat = chats.by_address(conn, old)
    if chat:
        chats.move(conn, chat.id, new)
    return chat is not None
