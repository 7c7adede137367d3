"""What moderators read: one line for each trouble, short and in their language."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from feed_rows import DAY, HOUR, NOW

from bot.feeds.problem import Problem
from bot.messages import notices
from bot.messages.i18n import Catalogue
from bot.messages.render import to_plain
from storage.notices import Letter, NoticeKind

VOICES = {language: Catalogue.load(strict=True).voice(language) for language in ("fr", "en")}


def letter(kind: NoticeKind, about: Literal["begun", "over"] = "begun", **params: Any) -> Letter:
    ended_at = NOW if about == "over" else None
    return Letter(
        1, "telegram:1", "fr", about, kind, "s", json.dumps(params), NOW - HOUR, ended_at, 1
    )


def of_feed(state: str, about: Literal["begun", "over"] = "begun", **params: Any) -> Letter:
    known = {"name": "ANP", "state": state, "since": NOW - 2 * DAY, "problem": None,
             "usual_gap": 3 * HOUR}  # fmt: skip
    return letter("feed", about, **{**known, **params})


def said(language: str, *letters: Letter) -> list[str]:
    message = notices.told(letters, VOICES[language], NOW)
    return to_plain(message).replace("\u00a0", " ").split("\n")


@pytest.mark.parametrize(
    ("told", "french", "english"),
    [
        (
            letter("network", since=NOW - 40 * 60),
            "Toutes les sources sont muettes depuis 40 minutes : regardez le réseau. "
            "Aucune alerte ne peut partir d’ici là.",
            "No source has answered for 40 minutes: look at the network. "
            "No alert can be sent until then.",
        ),
        (
            letter("country", country="NE", since=NOW - HOUR, regional=True),
            "Niger : plus aucune source propre ne marche depuis 1 heure. "
            "Les sources régionales restent lues.",
            "Niger: none of its own sources has worked for 1 hour. "
            "Regional sources are still read.",
        ),
        (
            letter("country", country="TD", since=NOW - HOUR, regional=False),
            "Tchad : plus aucune source ne marche depuis 1 heure, ni régionale ni propre au pays.",
            "Chad: no source has worked for 1 hour, neither its own nor a regional one.",
        ),
        (
            of_feed("silent"),
            "ANP répond, mais n’a rien publié depuis 2 jours (d’habitude 8 articles par jour).",
            "ANP answers, but has published nothing for 2 days (usually 8 articles a day).",
        ),
        (
            of_feed("silent", usual_gap=None),
            "ANP répond, mais n’a rien publié depuis 2 jours.",
            "ANP answers, but has published nothing for 2 days.",
        ),
        (
            of_feed("empty"),
            "ANP répond, mais ne donne plus aucun article depuis 2 jours.",
            "ANP answers, but has given no article at all for 2 days.",
        ),
        (
            of_feed("web_page", problem=Problem("web_page").dump()),
            "ANP ne donne plus son flux depuis 2 jours (c’est une page web, pas un flux).",
            "ANP has not given its feed for 2 days (a web page, not a feed).",
        ),
        (
            of_feed("refused", problem=Problem("http_403").dump()),
            "ANP nous refuse depuis 2 jours (le site refuse les robots).",
            "ANP has refused us for 2 days (the site refuses robots).",
        ),
        (
            of_feed("failing", problem="of another version"),
            "ANP ne répond plus depuis 2 jours (of another version).",
            "ANP has not answered for 2 days (of another version).",
        ),
        (
            letter("retired", name="ANP", problem=None, into=7),
            "ANP n’est plus lue (a déménagé là où le flux 7 est déjà lu).",
            "ANP is no longer read (has moved to where feed 7 is read already).",
        ),
        (
            letter("retired", name="ANP", problem=Problem("http_410").dump(), into=None),
            "ANP n’est plus lue (le flux a été supprimé).",
            "ANP is no longer read (the feed is gone for good).",
        ),
    ],
)  # fmt: skip
def test_each_trouble_has_its_sentence(told: Letter, french: str, english: str) -> None:
    """With its reason and since when."""
    assert said("fr", told) == [f"⚠️ {french}", "/feeds montre l’état de toutes les sources."]
    assert said("en", told) == [f"⚠️ {english}", "/feeds shows the state of every source."]


def test_good_news_makes_no_sound() -> None:
    """Unless trouble comes with it."""
    good = [
        letter("network", "over", since=NOW - 3 * HOUR),
        letter("country", "over", country="NE", since=NOW - DAY),
        of_feed("silent", "over"),
    ]
    assert said("fr", *good) == [
        "3 nouvelles des sources",
        "✅ Les sources répondent de nouveau, après 3 heures sans aucune réponse.",
        "✅ Niger : une source propre marche de nouveau, après 1 jour.",
        "✅ ANP marche de nouveau, après 2 jours.",
        "/feeds montre l’état de toutes les sources.",
    ]
    assert notices.told(good, VOICES["fr"], NOW).silent is True
    assert notices.told([*good, of_feed("empty")], VOICES["fr"], NOW).silent is False


def test_many_troubles_stay_one_readable_message() -> None:
    """What is not shown is counted."""
    lines = said("en", *(of_feed("empty", name=f"F{n}") for n in range(40)))
    assert len(lines) == 18
    assert lines[0] == "40 pieces of news about the sources"
    assert lines[-2] == "… and 25 more."


@pytest.mark.parametrize(
    ("gap", "rate"),
    [
        (20 * 60, "72 articles par jour"),
        (DAY, "1 article par jour"),
        (2 * DAY, "4 articles par semaine"),
        (7 * DAY, "1 article par semaine"),
        (14 * DAY, "2 articles par mois"),
        (50 * DAY, "1 article par mois"),
    ],
)
def test_a_rhythm_in_words(gap: float, rate: str) -> None:
    """By day, week or month, whichever gives a number that one can picture."""
    assert notices.usual(VOICES["fr"], gap).replace("\u00a0", " ") == rate
