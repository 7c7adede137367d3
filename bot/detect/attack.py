"""Which sentences tell of armed violence that happened, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.detect import word_sets
from bot.detect.actors import Actors
from bot.detect.happening import Telling
from bot.detect.lexicon import Mark
from bot.detect.mentioned import habit, mentioned
from bot.detect.other_days import Verdict, is_fresh
from bot.detect.reading import Reading, Sentence, distance
from bot.detect.text import Span
from bot.detect.verdicts import judge

#: a telling with this score is an attack; the score is a sum of the points below
THRESHOLD = 3.25
_STRENGTH = {"S": 3.0, "M": 1.5, "w": 0.5}
_POINTS = {
    "irregular": 1.5, "force_actor": 0.5, "forces": 0.75, "position": 0.5, "convoy": 0.5,
    "weapon": 0.75, "person": 0.25, "communal": 0.5, "settlement": 0.25,
    "village": 0.25, "infrastructure": 0.5, "recent": 0.25, "coordinated": 0.25, "placed": 0.5,
    "official": 0.25, "hideout": 0.5, "fuel": 0.5,
}  # fmt: skip
#: two different words of violence (« attaque … tués ») confirm each other
_SECOND_PART = 0.75
#: a number of dead or taken (« 12 morts »)
_COUNTED = 0.5
#: « six bergers exécutés »: somebody killed people who are counted
_DEED = 0.75
#: a hostile act and counted dead in one sentence (« l'attaque a fait 12 morts »)
_HOSTILE = 0.75
#: « attaque contre une antenne à Gossi »: a place this near behind the attack
_PLACE_REACH = 6
_HOSTILE_PLACED = 1.25
_DEFINITE = word_sets.words("definite")
#: evidence that says this much is shown as a reason
_TOLD = 0.5
#: words that only support never make an attack, whatever stands beside them
_WEAK_ALONE = 2.5
#: evidence in other sentences of the item counts for this much
_ELSEWHERE = 0.5
_ABDUCTION_OF_PERSON = 1.25
#: condemned or mourned without day or toll: the attack was told before
_BARE_REACTION = 1.0
#: « deux gendarmes tués », « jihadistes neutralisés »: armed people this near a word of harm
_HARMED_REACH = 4
_ARMED_HARMED = 0.5
#: an attack word this near a camp, a post or a convoy tells of an attack on it
_TARGET_REACH = 5
#: « le poste de Déou, dans le nord du pays, a été attaqué »
_PASSIVE_REACH = 14
_FIRE = "incendie"
#: ground that is taken or lost, and the words for a piece of it
_TAKEN = frozenset({"territory_seized", "territory_regained"})
_GROUND = ("position", "settlement", "village")
_FALLS, _FALLEN_REACH = word_sets.parts("falls"), 3
_HERDS = word_sets.words("herds")
_NUMBERS = word_sets.words("numbers_of_people")
#: words between a group and its act
_ACTOR_REACH = 2
#: a toll that gives a figure
_FIGURES = frozenset({"exact", "at_least", "range", "vague", "at_most"})


#: the classes of evidence in a sentence, each with a word that shows it
_Classes = list[tuple[str, str]]


def find_attacks(reading: Reading, actors: Actors) -> list[Telling]:
    """Tellings of the item, one per sentence at most, in its order; also the unreal ones."""
    tellings = []
    told = [sentence for sentence in reading.sentences if sentence.of("trigger")]
    classes = [list(_classes(reading, s, actors)) for s in reading.sentences] if told else []
    framed = True
    for sentence in told:
        triggers = [
            t
            for t in sentence.of("trigger")
            if not _takes_fighters(reading, t) and not _is_only_fire(reading, sentence, t)
        ]
        verdicts = judge(reading, sentence, triggers, "attack", actors, framed=framed)
        telling = _telling(reading, sentence, verdicts, classes, actors)
        if telling is not None:
            tellings.append(telling)
            if telling.realis == "actual" and is_fresh(sentence):
                framed = False  # « … a été attaquée dimanche »: from here on it is news
            if sentence.number == 0 and telling.realis == "actual":
                framed = telling.score < THRESHOLD
    return tellings


def _takes_fighters(reading: Reading, trigger: Mark) -> bool:
    """« dix présumés terroristes ont été capturés »: an arrest, by whatever word.

    Not « les rebelles capturent … »: a word that says itself who takes.
    """
    return not (trigger.value in _TAKEN and trigger.last - trigger.first > 1) and any(
        (toll.side == "attacker" or toll.group == "unknown")
        and toll.who == "captured"
        and toll.span.first <= trigger.last
        and trigger.first <= toll.span.last
        for toll in reading.tolls
    )


def _is_only_fire(reading: Reading, sentence: Sentence, trigger: Mark) -> bool:
    """« un incendie » burns by itself, « incendié » was set on fire: only the accent tells.

    Not where somebody claims it.
    """
    raw = reading.doc.raw(Span(trigger.first, trigger.last))
    return (
        trigger.text == _FIRE
        and raw.lower() == _FIRE
        and not raw.isupper()
        and not sentence.has("stance", "claim")
    )


def _telling(
    reading: Reading, sentence: Sentence, verdicts: list[Verdict],
    classes: Sequence[_Classes], actors: Actors,
) -> Telling | None:  # fmt: skip
    live = [v for v in verdicts if v.live]
    real = bool(live)
    counted = live or [v for v in verdicts if not v.vetoed]
    if not counted:
        return Telling(sentence, verdicts, 0.0, "other") if verdicts else None
    evidence, words = _evidence(sentence, classes)
    score, main = max(
        ((_trigger_points(reading, v, sentence), v) for v in counted), key=lambda pair: pair[0]
    )
    why = [main.trigger.text]
    score += sum(evidence.values())
    score += _second_part(counted, main.trigger)
    numbered = _number_beside(reading, sentence, counted)
    if not numbered and sentence.has("cue", "reaction") and not sentence.has("evidence", "recent"):
        score -= _BARE_REACTION
    if numbered:
        score += _COUNTED
        if any(v.trigger.entry.more.get("hostile") for v in counted):
            score += _HOSTILE
        elif any(v.trigger.entry.more.get("deed") for v in counted):
            score += _DEED
    if _STRENGTH[main.trigger.entry.more["strength"]] < _STRENGTH["M"]:
        score = min(score, _WEAK_ALONE)
    elif not numbered:
        score -= habit(reading, sentence, counted)
    held_back = 0.0 if numbered else mentioned(reading, sentence, counted)
    score -= held_back
    score -= max((v.weaker for v in counted), default=0.0)
    why += [words[name] for name in evidence if evidence[name] >= _TOLD and name in words]
    realis = "actual" if real else main.realis
    firm = numbered or _tells_itself(counted) or _acts(sentence, counted, actors)
    return Telling(sentence, counted, score, realis, why=why, firm=firm, held_back=held_back)


def _tells_itself(verdicts: Sequence[Verdict]) -> bool:
    """A word that is enough alone, or a hostile act beside what it left."""
    parts = {v.trigger.entry.more["part"] for v in verdicts if v.trigger.entry.more.get("hostile")}
    return any(
        v.trigger.entry.more["strength"] == "S"
        or (parts and v.trigger.entry.more["part"] == "state")
        for v in verdicts
    )


def _acts(sentence: Sentence, verdicts: Sequence[Verdict], actors: Actors) -> bool:
    """« Boko Haram attaque une base »: an armed group, and its act right behind it."""
    return any(
        v.trigger.entry.more.get("hostile")
        and v.trigger.entry.more["part"] == "verb"
        and v.trigger.last < sentence.span.last
        and any(
            actors.of(mark).irregular and 0 <= v.trigger.first - mark.last <= _ACTOR_REACH
            for mark in sentence.of("actor")
        )
        for v in verdicts
    )


def _trigger_points(reading: Reading, verdict: Verdict, sentence: Sentence) -> float:
    trigger = verdict.trigger
    points = _STRENGTH[trigger.entry.more["strength"]]
    if points < _STRENGTH["M"]:
        return points
    if points < 3.0:
        if trigger.value == "abduction" and (
            sentence.has("evidence", "person", "forces")
            or any(t.who == "abducted" and sentence.holds(t.span) for t in reading.tolls)
        ):
            points += _ABDUCTION_OF_PERSON
        elif trigger.entry.more["part"] == "state":
            if any(distance(m, trigger) <= _HARMED_REACH for m in sentence.of("actor")) or any(
                m.value == "forces" and distance(m, trigger) <= _HARMED_REACH
                for m in sentence.of("evidence")
            ):
                points += _ARMED_HARMED
        elif (
            targets(trigger, sentence, reach=_reach_of(trigger))
            or (
                trigger.value == "infrastructure_attack"
                and sentence.has("evidence", "infrastructure")
            )
            or (trigger.value in _TAKEN and _takes_ground(reading, sentence, trigger))
        ):
            points = 3.0
        elif _on_people(trigger, sentence):
            points = _HOSTILE_PLACED + points
        elif _is_news(reading, trigger) and any(
            0 <= place.span.first - trigger.last <= _PLACE_REACH
            for place in reading.places_in(sentence)
        ):
            points += _HOSTILE_PLACED
    return points


def _takes_ground(reading: Reading, sentence: Sentence, trigger: Mark) -> bool:
    """« Titao tombe », « la prise de Diapaga »: a town or a camp right beside, and who took it.

    A noun needs the name right behind it, what falls stands right before its verb, any other verb
    needs somebody who fights.
    """
    if trigger.entry.more["part"] == "noun":
        return bool(sentence.of("actor")) and any(
            0 <= place.span.first - trigger.last <= 1 for place in reading.places_in(sentence)
        )
    near = [
        *(place.span for place in reading.places_in(sentence)),
        *(Span(m.first, m.last) for m in sentence.of("evidence") if m.value in _GROUND),
    ]
    if trigger.text.startswith(_FALLS):
        return any(0 <= trigger.first - span.last <= _FALLEN_REACH for span in near)
    fought = bool(sentence.of("actor")) or sentence.has("evidence", "position", "forces")
    return fought and any(distance(trigger, span) <= _TARGET_REACH for span in near)


def _on_people(trigger: Mark, sentence: Sentence) -> bool:
    """« deux villages brûlés », « l'église attaquée »: where people live, pray or learn."""
    return (
        trigger.entry.more["part"] == "verb"
        and (trigger.value == "looting_arson" or trigger.entry.more.get("hostile") is True)
        and any(
            mark.value == "village" and distance(mark, trigger) <= _TARGET_REACH
            for mark in sentence.of("evidence")
        )
    )


def _is_news(reading: Reading, trigger: Mark) -> bool:
    """« attaque à Gossi » tells one; « l'attaque de Solhan » speaks of one already told."""
    before = reading.doc.words[trigger.first - 1] if trigger.first else ""
    return trigger.entry.more.get("hostile") == "placed" and before not in _DEFINITE


def _reach_of(trigger: Mark) -> int:
    return _PASSIVE_REACH if trigger.entry.more["part"] == "verb" else _TARGET_REACH


def targets(trigger: Mark, sentence: Sentence, *, reach: int = _TARGET_REACH) -> list[Mark]:
    """The camps, posts and convoys an attack word stands beside."""
    return [
        mark
        for mark in sentence.of("evidence")
        if mark.value in ("position", "convoy") and distance(trigger, mark) <= reach
    ]


def _evidence(
    sentence: Sentence, classes: Sequence[_Classes]
) -> tuple[dict[str, float], dict[str, str]]:
    """Points of each class of evidence in the item, and a word that shows it."""
    own = classes[sentence.number]
    words: dict[str, str] = {}
    for name, word in own:
        words.setdefault(name, word)
    points = {name: _POINTS[name] for name in words}
    for other in classes:
        for name, word in other:
            if name not in points:
                words[name] = word
                points[name] = _ELSEWHERE * _POINTS[name]
    return points, words


def _classes(reading: Reading, sentence: Sentence, actors: Actors) -> Iterator[tuple[str, str]]:
    for mark in sentence.of("evidence"):
        if mark.value in _POINTS:
            yield mark.value, mark.text
    for mark in sentence.of("actor"):
        yield ("irregular" if actors.of(mark).irregular else "force_actor"), mark.text
    for mention in reading.places_in(sentence)[:1]:
        yield "placed", mention.name


def _second_part(verdicts: list[Verdict], main: Mark) -> float:
    return (
        _SECOND_PART
        if any(
            v.trigger.first >= main.last or v.trigger.last <= main.first
            for v in verdicts
            if v.trigger.text != main.text
        )
        else 0.0
    )


def _number_beside(reading: Reading, sentence: Sentence, verdicts: list[Verdict]) -> bool:
    if any(
        sentence.holds(toll.span) and not toll.background and toll.status in _FIGURES
        for toll in reading.tolls
    ):
        return True
    words = reading.doc.words
    summed = [toll.span for toll in reading.tolls if toll.background and sentence.holds(toll.span)]
    for verdict in verdicts:
        trigger = verdict.trigger
        if any(distance(trigger, span) == 0 for span in summed):
            continue
        if trigger.entry.more["part"] == "state" or trigger.value == "abduction":
            nearby = words[max(0, trigger.first - 6) : trigger.last + 4]
            if not _HERDS.isdisjoint(nearby):
                continue  # « trois bœufs tués »
            if any((word.isdigit() and len(word) < 4) or word in _NUMBERS for word in nearby):
                return True
    return False
