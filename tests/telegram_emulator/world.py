"""Who exists in the emulator's Telegram: people, chats, messages, and updates for the bot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .errors import ControlError, bad_request, forbidden, migrated

BOT_ID = 424242
BOT_NAME = "sahel_test_bot"
#: what a bot gets that never said what it wants
DEFAULT_UPDATES = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})


@dataclass
class User:
    id: int
    first_name: str = "Aïcha"
    username: str | None = None
    language_code: str | None = None
    deactivated: bool = False

    def shown(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
        }
        if self.username:
            shown["username"] = self.username
        if self.language_code:
            shown["language_code"] = self.language_code
        return shown


@dataclass
class Posted:
    """A message as it stands, and what it was before."""

    message: dict[str, Any]
    silent: bool = False
    #: earlier versions, oldest first
    history: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False

    @property
    def by_bot(self) -> bool:
        return bool(self.message["from"]["id"] == BOT_ID)

    def shown(self) -> dict[str, Any]:
        return {
            **self.message,
            "by_bot": self.by_bot,
            "silent": self.silent,
            "deleted": self.deleted,
            "history": self.history,
        }


@dataclass
class Chat:
    id: int
    #: private, group, supergroup or channel
    type: str
    title: str = ""
    #: people: creator, administrator, member, restricted, left, kicked
    members: dict[int, str] = field(default_factory=dict)
    #: the bot's own place: member, administrator, restricted, left, kicked (blocked, in private)
    bot: str = "member"
    is_forum: bool = False
    #: thread -> open, closed or deleted
    topics: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    #: in private: whether the person ever wrote, for a bot may not begin
    started: bool = True
    posts: dict[int, Posted] = field(default_factory=dict)
    next_message_id: int = 1

    def shown(self, owner: User | None) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": self.id, "type": self.type}
        if owner:
            shown["first_name"] = owner.first_name
            if owner.username:
                shown["username"] = owner.username
        else:
            shown["title"] = self.title
        if self.is_forum:
            shown["is_forum"] = True
        return shown


class World:
    """All state of one emulator. `clock` gives epoch seconds for dates of messages."""

    def __init__(self, clock: Callable[[], float] = time.time):
        self._clock = clock
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.webhook_url = ""
        self.callbacks: dict[str, bool] = {}
        self.callback_answers: list[dict[str, Any]] = []
        self.allowed_updates = DEFAULT_UPDATES
        self.updates: list[dict[str, Any]] = []
        self._next_update = 1000
        self._next_private_message = 1
        #: set and replaced whenever anything happened, for those who wait
        self.changed = asyncio.Event()

    def stir(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def now(self) -> int:
        return int(self._clock())

    # people and chats

    def user(self, user_id: int) -> User:
        if user_id not in self.users:
            raise ControlError(f"no user {user_id}: add it first")
        return self.users[user_id]

    def chat(self, chat_id: int) -> Chat:
        if chat_id not in self.chats:
            raise ControlError(f"no chat {chat_id}: add it first")
        return self.chats[chat_id]

    def add_user(self, user: User, *, started: bool = True) -> None:
        self.users[user.id] = user
        self.chats.setdefault(user.id, Chat(user.id, "private", started=started))

    def add_chat(self, chat: Chat) -> None:
        for user_id in chat.members:
            if user_id not in self.users:
                self.add_user(User(user_id), started=False)
        self.chats[chat.id] = chat

    def bot_user(self) -> dict[str, Any]:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Sahel", "username": BOT_NAME}

    def chat_shown(self, chat: Chat) -> dict[str, Any]:
        return chat.shown(self.users.get(chat.id) if chat.type == "private" else None)

    # where a bot may write

    def resolve(self, chat_id: str | None) -> Chat:
        """The chat a bot means.

        Raises:
            ApiError: when it does not exist for this bot.
        """
        if chat_id is None or chat_id == "":
            raise bad_request("chat_id is empty")
        try:
            chat = self.chats.get(int(chat_id))
        except ValueError:
            chat = None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def writable(self, chat_id: str | None) -> Chat:
        """The chat, if the bot may write into it.

        Raises:
            ApiError: blocked, kicked, moved, or without the right.
        """
        chat = self.resolve(chat_id)
        if chat.migrated_to:
            raise migrated(chat.migrated_to)
        if chat.type == "private":
            self._check_private(chat)
        elif chat.bot == "kicked":
            kind = "supergroup" if chat.type == "supergroup" else chat.type
            raise forbidden(f"bot was kicked from the {kind} chat")
        elif chat.bot == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        elif chat.bot == "restricted":
            raise bad_request("not enough rights to send text messages to the chat")
        elif chat.type == "channel" and chat.bot != "administrator":
            raise bad_request("need administrator rights in the channel chat")
        return chat

    def _check_private(self, chat: Chat) -> None:
        if self.users[chat.id].deactivated:
            raise forbidden("user is deactivated")
        if chat.bot == "kicked":
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")

    def check_thread(self, chat: Chat, thread: int | None) -> None:
        """Raises ApiError when a topic is named that does not take messages."""
        if thread is None:
            return
        state = chat.topics.get(thread)
        if state is None or not chat.is_forum:
            raise bad_request("message thread not found")
        if state == "deleted":
            raise bad_request("TOPIC_DELETED")
        if state == "closed" and chat.bot != "administrator":
            raise bad_request("TOPIC_CLOSED")

    # messages and updates

    def post(self, chat: Chat, message: dict[str, Any], *, silent: bool = False) -> Posted:
        """Put a message into a chat: numbers it, dates it, keeps it."""
        if chat.type in ("supergroup", "channel"):
            number, chat.next_message_id = chat.next_message_id, chat.next_message_id + 1
        else:
            # private chats and small groups share one count per account
            number, self._next_private_message = (
                self._next_private_message,
                self._next_private_message + 1,
            )
        posted = Posted(
            {
                "message_id": number,
                "date": self.now(),
                "chat": self.chat_shown(chat),
                **message,
            },
            silent=silent,
        )
        chat.posts[number] = posted
        self.stir()
        return posted

    def living(self, chat: Chat, message_id: int | None, refusal: str) -> Posted:
        """A message that is still there.

        Raises:
            ApiError: with `refusal` when it is not.
        """
        posted = chat.posts.get(message_id or 0)
        if posted is None or posted.deleted:
            raise bad_request(refusal)
        return posted

    def push(self, kind: str, body: dict[str, Any]) -> int | None:
        """Hand the bot an update, unless it did not ask for this kind."""
        if kind not in self.allowed_updates:
            return None
        number, self._next_update = self._next_update, self._next_update + 1
        self.updates.append({"update_id": number, kind: body})
        self.stir()
        return number

    def pending(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """What a poll returns; a positive offset forgets all before it, as Telegram does."""
        if offset > 0:
            self.updates = [u for u in self.updates if u["update_id"] >= offset]
        elif offset < 0:
            self.updates = self.updates[offset:]
        return self.updates[:limit]


def reply_shown(posted: Posted) -> dict[str, Any]:
    """A message as it appears inside an answer to it: without what it answers itself."""
    return {k: v for k, v in posted.message.items() if k != "reply_to_message"}
