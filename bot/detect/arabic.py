"""Arabic words without the short words that Arabic glues to their front.

و and, ف so, ب in or by, ل to, ال the: « وبالجيش » is "and by the army". Texts and the words of
the data files both pass through `bare`, so whatever it takes away it takes from both, even where
the letter belongs to the word (« وزير » minister), and a linguist writes one form of each word.
"""

from __future__ import annotations

import re

#: letters that must be left when a prefix goes; fewer, and it belongs to the word
_LEFT = {"و": 3, "ف": 3, "ب": 4, "ل": 4}
#: kept whole, for without their first letters they are another word:
#: Sunday (one), Monday (two), today (day), al-Qaeda (base), now, governor (to)
_WHOLE = frozenset({"الاحد", "الاثنين", "اليوم", "القاعده", "الان", "والي"})
#: before these « و » joins two figures: « خمسة وعشرون » is 25
_NUMBER = re.compile(
    "(?:واحد|اثن(?:ان|ين|ا|ي)|ثلاث|[أا]ربع|خمس|ست|سبع|ثماني?|تسع|عشر|م[ئي]|مائ|عشرات)[هة]?"
    "|(?:عشر|ثلاث|[أا]ربع|خمس|ست|سبع|ثمان|تسع)[وي]ن"
)


def bare(word: str) -> str:
    """A folded Arabic word without its glued prefixes."""
    while word not in _WHOLE:
        left = _LEFT.get(word[0]) if word[:2] != "لل" else None
        if left is not None and len(word) > left:
            word = word[1:]
        elif word.startswith(("ال", "لل")) and len(word) >= 5:
            word = word[2:]
        else:
            break
    return word


def is_and(word: str) -> bool:
    """Whether an unfolded word begins with a « و » that surely is "and"."""
    if not word.startswith("و"):
        return False
    rest = word[1:]
    return (
        rest == "" or (rest.startswith("ال") and len(rest) >= 5) or bool(_NUMBER.fullmatch(rest))
    )
