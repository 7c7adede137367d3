"""A message before any platform: lines of spans and buttons. Platforms only translate it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "bold", "italic", "code"]


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    style: Style = "plain"
    #: a web address behind the text
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    #: already translated
    label: str
    #: the command line that pressing it stands for, at most 64 bytes ("/language en")
    command: str


#: one line; an empty tuple is an empty line
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Message:
    lines: tuple[Line, ...]
    #: rows of buttons
    buttons: tuple[tuple[Button, ...], ...] = ()
    #: one in its event's thread that needs no sound (an edit, a night update)
    silent: bool = False
