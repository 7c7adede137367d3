"""What Telegram's refusals mean: one table, from its words to what we do about them. Pure."""

from __future__ import annotations

import warnings
from datetime import timedelta
from typing import Literal

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

Meaning = Literal[
    "shut_out",  # we may not write there any more
    "edit_lost",  # the message to edit is gone, too old or not ours
    "unchanged",  # the message already says this
    "bad_markup",  # the text is fine, its HTML is not
    "refused",  # it will never be taken as it is
    "moved",  # the chat has a new id
    "too_many",  # told to wait
    "token_refused",  # nothing can be sent until the operator acts
    "unreachable",  # it certainly did not get there
    "unanswered",  # it may or may not be there
    "failing",  # Telegram's own trouble
]

#: phrases of 400 and 403, in lower case: python-telegram-bot changes the case of Telegram's
#: words. Looked for in this order, anywhere in the sentence.
PHRASES: tuple[tuple[str, Meaning], ...] = (
    # edits
    ("message is not modified", "unchanged"),
    ("message to edit not found", "edit_lost"),
    ("message can't be edited", "edit_lost"),
    ("message_id_invalid", "edit_lost"),
    # what we wrote
    ("can't parse entities", "bad_markup"),
    ("message is too long", "refused"),
    ("message_too_long", "refused"),
    ("message text is empty", "refused"),
    ("text must be non-empty", "refused"),
    ("button_data_invalid", "refused"),
    ("can't parse inline keyboard button", "refused"),
    ("reply markup is too long", "refused"),
    # the person
    ("bot was blocked by the user", "shut_out"),
    ("user is deactivated", "shut_out"),
    ("bot can't initiate conversation", "shut_out"),
    ("bot can't send messages to bots", "shut_out"),
    ("user_is_blocked", "shut_out"),
    ("input_user_deactivated", "shut_out"),
    # the chat
    ("bot was kicked", "shut_out"),
    ("bot is not a member", "shut_out"),
    ("chat not found", "shut_out"),
    ("peer_id_invalid", "shut_out"),
    ("group chat was deactivated", "shut_out"),
    ("channel_private", "shut_out"),
    # rights
    ("not enough rights", "shut_out"),
    ("have no rights to send", "shut_out"),
    ("need administrator rights", "shut_out"),
    ("chat_write_forbidden", "shut_out"),
    ("chat_restricted", "shut_out"),
    ("chat_send_plain_forbidden", "shut_out"),
    # the topic
    ("topic_closed", "shut_out"),
    ("topic_deleted", "shut_out"),
    ("topic_id_invalid", "shut_out"),
    ("message thread not found", "shut_out"),
)

#: failures of the transport after which Telegram cannot have seen the request
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def meaning(error: TelegramError) -> Meaning:
    """Group an error by what it means for what we wanted to send.

    The order matters: in python-telegram-bot BadRequest and TimedOut are NetworkErrors.
    """
    match error:
        case RetryAfter():
            return "too_many"
        case ChatMigrated():
            return "moved"
        case BadRequest():
            return _by_phrase(error, otherwise="refused")
        case Forbidden():
            return _by_phrase(error, otherwise="shut_out")
        case InvalidToken():
            return "token_refused"
        case NetworkError() if isinstance(error.__cause__, _NEVER_SENT):
            return "unreachable"
        case TimedOut():
            return "unanswered"
        case NetworkError() if isinstance(error.__cause__, httpx.TransportError):
            return "unanswered"
        case NetworkError() | Conflict():
            return "failing"
    # an answer that is no JSON: somebody between us and Telegram spoke
    return "unanswered"


def seconds_to_wait(error: RetryAfter) -> float:
    """What a 429 asks for, whichever type PTB_TIMEDELTA makes of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _by_phrase(error: TelegramError, *, otherwise: Meaning) -> Meaning:
    words = error.message.lower()
    return next((means for phrase, means in PHRASES if phrase in words), otherwise)
