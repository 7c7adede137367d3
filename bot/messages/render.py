"""A message as text: Telegram's HTML in parts that fit, and plain lines for everything else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from bot.messages.message import Line, Message, Span

#: Telegram counts UTF-16 code units of the text that is left after parsing entities
TELEGRAM_LIMIT = 4096

_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_TAGS = {"bold": "b", "italic": "i", "code": "code"}


def to_html(message: Message, *, limit: int = TELEGRAM_LIMIT) -> list[str]:
    """Telegram HTML, every field escaped, split at lines; a line too long is split inside.

    Never empty: a message without text becomes one empty part.
    """
    parts: list[list[str]] = [[]]
    used = 0
    for line in _fitting(message.lines, limit):
        size = sum(units(span.text) for span in line) + (1 if parts[-1] else 0)
        if parts[-1] and used + size > limit:
            parts.append([])
            used, size = 0, size - 1
        parts[-1].append("".join(_span_html(span) for span in line))
        used += size
    return ["\n".join(part) for part in parts]


def to_plain(message: Message) -> str:
    """Plain lines; a link shows its domain, a button the command to type."""
    lines = ["".join(_span_plain(span) for span in line) for line in message.lines]
    buttons = [button for row in message.buttons for button in row]
    lines.extend(f"→ {button.label} : {button.command}" for button in buttons)
    return "\n".join(lines)


def units(text: str) -> int:
    """Length in UTF-16 code units: an emoji outside the basic plane counts two."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def domain(url: str) -> str:
    """« rfi.fr » of an article's address."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _fitting(lines: tuple[Line, ...], limit: int) -> Iterator[Line]:
    """The lines, those longer than `limit` cut into several."""
    for line in lines:
        if sum(units(span.text) for span in line) <= limit:
            yield line
            continue
        held: list[Span] = []
        free = limit
        for span in line:
            text = span.text
            while text:
                piece = _prefix(text, free)
                if not piece:
                    yield tuple(held)
                    held, free = [], limit
                    continue
                held.append(replace(span, text=piece))
                free -= units(piece)
                text = text[len(piece) :]
        yield tuple(held)


def _prefix(text: str, limit: int) -> str:
    """As much of the text as fits, cut after a space where there is one."""
    if units(text) <= limit:
        return text
    end, used = 0, 0
    for character in text:
        used += units(character)
        if used > limit:
            break
        end += 1
    space = text.rfind(" ", 0, end)
    return text[: space + 1] if space > 0 else text[:end]


def _clean(text: str) -> str:
    """What feeds must not bring along: terminal escapes, bidirectional overrides, and lone
    surrogates, which cannot be sent at all."""
    return _HARMFUL.sub("", text.encode("utf-8", "replace").decode())


def _span_html(span: Span) -> str:
    text = html.escape(_clean(span.text), quote=False)
    if not text.strip():
        return text
    if span.style in _TAGS:
        tag = _TAGS[span.style]
        text = f"<{tag}>{text}</{tag}>"
    if span.href:
        text = f'<a href="{html.escape(span.href)}">{text}</a>'
    return text


def _span_plain(span: Span) -> str:
    text = _clean(span.text)
    shown = domain(span.href) if span.href else ""
    return f"{text} ({shown})" if shown and shown != text else text
