"""Faults that a test orders: what goes wrong, where, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["status", "html502", "reset", "lost_answer", "delay"]


@dataclass
class Fault:
    kind: Kind
    #: None means any method
    method: str | None = None
    #: None means any chat
    chat: int | None = None
    times: int = 1
    #: let this many matching requests pass first
    skip: int = 0
    #: kind "status": the answer
    status: int = 500
    description: str | None = None
    retry_after: int | None = None
    #: kind "delay": before the request is looked at
    seconds: float = 0.0

    def matches(self, method: str, chat: Any) -> bool:
        return (self.method is None or self.method.lower() == method.lower()) and (
            self.chat is None or str(self.chat) == str(chat)
        )


class Faults:
    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def next(self, method: str, chat: Any) -> Fault | None:
        """The fault this request meets, used up by it."""
        for fault in self.waiting:
            if not fault.matches(method, chat):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault
        return None
