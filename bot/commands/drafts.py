"""What somebody prepared and has still to confirm; in memory, so a restart forgets it."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

#: seconds for which a draft waits
KEPT = 3600.0
_MOST = 50


@dataclass(frozen=True, slots=True)
class _Draft:
    identity: str
    content: Any
    until: float


class Drafts:
    """Drafts by a short token that fits on a button; each is taken once, by who made it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Draft] = OrderedDict()

    def keep(self, identity: str, content: Any, now: float) -> str:
        """The token; the oldest drafts of all go when there are too many."""
        token = secrets.token_hex(4)
        self._kept[token] = _Draft(identity, content, now + KEPT)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return token

    def take(self, identity: str, token: str, now: float) -> Any:
        """What was kept; None when there is none, it is too old or somebody else's."""
        draft = self._kept.get(token)
        if draft is None or draft.identity != identity:
            return None
        del self._kept[token]
        return draft.content if now <= draft.until else None
