"""The little notation in which a linguist writes word forms: « attaqu(e|es|é|ée|és|ées) »."""

from __future__ import annotations

from bot.detect.text import fold

#: a slip such as a doubled bracket must not make a million forms
MAX_FORMS = 1_500


def expand(pattern: str) -> list[str]:
    """Every folded form a pattern stands for, in order, without repeats.

    `(a|b)` means a or b; `(s)` means with or without s; `(a|)` means a or nothing; brackets nest.
    Accents, case, apostrophes and hyphens never matter. Raises ValueError with a sentence that
    names the fault.
    """
    choices, at = _choices(pattern, 0, pattern)
    if at != len(pattern) or len(choices) != 1:
        raise ValueError(f"brackets of “{pattern}” do not pair, or “|” stands outside them")
    forms = dict.fromkeys(fold(form) for form in choices[0])
    if "" in forms:
        raise ValueError(f"“{pattern}” can stand for nothing at all")
    return list(forms)


def _choices(text: str, at: int, whole: str) -> tuple[list[list[str]], int]:
    """The alternatives from `at` up to the bracket that closes them, and where that is."""
    choices = [[""]]
    while at < len(text) and text[at] != ")":
        if text[at] == "(":
            inner, at = _choices(text, at + 1, whole)
            if at >= len(text):
                raise ValueError(f"a bracket of “{whole}” is never closed")
            if len(inner) == 1:
                inner.append([""])
            tails = [form for choice in inner for form in choice]
            choices[-1] = [head + tail for head in choices[-1] for tail in tails]
            if len(choices[-1]) > MAX_FORMS:
                raise ValueError(f"“{whole}” stands for over {MAX_FORMS} forms; split it")
        elif text[at] == "|":
            choices.append([""])
        else:
            choices[-1] = [head + text[at] for head in choices[-1]]
        at += 1
    return choices, at
