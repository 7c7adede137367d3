"""An event in a few honest lines: what happened, who says so, how sure it is, where to read it."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.events.changes import what_changed
from bot.events.facts import EventFacts, Source
from bot.messages import happened, phrases, tolls
from bot.messages.changes import changed
from bot.messages.grammar import capital, contract
from bot.messages.i18n import Catalogue, Voice
from bot.messages.message import Line, Message, Span
from storage.model import MsgType

#: GDACS' one colour per alert; the word beside it says the same to those who see no colours
_DOTS = {"extreme": "⚫", "severe": "🔴", "moderate": "🟠", "minor": "🟡", "unknown": "⚪"}
_ALLIANCE_DOT = "🔵"
#: an alert must be readable on a small phone: further sources are only counted
_SOURCES_SHOWN = 4
_PLACES_SHOWN = 5


def alert(
    facts: EventFacts,
    *,
    ref: str,
    msg_type: MsgType,
    revision: int,
    told: EventFacts | None,
    language: str,
    catalogue: Catalogue,
) -> Message:
    """The message for one chat; `told` is what it was last told, None when nothing was.

    An update for a chat that was told nothing is its first alert and reads like one.
    """
    voice = catalogue.voice(language)
    if msg_type == "cancel":
        return _cancel(voice, facts, ref)
    lines: list[Line] = []
    if msg_type == "update" and told is not None:
        lines.append(_changes(voice, facts, told, revision))
    lines.append((Span(_title(voice, facts), "bold"), Span(_where_and_when(voice, facts))))
    body = _attack(voice, facts) if facts.kind == "attack" else _alliance(voice, facts)
    lines.extend((Span(text),) for text in body)
    lines.append((Span(phrases.certainty(voice, facts), "italic"),))
    if facts.corrected:
        fields = voice.join(voice.text(f"field.{field}") for field in facts.corrected)
        lines.append((Span(voice.text("alert.corrected", fields=fields)),))
    lines.extend(_foot(voice, facts, ref))
    return Message(tuple(lines))


def sound(
    facts: EventFacts,
    *,
    ref: str,
    revision: int,
    told: EventFacts,
    language: str,
    catalogue: Catalogue,
) -> Message:
    """What changed, in few words, for a chat whose message was edited into the whole of it."""
    voice = catalogue.voice(language)
    what = f"{_dot(facts)} {capital(voice.text(f'type.{facts.type}'))}"
    return Message(
        (
            _changes(voice, facts, told, revision),
            (Span(what + _where_and_when(voice, facts)),),
            (Span(voice.text("alert.shown"), "italic"),),
            _reference(voice, ref),
        )
    )


def headline(facts: EventFacts, *, language: str, catalogue: Catalogue) -> str:
    """One line for lists: « Embuscade — Mali, Léré · dim. 17 sept. 2023 · 8 morts · Confirmé »."""
    voice = catalogue.voice(language)
    parts = [phrases.located(voice, facts), phrases.dated(voice, facts)]
    if facts.kind == "attack":
        parts.append(tolls.short_toll(voice, facts))
    elif facts.stage:
        parts.append(voice.text(f"stage.{facts.stage}"))
    parts.append(voice.text(f"verification.{facts.verification}"))
    return f"{_dot(facts)} {capital(voice.text(f'type.{facts.type}'))} — {' · '.join(parts)}"


def source_line(voice: Voice, sources: tuple[Source, ...]) -> Line:
    """« Sources : RFI · ORTM, média d’État », each name a link."""
    # an outlet once, with its newest article
    unique = list({source.name: source for source in sources}.values())
    shown, hidden = unique[:_SOURCES_SHOWN], len(unique) - _SOURCES_SHOWN
    if not shown:
        return (Span(voice.text("sources.none")),)
    languages = {source.language for source in shown}
    foreign = languages.pop() if len(languages) == 1 and voice.language not in languages else ""
    if foreign:
        label = voice.text("sources.foreign", n=len(unique), language=voice.language_name(foreign))
    else:
        label = voice.text("sources", n=len(unique))
    spans = [Span(f"{label} ")]
    for number, source in enumerate(shown):
        if number:
            spans.append(Span(" · "))
        spans.append(Span(source.name, href=_link(source.url)))
        notes = [voice.text("sources.state_media")] if source.state_media else []
        if source.language not in ("", voice.language, foreign):
            notes.append(voice.language_name(source.language))
        if notes:
            spans.append(Span(f", {', '.join(notes)}"))
    if hidden > 0:
        spans.append(Span(f" · {voice.text('sources.more', n=hidden)}"))
    return tuple(spans)


def _dot(facts: EventFacts) -> str:
    return _ALLIANCE_DOT if facts.kind == "alliance" else _DOTS.get(facts.severity, "⚪")


def _title(voice: Voice, facts: EventFacts) -> str:
    words = voice.text(f"title.{facts.kind}.{facts.severity}")
    if facts.realis == "ongoing" or facts.outcome == "ongoing":
        words = voice.text("title.ongoing", title=words)
    return f"{_dot(facts)} {words}"


def _where_and_when(voice: Voice, facts: EventFacts) -> str:
    return f" — {phrases.located(voice, facts)} · {phrases.dated(voice, facts)}"


def _attack(voice: Voice, facts: EventFacts) -> list[str]:
    sentences = [happened.happened(voice, facts), happened.outcome(voice, facts)]
    lines = [" ".join(text for text in sentences if text), tolls.toll_line(voice, facts)]
    if facts.other_places:
        names = [place.name for place in facts.other_places[:_PLACES_SHOWN]]
        if len(facts.other_places) > _PLACES_SHOWN:
            names.append(voice.text("places.more", n=len(facts.other_places) - _PLACES_SHOWN))
        lines.append(voice.text("places.also", places=voice.join(dict.fromkeys(names))))
    if facts.campaign:
        parts = [f"{part.place} ({part.ref})" if part.place else part.ref
                 for part in facts.campaign[:_PLACES_SHOWN]]  # fmt: skip
        lines.append(voice.text("campaign.also", parts=voice.join(parts)))
    if noted := happened.noted(voice, facts):
        lines.append(noted)
    return lines


def _alliance(voice: Voice, facts: EventFacts) -> list[str]:
    step = voice.text(f"type.{facts.type}")
    if facts.stage:
        stage = voice.text(f"stage.{facts.stage}")
        step = voice.text("alliance.step", step=step, stage=stage)
    step = voice.comma(step, phrases.according(voice, facts.said_by))
    denied = phrases.denial(voice, facts.denied_by, facts.said_by)
    lines = [happened.sentence(voice, step, denied) if denied else happened.sentence(voice, step)]
    for role in ("party", "mediator"):
        # the states stand in the title
        named = [a.id for a in facts.actors if a.role == role and a.id not in facts.countries]
        if ids := list(dict.fromkeys(named)):
            lines.append(voice.text(f"alliance.{role}", names=phrases.actors(voice, ids)))
    where = facts.place
    if where and where.precision < phrases.COUNTRY_ONLY:
        venue = phrases.named(voice, where.name, where.precision)
        if where.country:
            country = voice.country(where.country)
            venue = voice.text("place.within", place=venue, region=country)
        lines.append(voice.text("alliance.venue", place=venue))
    return lines


def _duplicate(voice: Voice, facts: EventFacts, ref: str) -> Message:
    what = voice.text(f"type.{facts.type}") + _where_and_when(voice, facts)
    told = voice.text("cancel.duplicate", ref=facts.duplicate_of)
    return Message(
        (
            (Span(f"↪️ {voice.text('cancel.same')}", "bold"), Span(f" — {told}")),
            (Span(voice.text("cancel.what", what=what)),),
            *_foot(voice, facts, ref),
        )
    )


def _cancel(voice: Voice, facts: EventFacts, ref: str) -> Message:
    if facts.duplicate_of:
        return _duplicate(voice, facts, ref)
    if facts.retraction:
        why = voice.text("cancel.retracted", reason=facts.retraction)
    elif facts.denied_by:
        reason = phrases.speakers(voice, facts.denied_by)
        why = contract(voice.language, voice.text("cancel.denied", speakers=reason))
    else:
        why = voice.text("cancel.withdrawn")
    what = voice.text(f"type.{facts.type}") + _where_and_when(voice, facts)
    return Message(
        (
            (
                Span(f"⛔ {voice.text('cancel.title')}", "bold"),
                Span(" " + voice.text("cancel.why", why=why)),
            ),
            (Span(voice.text("cancel.what", what=what)),),
            (Span(voice.text("cancel.forget")),),
            *_foot(voice, facts, ref),
        )
    )


def _foot(voice: Voice, facts: EventFacts, ref: str) -> list[Line]:
    return [source_line(voice, facts.sources), _reference(voice, ref)]


def _changes(voice: Voice, facts: EventFacts, told: EventFacts, revision: int) -> Line:
    changes = changed(voice, what_changed(told, facts), facts)
    head = voice.text("alert.update", n=max(1, revision - 1))
    return Span(f"♻️ {head}", "bold"), Span(" " + voice.text("alert.changes", what=changes))


def _reference(voice: Voice, ref: str) -> Line:
    return Span(voice.text("alert.ref") + " "), Span(ref, "code")


def _link(url: str) -> str | None:
    """Only addresses of the web become links: anything else would be a trap in a chat."""
    return url if urlsplit(url).scheme in ("http", "https") else None
