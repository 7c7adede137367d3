"""How alike two articles are in their words: a proposer only, what decides is in same.py."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

from bot.events.words import stem

_WORDING_FROM = 55.0
_SHARED_WORDS = 4
#: news says the main thing first
_READ_WORDS = 60
_SHINGLE = 3
#: shorter texts share words by chance
_MIN_SHINGLES = 8
#: a line so long is repeated word for word by copies only
_LONG_LINE = _MIN_SHINGLES

_STOP = frozenset({
    "a", "au", "aux", "avec", "ce", "ces", "cette", "d", "dans", "de", "des", "du", "elle",
    "en", "et", "est", "etait", "ete", "fait", "il", "ils", "l", "la", "le", "les", "leur",
    "lors", "mais", "n", "ne", "on", "ont", "ou", "par", "pas", "plus", "pour", "qu", "que",
    "qui", "s", "sa", "se", "selon", "ses", "son", "sont", "sur", "un", "une", "vers", "y",
    "apres", "entre", "contre", "the", "of", "in", "at", "to", "by", "and", "an", "as",
    "from", "for", "with", "has", "have", "had", "is", "was", "were", "been", "be", "it",
    "its", "that", "this", "their", "after", "said", "says", "who", "which",
})  # fmt: skip

#: words of one act or victim in French and English; outlets vary them, copies translate them
_SYNONYMS = {
    stem(word): words.split()[0]
    for words in (
        "enleve enlever enlevement kidnappe kidnapper kidnapping kidnapped abducted abduct "
        "abduction abductions ravisseurs rapt",
        "tue tuer killed kill kills dead morts mort deaths died meurent",
        "soldat soldats soldier soldiers militaires troops troupes",
        "attaque attaques attack attacks attacked assaut assault raid",
        "embuscade ambush ambushed",
        "blesse blesses wounded injured",
        "eleves ecoliers pupils students students schoolchildren etudiants",
        "otage otages hostage hostages",
        "pretre priest missionnaire missionary",
        "italien italian",
        "allemand german",
        "americain american",
        "chinois chinese",
        "accord agreement accords pact pacte",
        "retrait withdrawal retire withdraws leave leaves",
        "camp base poste post outpost",
        "village villages villagers villageois",
        "convoi convoy",
        "drone drones",
        "mine explosif ied bomb bombe",
        "mosquee mosque",
        "eglise church",
        "marche market",
        "annonce announced announces annoncer",
        "signe signed sign signent",
    )
    for word in words.split()
}


def wording(texts: Iterable[str], lines: Iterable[str]) -> float:
    """0 … 1: how much a title or lead says the same in the same words as any line of an event.

    Function words do not count, and two short titles that share a word or two prove nothing.
    """
    mine = [words for text in texts if (words := _content(text))]
    best = 0.0
    for line in lines:
        theirs = _content(line)
        if not theirs:
            continue
        for words in mine:
            shared = len(set(words) & set(theirs))
            if shared < 2:
                continue
            ratio = fuzz.token_set_ratio(" ".join(words), " ".join(theirs))
            worth = (ratio - _WORDING_FROM) / (100.0 - _WORDING_FROM)
            best = max(best, worth * min(1.0, shared / _SHARED_WORDS))
    return best


def long_lines(lines: Iterable[str]) -> frozenset[str]:
    """The lines that two articles have in common only when one copies the other."""
    return frozenset(line for line in lines if line.count(" ") >= _LONG_LINE)


def overlap(one: str, other: str) -> float:
    """0 … 1: how much of the shorter text stands in the other in the same order; 0 for texts too
    short to tell."""
    mine, theirs = shingles(one), shingles(other)
    least = min(len(mine), len(theirs))
    return len(mine & theirs) / least if least >= _MIN_SHINGLES else 0.0


@lru_cache(maxsize=8192)
def shingles(text: str) -> frozenset[str]:
    """Every three words in a row of a folded text."""
    words = text.split()
    return frozenset(
        " ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)
    )


@lru_cache(maxsize=8192)
def _content(line: str) -> tuple[str, ...]:
    words = (stem(word) for word in line.split()[:_READ_WORDS] if word not in _STOP)
    return tuple(_SYNONYMS.get(word, word) for word in words)
