"""The hand of the test: every verb under /_test/, JSON in and JSON out."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from .errors import ControlError
from .faults import Fault, Faults
from .floods import Floods, Limits
from .markup import commands_in
from .methods import Methods
from .world import BOT_ID, BOT_NAME, Chat, Posted, User, World, reply_shown

Body = dict[str, Any]


class Control:
    def __init__(self, world: World, floods: Floods, faults: Faults, revoked: set[str]):
        self._world = world
        self._floods = floods
        self._faults = faults
        self._revoked = revoked
        #: every Bot API request, oldest first
        self.requests: list[Body] = []
        self._queries = itertools.count(1)

    def find(self, verb: str) -> Callable[[Body], Any]:
        found = {
            "user": self.user,
            "chat": self.chat,
            "member": self.member,
            "topic": self.topic,
            "say": self.say,
            "press": self.press,
            "block": self.block,
            "bot": self.bot,
            "deactivate": self.deactivate,
            "migrate": self.migrate,
            "delete": self.delete,
            "messages": self.messages,
            "requests": lambda _body: self.requests,
            "answers": lambda _body: self._world.callback_answers,
            "commands": lambda _body: self._world.commands,
            "updates": lambda _body: self._world.updates,
            "fault": self.fault,
            "faults": self.faults,
            "limits": self.limits,
            "revoke": self.revoke,
        }.get(verb)
        if found is None:
            raise ControlError(f"no verb {verb!r}")
        return found

    # who exists

    def user(self, body: Body) -> Body:
        started = body.pop("started", True)
        user = _make(User, body)
        self._world.add_user(user, started=started)
        return user.shown()

    def chat(self, body: Body) -> Body:
        # keys of JSON objects are text
        for name in ("members", "topics"):
            body[name] = {int(key): value for key, value in body.get(name, {}).items()}
        chat = _make(Chat, body)
        self._world.add_chat(chat)
        return chat.shown(None)

    def member(self, body: Body) -> bool:
        """A person's place in a chat."""
        chat = self._world.chat(body["chat"])
        chat.members[self._world.user(body["user"]).id] = body["status"]
        return True

    def topic(self, body: Body) -> bool:
        """Open, close or delete a topic."""
        chat = self._world.chat(body["chat"])
        chat.is_forum = True
        chat.topics[body["thread"]] = body["state"]
        return True

    def deactivate(self, body: Body) -> bool:
        self._world.user(body["user"]).deactivated = True
        return True

    # what people do

    def say(self, body: Body) -> Body:
        """Somebody writes; in a group the bot hears only what its privacy mode lets through."""
        user = self._world.user(body["user"])
        chat = self._world.chat(body.get("chat", user.id))
        text: str = body["text"]
        message: Body = {"from": user.shown(), "text": text}
        if body.get("anonymous"):
            # an administrator who speaks as the group: Telegram shows one account for them all
            message["from"] = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
            message["sender_chat"] = self._world.chat_shown(chat)
        commands = commands_in(text)
        if commands:
            message["entities"] = commands
        if body.get("thread") is not None:
            message |= {"message_thread_id": body["thread"], "is_topic_message": True}
        answered = chat.posts.get(body.get("reply_to", 0))
        if answered:
            message["reply_to_message"] = reply_shown(answered)
        if chat.type == "private":
            chat.started = True
        posted = self._world.post(chat, message)
        update = None
        if self._hears(chat, text, answered):
            update = self._world.push("message", dict(posted.message))
        return {"message_id": posted.message["message_id"], "update_id": update}

    @staticmethod
    def _hears(chat: Chat, text: str, answered: Posted | None) -> bool:
        if chat.type == "private":
            return True
        if chat.bot not in ("member", "administrator", "restricted"):
            return False
        return (
            chat.bot == "administrator"
            or text.startswith("/")
            or f"@{BOT_NAME}" in text
            or (answered is not None and answered.by_bot)
        )

    def press(self, body: Body) -> Body:
        """Somebody presses a button, named by its data or its label."""
        user = self._world.user(body["user"])
        chat = self._world.chat(body.get("chat", user.id))
        posted = chat.posts.get(body["message_id"])
        if posted is None or posted.deleted:
            raise ControlError(f"no message {body['message_id']} in chat {chat.id}")
        rows = posted.message.get("reply_markup", {}).get("inline_keyboard", [])
        wanted = body.get("data"), body.get("label")
        for button in (button for row in rows for button in row):
            if button.get("callback_data") == wanted[0] or button["text"] == wanted[1]:
                break
        else:
            raise ControlError(f"message {body['message_id']} has no button {wanted}")
        query_id = str(4_000_000 + next(self._queries))
        self._world.callbacks[query_id] = False
        self._world.push(
            "callback_query",
            {
                "id": query_id,
                "from": user.shown(),
                "message": dict(posted.message),
                "chat_instance": str(chat.id),
                "data": button["callback_data"],
            },
        )
        return {"query_id": query_id}

    def block(self, body: Body) -> bool:
        """A person blocks the bot in private, or takes it back ("blocked": false)."""
        user = self._world.user(body["user"])
        status = "kicked" if body.get("blocked", True) else "member"
        return self._place_bot(self._world.chat(user.id), user, status)

    def bot(self, body: Body) -> bool:
        """A person changes the bot's place in a group: kicked, left, member, …"""
        user = self._world.user(body["user"])
        return self._place_bot(self._world.chat(body["chat"]), user, body["status"])

    def _place_bot(self, chat: Chat, user: User, status: str) -> bool:
        before, chat.bot = chat.bot, status
        bot = self._world.bot_user()
        self._world.push(
            "my_chat_member",
            {
                "chat": self._world.chat_shown(chat),
                "from": user.shown(),
                "date": self._world.now(),
                "old_chat_member": Methods.member(bot, before),
                "new_chat_member": Methods.member(bot, status),
            },
        )
        return True

    def migrate(self, body: Body) -> Body:
        """A small group becomes a supergroup under a new id."""
        old = self._world.chat(body["chat"])
        new = Chat(body["to"], "supergroup", old.title, dict(old.members), old.bot)
        self._world.add_chat(new)
        service = {"from": {**self._world.bot_user(), "id": BOT_ID + 1}}
        leaving = self._world.post(old, {**service, "migrate_to_chat_id": new.id})
        arriving = self._world.post(new, {**service, "migrate_from_chat_id": old.id})
        old.migrated_to = new.id
        if not body.get("quietly"):
            self._world.push("message", dict(leaving.message))
            self._world.push("message", dict(arriving.message))
        return {"to": new.id}

    def delete(self, body: Body) -> bool:
        """Somebody deletes a message by hand; bots are not told."""
        chat = self._world.chat(body["chat"])
        chat.posts[body["message_id"]].deleted = True
        return True

    # what the test sees

    async def messages(self, body: Body) -> list[Body]:
        """The chat's transcript; waits up to `timeout` seconds for `at_least` of the bot's."""
        chat = self._world.chat(body["chat"])
        loop = asyncio.get_running_loop()
        deadline = loop.time() + body.get("timeout", 0.0)
        while sum(p.by_bot for p in chat.posts.values()) < body.get("at_least", 0):
            changed = self._world.changed
            try:
                await asyncio.wait_for(changed.wait(), deadline - loop.time())
            except TimeoutError:
                break
        return [posted.shown() for posted in chat.posts.values()]

    # what goes wrong

    def fault(self, body: Body) -> bool:
        self._faults.waiting.append(_make(Fault, body))
        return True

    def faults(self, body: Body) -> list[Body]:
        """Those not used up yet; forgets them with "clear": true."""
        waiting = [asdict(fault) for fault in self._faults.waiting]
        if body.get("clear"):
            self._faults.waiting.clear()
        return waiting

    def limits(self, body: Body) -> Body:
        limits = _make(Limits, body)
        self._floods.set(limits)
        return asdict(limits)

    def revoke(self, body: Body) -> bool:
        """A token stops working, or works again ("revoked": false)."""
        if body.get("revoked", True):
            self._revoked.add(body["token"])
        else:
            self._revoked.discard(body["token"])
        return True


def _make(kind: type[Any], body: Body) -> Any:
    unknown = set(body) - {field.name for field in fields(kind)}
    if unknown:
        raise ControlError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**body)
