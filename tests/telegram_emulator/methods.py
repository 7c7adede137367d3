"""The Bot API methods, each a function of the world and its parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from telegram.constants import BotCommandLimit

from .errors import NOT_MODIFIED, QUERY_TOO_OLD, bad_request
from .floods import Floods
from .keyboard import check_keyboard
from .markup import check_text
from .params import Params
from .world import DEFAULT_UPDATES, Chat, World, reply_shown

_ADMIN_RIGHTS = (
    "can_be_edited",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_MEMBER_RIGHTS = (
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_send_messages",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_manage_topics",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_edit_tag",
)

Method = Callable[["Methods", Params], Any]


class Methods:
    """What a bot may call, except getUpdates, which waits and so lives with the server."""

    def __init__(self, world: World, floods: Floods):
        self._world = world
        self._floods = floods

    def find(self, name: str) -> Method | None:
        """The method of that name; Telegram ignores case."""
        return _BY_NAME.get(name.lower())

    def get_me(self, _params: Params) -> dict[str, Any]:
        return {
            **self._world.bot_user(),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    # writing

    def send_message(self, params: Params) -> dict[str, Any]:
        text, entities = check_text(
            params.text("text"), params.text("parse_mode"), too_long="message is too long"
        )
        markup = check_keyboard(params.object("reply_markup"))
        chat = self._world.writable(params.text("chat_id"))
        thread = params.integer("message_thread_id")
        self._world.check_thread(chat, thread)
        message: dict[str, Any] = {"from": self._world.bot_user(), "text": text}
        if entities:
            message["entities"] = entities
        if markup:
            message["reply_markup"] = markup
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        self._reply(chat, params, message)
        preview = params.object("link_preview_options")
        if preview:
            message["link_preview_options"] = preview
        self._floods.spend(chat.id)
        return self._world.post(chat, message, silent=params.flag("disable_notification")).message

    def _reply(self, chat: Chat, params: Params, message: dict[str, Any]) -> None:
        wanted = params.object("reply_parameters") or {
            "message_id": params.integer("reply_to_message_id"),
            "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
        }
        number = wanted.get("message_id")
        if number is None:
            return
        posted = chat.posts.get(int(number))
        if posted and not posted.deleted:
            message["reply_to_message"] = reply_shown(posted)
        elif not wanted.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")

    def edit_message_text(self, params: Params) -> dict[str, Any]:
        text, entities = check_text(
            params.text("text"), params.text("parse_mode"), too_long="MESSAGE_TOO_LONG"
        )
        markup = check_keyboard(params.object("reply_markup"))
        return self._edit(params, {"text": text, "entities": entities, "reply_markup": markup})

    def edit_message_reply_markup(self, params: Params) -> dict[str, Any]:
        return self._edit(params, {"reply_markup": check_keyboard(params.object("reply_markup"))})

    def _edit(self, params: Params, changes: dict[str, Any]) -> dict[str, Any]:
        number = params.integer("message_id")
        if number is None:
            raise bad_request("message identifier is not specified")
        chat = self._world.writable(params.text("chat_id"))
        posted = self._world.living(chat, number, "message to edit not found")
        if not posted.by_bot:
            raise bad_request("message can't be edited")
        before = {name: posted.message.get(name) for name in changes}
        if before == {name: value or None for name, value in changes.items()}:
            raise bad_request(NOT_MODIFIED)
        self._floods.spend(chat.id)
        posted.history.append(dict(posted.message))
        for name, value in changes.items():
            posted.message.pop(name, None)
            if value:
                posted.message[name] = value
        posted.message["edit_date"] = self._world.now()
        self._world.stir()
        return posted.message

    def delete_message(self, params: Params) -> bool:
        chat = self._world.writable(params.text("chat_id"))
        posted = self._world.living(
            chat, params.integer("message_id"), "message to delete not found"
        )
        if not posted.by_bot and chat.type != "private" and chat.bot != "administrator":
            raise bad_request("message can't be deleted")
        posted.deleted = True
        self._world.stir()
        return True

    def send_chat_action(self, params: Params) -> bool:
        if not params.text("action"):
            raise bad_request("wrong parameter action in request")
        self._world.writable(params.text("chat_id"))
        return True

    def answer_callback_query(self, params: Params) -> bool:
        number = params.text("callback_query_id") or ""
        if self._world.callbacks.get(number) is not False:
            raise bad_request(QUERY_TOO_OLD)
        self._world.callbacks[number] = True
        self._world.callback_answers.append(params.shown())
        self._world.stir()
        return True

    # commands in the menu

    def set_my_commands(self, params: Params) -> bool:
        commands = params.object("commands")
        if not isinstance(commands, list):
            raise bad_request("can't parse commands list: expected an Array")
        if len(commands) > BotCommandLimit.MAX_COMMAND_NUMBER:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(
                rf"/?[a-z0-9_]{{1,{BotCommandLimit.MAX_COMMAND}}}", str(command.get("command"))
            ):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(command.get("description", "")) <= BotCommandLimit.MAX_DESCRIPTION:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self._world.commands[self._scope(params)] = commands
        self._world.stir()
        return True

    def get_my_commands(self, params: Params) -> list[dict[str, str]]:
        return self._world.commands.get(self._scope(params), [])

    def delete_my_commands(self, params: Params) -> bool:
        self._world.commands.pop(self._scope(params), None)
        return True

    def _scope(self, params: Params) -> str:
        """A key for scope and language, readable in /_test/commands."""
        language = params.text("language_code") or ""
        if language and not re.fullmatch("[a-z]{2}", language):
            raise bad_request("invalid language code specified")
        scope = params.object("scope") or {"type": "default"}
        if "chat_id" in scope:
            self._world.resolve(str(scope["chat_id"]))
        return json.dumps({**scope, "language": language}, sort_keys=True)

    # chats

    def get_chat(self, params: Params) -> dict[str, Any]:
        chat = self._world.resolve(params.text("chat_id"))
        return {
            **self._world.chat_shown(chat),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {
                "unlimited_gifts": False,
                "limited_gifts": False,
                "unique_gifts": False,
                "premium_subscription": False,
                "gifts_from_channels": False,
            },
        }

    def get_chat_member(self, params: Params) -> dict[str, Any]:
        chat = self._world.writable(params.text("chat_id"))
        user_id = params.integer("user_id")
        if user_id == self._world.bot_user()["id"]:
            return self.member(self._world.bot_user(), chat.bot)
        user = self._world.users.get(user_id or 0)
        if user is None:
            raise bad_request("user not found")
        default = "member" if chat.id == user.id else "left"
        return self.member(user.shown(), chat.members.get(user.id, default))

    def get_chat_administrators(self, params: Params) -> list[dict[str, Any]]:
        chat = self._world.writable(params.text("chat_id"))
        if chat.type == "private":
            raise bad_request("there are no administrators in the private chat")
        return [
            self.member(self._world.users[user_id].shown(), status)
            for user_id, status in chat.members.items()
            if status in ("creator", "administrator")
        ]

    @staticmethod
    def member(user: dict[str, Any], status: str) -> dict[str, Any]:
        member: dict[str, Any] = {"user": user, "status": status}
        if status == "creator":
            member["is_anonymous"] = False
        elif status == "administrator":
            member |= {"is_anonymous": False} | dict.fromkeys(_ADMIN_RIGHTS, True)
        elif status == "restricted":
            member |= {"is_member": True, "until_date": 0} | dict.fromkeys(_MEMBER_RIGHTS, False)
        elif status == "kicked":
            member["until_date"] = 0
        return member

    def leave_chat(self, params: Params) -> bool:
        chat = self._world.writable(params.text("chat_id"))
        if chat.type == "private":
            raise bad_request("chat member status can't be changed in private chats")
        chat.bot = "left"
        return True

    # webhook: remembered, never called

    def set_webhook(self, params: Params) -> bool:
        url = params.text("url") or ""
        if url and not url.startswith("https://"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self._world.webhook_url = url
        self.choose_updates(params)
        return True

    def delete_webhook(self, params: Params) -> bool:
        self._world.webhook_url = ""
        if params.flag("drop_pending_updates"):
            self._world.updates.clear()
        return True

    def get_webhook_info(self, _params: Params) -> dict[str, Any]:
        return {
            "url": self._world.webhook_url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.updates),
        }

    def choose_updates(self, params: Params) -> None:
        """Takes the list a bot gave; without one, the last choice stands."""
        allowed = params.object("allowed_updates")
        if allowed is not None:
            self._world.allowed_updates = frozenset(allowed) or DEFAULT_UPDATES


_BY_NAME: dict[str, Method] = {
    "getme": Methods.get_me,
    "sendmessage": Methods.send_message,
    "editmessagetext": Methods.edit_message_text,
    "editmessagereplymarkup": Methods.edit_message_reply_markup,
    "deletemessage": Methods.delete_message,
    "sendchataction": Methods.send_chat_action,
    "answercallbackquery": Methods.answer_callback_query,
    "setmycommands": Methods.set_my_commands,
    "getmycommands": Methods.get_my_commands,
    "deletemycommands": Methods.delete_my_commands,
    "getchat": Methods.get_chat,
    "getchatmember": Methods.get_chat_member,
    "getchatadministrators": Methods.get_chat_administrators,
    "leavechat": Methods.leave_chat,
    "setwebhook": Methods.set_webhook,
    "deletewebhook": Methods.delete_webhook,
    "getwebhookinfo": Methods.get_webhook_info,
}
