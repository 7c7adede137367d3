"""A first idea of such a bot, for comparison: one word of each list anywhere in the item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.detect.text import fold

_PLACES = (
    "mali", "burkina", "niger", "sahel", "tchad", "chad", "nigeria", "benin", "togo", "bamako",
    "ouagadougou", "niamey", "ivoire", "mauritanie", "borno",
)  # fmt: skip
_WORDS = {
    "attack": (
        "attaque", "attaques", "embuscade", "tues", "morts", "jihadistes", "terroristes",
        "enlevement", "enleve", "attentat", "explosion", "affrontements", "attack", "attacks",
        "killed", "gunmen", "kidnapped", "abducted", "ambush", "militants", "bomb",
    ),
    "alliance": (
        "aes", "cedeao", "ecowas", "sanctions", "alliance", "charte", "troupes", "accord",
        "retrait", "ambassadeur", "ambassadeurs", "troops", "withdrawal", "pact", "confederation",
        "sommet", "defense", "g5",
    ),
}  # fmt: skip


def baseline_labels(raw: Mapping[str, Any]) -> list[str]:
    """The kinds a word list would tell of a labelled item."""
    words = set(fold(f"{raw['title']} {raw.get('summary') or ''}").split())
    if words.isdisjoint(_PLACES):
        return []
    return [kind for kind, signs in _WORDS.items() if not words.isdisjoint(signs)]
