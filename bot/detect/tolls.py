"""Human losses in a text: who was killed, wounded, abducted, how many, on which side."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from bot.detect import word_sets
from bot.detect.report import UNARMED
from bot.detect.text import Doc, Span
from bot.detect.time_words import weekday_words
from bot.detect.toll_amounts import ONE, SOME, TWO, Amount, bounded
from bot.detect.toll_counted import Counted, Told
from bot.detect.toll_links import link_all
from bot.detect.toll_parts import Sentences, relate
from bot.detect.toll_totals import TollMention, combine
from bot.detect.toll_words import load, units_of

__all__ = ["TollMention", "combine", "find_tolls"]

#: « des milliers de morts » is nearly always a sum over years (DOMAIN 4.5)
_THOUSANDS = 2000
_FIGHTERS = word_sets.words("hired_fighters")
_TWO = word_sets.words("two")
_MEMORY = word_sets.words("memory")
_MEMORY_REACH = 3
_DIED = word_sets.words("died_since")


def find_tolls(doc: Doc) -> list[TollMention]:
    """Every loss told, in the order of the text; where nobody's is told, an empty list.

    Cumulative figures and those of other events are marked background; a part of another figure
    (« dont ») names that figure by its place in the list.
    """
    if load().triggers.isdisjoint(doc.words):
        return []
    units = units_of(doc)
    letters = "".join([unit.letter for unit in units])
    sentence, number = [], 0
    for letter in letters:
        sentence.append(number)
        number += letter == "."
    told = Told(doc, units, letters, sentence)
    link_all(told)
    relate(told)
    return _mentions(told)


def _mentions(told: Told) -> list[TollMention]:
    counted = sorted((c for c in told.counted if c.who), key=lambda c: (c.start, c.end))
    places = {id(each): place for place, each in enumerate(counted)}
    sentences = Sentences(told)
    mentions: list[TollMention] = []
    older: list[bool] = []
    for each in counted:
        amount = _amount(told, each)
        first = told.units[each.start].first
        last = max(told.units[max(each.last, each.end) - 1].last, first + 1)
        background, provisional, update, old = sentences.of(each)
        background = background or _is_remembered(told, first, last)
        # « 17 000 terroristes neutralisés » sums up years
        uncounted = (amount.min or 0) >= _THOUSANDS and (
            amount.status == "vague" or each.group == "militant"
        )
        older.append(old)
        mentions.append(
            TollMention(
                Span(first, last),
                _fate(each, told.doc.words[first:last]),
                each.group,
                amount.min,
                amount.max,
                amount.status,
                provisional=provisional,
                subset_of=places.get(id(each.subset_of)),
                side="attacker" if each.group == "militant" else "victim",
                background=background or (uncounted and each.who != "displaced"),
                update=each.update or update,
                together=each.together,
            )
        )
    mentions = _succumbed(told, mentions)
    return _newest(mentions, older) if any(older) else mentions


def _succumbed(told: Told, mentions: list[TollMention]) -> list[TollMention]:
    """« Trois blessés ont succombé »: three of the dead, and wounded no more."""
    words = told.doc.words
    kept = list(mentions)
    for at, (hurt, dead) in enumerate(itertools.pairwise(mentions)):
        link = words[hurt.span.last : dead.span.first] or words[dead.span.first :][:1]
        if (hurt.who, dead.who) == ("wounded", "killed") and len(link) == 1 and link[0] in _DIED:
            kept[at] = replace(hurt, background=True)
            kept[at + 1] = replace(dead, min=hurt.min, max=hurt.max, status=hurt.status)
    return kept


def _fate(counted: Counted, words: Sequence[str]) -> str:
    """Whoever is no fighter is abducted, « capturés » as it may say."""
    if counted.who == "captured" and counted.group in UNARMED and _FIGHTERS.isdisjoint(words):
        return "abducted"
    return counted.who or "killed"


def _is_remembered(told: Told, first: int, last: int) -> bool:
    """« une cérémonie à la mémoire des 24 soldats tués en 2019 »: the dead of another day."""
    words = told.doc.words
    return not _MEMORY.isdisjoint(words[max(0, first - _MEMORY_REACH) : first]) and (
        weekday_words().isdisjoint(words[first : last + 1])
    )


def _amount(told: Told, counted: Counted) -> Amount:
    if counted.amount in (None, ONE):
        head = told.units[counted.end - 1]
        if counted.noun == "p" and told.doc.words[head.first] in load().pairs:
            return TWO
    if counted.amount is None and _are_two(told, counted):
        return TWO
    if counted.amount is None:
        return SOME if counted.plural else ONE
    bound = told.units[max(counted.end, counted.last)]
    if bound.letter == "+" and bound.meaning is not None and bound.meaning.value == "at_least":
        return bounded(counted.amount, "at_least")  # « 12 morts au moins »
    return counted.amount


def _are_two(told: Told, counted: Counted) -> bool:
    """An Arabic dual that « two » follows; with the article that word is Monday."""
    first = told.units[counted.end - 1].last
    spelled = [
        told.doc.original[told.doc.starts[at] : told.doc.ends[at]]
        for at in range(first, min(first + 2, len(told.doc)))
    ]
    return any(word in _TWO for word in spelled)


def _newest(mentions: list[TollMention], older: list[bool]) -> list[TollMention]:
    """« avaient annoncé 25 morts » only recalls, where the text also gives a newer figure."""
    newer = {
        mention.who
        for mention, old in zip(mentions, older, strict=True)
        if not old and not mention.background and mention.status != "unknown_positive"
    }
    return [
        replace(mention, background=True) if old and mention.who in newer else mention
        for mention, old in zip(mentions, older, strict=True)
    ]
