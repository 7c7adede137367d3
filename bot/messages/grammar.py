"""What a catalogue cannot say: French contractions, elisions and agreements, capitals."""

from __future__ import annotations

import re

_CONTRACTIONS = (
    (re.compile(r"\bà le (?=\w)"), "au "),
    (re.compile(r"\bà les (?=\w)"), "aux "),
    (re.compile(r"\bde le (?=\w)"), "du "),
    (re.compile(r"\bde les (?=\w)"), "des "),
    (re.compile(r"\bde des (?=[aeiouhéê])"), "d’"),
    (re.compile(r"\bde (?=[AEIOUÂÉÈÊÎÔaeiouâéèêîô]\w)"), "d’"),
)

#: what a past participle takes to agree with the label `type.…` of an attack
_ENDINGS = {
    "armed_clash": "",
    "suicide_bomb": "",
    "abduction": "",
    "looting_arson": "",
    "siege_blockade": "",
    "shelling": "s",
    "sexual_violence": "es",
}


def contract(language: str, sentence: str) -> str:
    """« attribuée à le Jnim » → « attribuée au Jnim »; « près de Ansongo » → « près d’Ansongo ».

    For sentences made of our own pieces only: « de le faire » would suffer.
    """
    if language == "fr":
        for pattern, short in _CONTRACTIONS:
            sentence = pattern.sub(short, sentence)
    return sentence


def ending(language: str, type: str) -> str:
    """The {e} of « revendiqué{e} », for the noun that names this type of attack."""
    return _ENDINGS.get(type, "e") if language == "fr" else ""


def capital(sentence: str) -> str:
    """The first letter as a capital, the rest untouched."""
    return sentence[:1].upper() + sentence[1:]
