"""Telegram's refusals are grouped by what they mean, whatever their spelling."""

from __future__ import annotations

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")

from datetime import timedelta

import httpx
import pytest
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

from bot.platforms.telegram_errors import PHRASES, Meaning, meaning, seconds_to_wait


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "shut_out"),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), "shut_out"),
        (Forbidden("Forbidden: user is deactivated"), "shut_out"),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), "shut_out"),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), "shut_out"),
        (Forbidden("Forbidden: something that nobody has seen yet"), "shut_out"),
        (BadRequest("Bad Request: chat not found"), "shut_out"),
        (BadRequest("Bad Request: PEER_ID_INVALID"), "shut_out"),
        (BadRequest("Bad Request: group chat was deactivated"), "shut_out"),
        (
            BadRequest("Bad Request: not enough rights to send text messages to the chat"),
            "shut_out",
        ),
        (BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), "shut_out"),
        (BadRequest("Bad Request: TOPIC_CLOSED"), "shut_out"),
        (BadRequest("Bad Request: message thread not found"), "shut_out"),
        (BadRequest("Bad Request: message to edit not found"), "edit_lost"),
        (BadRequest("Bad Request: message can't be edited"), "edit_lost"),
        (BadRequest("Bad Request: MESSAGE_ID_INVALID"), "edit_lost"),
        (BadRequest("Bad Request: message is not modified: specified new …"), "unchanged"),
        (
            BadRequest('Bad Request: can\'t parse entities: Unsupported start tag "p" at …'),
            "bad_markup",
        ),
        (BadRequest("Bad Request: message is too long"), "refused"),
        (BadRequest("Bad Request: MESSAGE_TOO_LONG"), "refused"),
        (BadRequest("Bad Request: BUTTON_DATA_INVALID"), "refused"),
        (BadRequest("Bad Request: something that nobody has seen yet"), "refused"),
        (ChatMigrated(-10077), "moved"),
        (RetryAfter(3), "too_many"),
        (InvalidToken("Unauthorized"), "token_refused"),
        (NetworkError("Bad Gateway"), "failing"),
        (NetworkError("Internal Server Error (500)"), "failing"),
        (Conflict("terminated by other getUpdates request"), "failing"),
        (TelegramError("Invalid server response"), "unanswered"),
        (caused(TimedOut(), httpx.ConnectTimeout("")), "unreachable"),
        (caused(TimedOut(), httpx.PoolTimeout("")), "unreachable"),
        (caused(TimedOut(), httpx.ReadTimeout("")), "unanswered"),
        (caused(NetworkError(""), httpx.ConnectError("")), "unreachable"),
        (caused(NetworkError(""), httpx.ReadError("")), "unanswered"),
        (caused(NetworkError(""), httpx.RemoteProtocolError("")), "unanswered"),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, TelegramError) else str(value),
)
def test_meaning(error: TelegramError, expected: Meaning) -> None:
    """Also BadRequest and TimedOut, which the library makes kinds of NetworkError."""
    assert meaning(error) == expected


def test_phrases_are_lower_case_and_none_hides_another() -> None:
    """The table is compared in lower case, in its order."""
    phrases = [phrase for phrase, _ in PHRASES]
    assert phrases == [phrase.lower() for phrase in phrases]
    hidden = [
        (early, late)
        for number, early in enumerate(phrases)
        for late in phrases[number + 1 :]
        if early in late
    ]
    assert hidden == []


@pytest.mark.parametrize("as_timedelta", ["0", "1"])
def test_the_wait_of_a_429_is_seconds(monkeypatch: pytest.MonkeyPatch, as_timedelta: str) -> None:
    """With and without PTB_TIMEDELTA, which changes the attribute's type."""
    error = RetryAfter(timedelta(seconds=7))
    monkeypatch.setenv("PTB_TIMEDELTA", as_timedelta)
    assert seconds_to_wait(error) == 7.0
