"""HTML as Telegram reads it: to text and entities with UTF-16 offsets, or to its refusals.

Follows the documented rules of parse_mode HTML; byte offsets in refusals count UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from telegram.constants import MessageLimit

from .errors import ApiError, bad_request

_KINDS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_ATTRIBUTE = re.compile(
    r"\s*(?P<name>[^\s=>/\"']+)"
    r"(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[A-Za-z0-9.\-]*)(?=[\s>])))?"
)
_COMMAND = re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,32}(?:@\w+)?")


@dataclass
class _Open:
    tag: str
    argument: str
    at: int
    text_at: int


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cannot_parse(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def _unescape(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        if name:
            return _NAMED[name]
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return chr(code) if 0 < code < 0x10FFFF else match[0]

    return _REFERENCE.sub(replace, text)


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without its tags, and its entities.

    Raises:
        ApiError: with Telegram's sentence for markup it does not take.
    """
    text = ""
    units = 0
    entities: list[dict[str, Any]] = []
    nested: list[_Open] = []
    position = 0
    while position < len(source):
        tag_at = source.find("<", position)
        plain = _unescape(source[position : tag_at if tag_at >= 0 else len(source)])
        text += plain
        units += utf16_length(plain)
        if tag_at < 0:
            break
        byte = len(source[:tag_at].encode())
        if source.startswith("</", tag_at):
            position = _end_tag(source, tag_at, byte, nested)
            closed = nested.pop()
            if units > closed.at:
                entity = _entity(closed, text, units)
                if entity:
                    entities.append(entity)
        else:
            opened, position = _start_tag(source, tag_at, byte)
            nested.append(_Open(opened[0], opened[1], units, len(text)))
    if nested:
        raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{nested[-1].tag}"')
    entities.sort(key=lambda e: (e["offset"], -e["length"]))
    return _trim(text, entities)


def _start_tag(source: str, at: int, byte: int) -> tuple[tuple[str, str], int]:
    match = re.compile(r"[^\s>]*").match(source, at + 1)
    assert match
    if match.end() == len(source):
        raise _cannot_parse(f"Unclosed start tag at byte offset {byte}")
    tag = match[0].lower()
    if tag not in _KINDS:
        raise _cannot_parse(f'Unsupported start tag "{tag}" at byte offset {byte}')
    argument = ""
    position = match.end()
    while True:
        rest = re.compile(r"\s*").match(source, position)
        assert rest
        position = rest.end()
        if position >= len(source):
            raise _cannot_parse(f'Unclosed start tag "{tag}" at byte offset {byte}')
        if source[position] == ">":
            break
        attribute = _ATTRIBUTE.match(source, position)
        if not attribute:
            raise _cannot_parse(f'Empty attribute name in the tag "{tag}" at byte offset {byte}')
        position = attribute.end()
        value = next((v for v in attribute.group("double", "single", "bare") if v), "")
        argument = _argument(tag, attribute["name"], _unescape(value)) or argument
        if position < len(source) and source[position] in "=\"'/":
            raise _cannot_parse(f"Unexpected end of name token at byte offset {byte}")
    if tag == "span" and argument != "spoiler":
        raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {byte}')
    return (tag, argument), position + 1


def _argument(tag: str, name: str, value: str) -> str:
    """The one attribute of a tag that means something."""
    if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return ""


def _end_tag(source: str, at: int, byte: int, nested: list[_Open]) -> int:
    if not nested:
        raise _cannot_parse(f"Unexpected end tag at byte offset {byte}")
    match = re.compile(r"</([^\s>]*)\s*(>?)").match(source, at)
    assert match
    if not match[2]:
        raise _cannot_parse(f"Unclosed end tag at byte offset {byte}")
    expected = nested[-1].tag
    if match[1] and match[1] != expected:
        raise _cannot_parse(
            f'Unmatched end tag at byte offset {byte}, expected "</{expected}>", '
            f'found "</{match[1]}>"'
        )
    return match.end()


def _entity(closed: _Open, text: str, units: int) -> dict[str, Any] | None:
    entity: dict[str, Any] = {
        "offset": closed.at,
        "length": units - closed.at,
        "type": _KINDS[closed.tag],
    }
    if closed.tag == "a":
        url = closed.argument or text[closed.text_at :]
        # a link that is none is shown as plain text, without a word
        if not re.match(r"(?:https?|tg|ftp|ton|tonsite)://\S|[\w-]+\.[\w.-]+", url):
            return None
        entity["url"] = url
    elif closed.tag == "tg-emoji":
        entity["custom_emoji_id"] = closed.argument
    return entity


def _trim(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Telegram drops white space around a message and moves the entities along."""
    leading = len(text) - len(text.lstrip())
    trimmed = text.strip()
    end = utf16_length(trimmed)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - leading)
        stop = min(end, entity["offset"] + entity["length"] - leading)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return trimmed, kept


def check_text(
    source: str | None, parse_mode: str | None, *, too_long: str
) -> tuple[str, list[dict[str, Any]]]:
    """What a message would show.

    Raises:
        ApiError: for markup, length or emptiness.
    """
    if not source:
        raise bad_request("message text is empty")
    mode = (parse_mode or "").lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif not mode:
        text, entities = _trim(source, [])
    elif mode in ("markdown", "markdownv2"):
        raise bad_request("this emulator reads parse_mode HTML only")
    else:
        raise bad_request("unsupported parse_mode")
    if not text:
        raise bad_request("text must be non-empty")
    # documented as characters; counted in UTF-16 units here, the stricter reading
    if utf16_length(text) > MessageLimit.MAX_TEXT_LENGTH:
        raise bad_request(too_long)
    if len(entities) > MessageLimit.MESSAGE_ENTITIES:
        entities = entities[: MessageLimit.MESSAGE_ENTITIES]
    return text, entities


def commands_in(text: str) -> list[dict[str, Any]]:
    """The bot_command entities that Telegram finds in what people type."""
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: found.start()]),
            "length": utf16_length(found[0]),
        }
        for found in _COMMAND.finditer(text)
    ]
