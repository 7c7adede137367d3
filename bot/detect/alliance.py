"""Which sentences tell of a step between states on defence, membership or sanctions."""

from __future__ import annotations

from dataclasses import dataclass

from bot.detect import word_sets
from bot.detect.actors import Actors
from bot.detect.freshness import is_old
from bot.detect.gazetteer import Gazetteer
from bot.detect.happening import Telling
from bot.detect.lexicon import Mark
from bot.detect.other_days import Verdict
from bot.detect.participles import is_bare
from bot.detect.reading import Reading, Sentence, distance
from bot.detect.scope import is_neighbour
from bot.detect.verdicts import judge

#: a telling with this score is a step; the score is a sum of the points below
THRESHOLD = 3.0
#: troops, bases and camps are spoken of in every attack; a step told there must be clearer
AMID_ATTACK = 3.75
#: « des soldats de la force conjointe tués »: a thing that nobody does anything with
_NAMED_AMID_ATTACK = 5.0
_STRENGTH = {"S": 2.5, "M": 1.5, "w": 0.75}
_WITH_ACT = 2.0
_OURS, _SECOND_PARTY, _BODY = 1.0, 0.5, 0.5
_MILITARY, _AUTHORITY = 0.25, 0.25
_OURS_ELSEWHERE = 0.5
#: what undoes a thing says more than how it once came (« l'accord signé en 2018 »)
_RANK = {
    "end": 0, "suspend": 0, "lift": 0, "ratify": 0, "complete": 0, "leave": 0,
    "announce": 2, "meet": 2,
}  # fmt: skip
_OF_OURS = frozenset({"SAHEL", "MNJTF"})
#: the three together are their alliance, named or not
_CORE = frozenset({"ML", "BF", "NE"})
#: a step on one of these, decided in a capital of ours, is not of the Sahel
_ELSEWHERE = frozenset({"GW", "GN", "SL", "LR", "GM", "SD", "SS", "SO", "CD", "CF", "MZ", "ET"})
#: a body's name gives way to what the body does (« l'AES lance sa force conjointe »), those who
#: meet to what they meet about
_GENERIC = {True: 0.25, "meeting": 0.75}
#: « les troupes françaises au Mali »: a thing that nobody does anything with is no step
_WEAK_ALONE = 2.75
_LEFT_REACH = 2
_ACTED_REACH = 3
_DATED_REACH = 2
_OPENS = 2
#: agreements that need a state, and the words among which « Mali : » names the topic
_OF_STATES = frozenset({"peace_agreement", "joint_force", "pact", "accord"})
_TOPIC = 3
_AGAINST = word_sets.words("against")
_BOTH = word_sets.words("both")
#: acts as things that are only announced
_NOUNS = word_sets.parts("announced_things")
#: of two things in a sentence, the one beside its act is meant
_FAR = 0.03
#: how far from its object an act may stand, in words
_ACT_REACH = 14


@dataclass(slots=True)
class Parties:
    """States and bodies a sentence names."""

    ours: frozenset[str]
    others: frozenset[str]
    bodies: frozenset[str]

    #: those of `ours` that only a town of theirs tells
    placed: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        return len(self.ours) + len(self.others) + len(self.bodies)

    @property
    def named(self) -> int:
        """States and bodies that may be the parties; a town that is named is none."""
        return self.count - len(self.placed)


def threshold(step: Telling, *, amid_attack: bool) -> float:
    """The score a step must reach; a joint operation is both a step and a fight."""
    if not amid_attack or step.type == "joint_operation":
        return THRESHOLD
    return AMID_ATTACK if len(step.why) > 1 else _NAMED_AMID_ATTACK


def find_steps(reading: Reading, actors: Actors) -> list[Telling]:
    """Tellings of the item, one per sentence at most, in its order."""
    tellings = []
    told = [sentence for sentence in reading.sentences if sentence.of("object")]
    ours_anywhere = bool(told) and any(_is_ours(reading, s) for s in reading.sentences)
    for sentence in told:
        verdicts = judge(reading, sentence, sentence.of("object"), "alliance", actors)
        if _by_armed_group(sentence, actors):
            verdicts = [v for v in verdicts if v.trigger.value == "peace_agreement"]
        if _only_groups(reading, sentence, actors):
            verdicts = [v for v in verdicts if v.trigger.value not in _OF_STATES]
        telling = _telling(reading, sentence, verdicts, ours_anywhere=ours_anywhere)
        if telling is not None:
            tellings.append(telling)
    return tellings


def _names_ours(reading: Reading) -> bool:
    """Whether the item names a state of ours itself, not only the capital where others met."""
    return any(
        mention.form in ("name", "demonym") and is_ours(reading.gazetteer, mention.country[:2])
        for mention in reading.countries
    )


def _is_ours(reading: Reading, sentence: Sentence) -> bool:
    """A state of ours, the Sahel or Lake Chad as such, or ECOWAS where it speaks of forces."""
    parties = parties_of(reading, sentence)
    return (
        bool(parties.ours)
        or bool(parties.bodies & _OF_OURS)
        or ("ECOWAS" in parties.bodies and sentence.has("evidence", "military"))
    )


def _by_armed_group(sentence: Sentence, actors: Actors) -> bool:
    """« Le FLA assure contrôler le camp … »: a sentence that an armed group opens."""
    opener = next(iter(sentence.of("actor")), None)
    return (
        opener is not None
        and actors.of(opener).irregular
        and opener.first - sentence.span.first <= _OPENS
        # « Lutte contre Boko Haram, le Tchad … » names what it is about
        and _AGAINST.isdisjoint(sentence.words[: opener.first - sentence.span.first])
    )


def _only_groups(reading: Reading, sentence: Sentence, actors: Actors) -> bool:
    """« Mali : deux groupes armés scellent une trêve »: no state is a party of it."""
    marks = sentence.of("actor")
    topic = min(sentence.span.first + _TOPIC, sentence.span.last - 1)
    return (
        any(actors.of(mark).irregular for mark in marks)
        and all(actors.of(mark).irregular for mark in marks)
        and not sentence.has("evidence", "junta")
        and not sentence.of("body")
        and not any(
            m.span.first > sentence.span.first
            or m.span.last > topic
            or ":" not in reading.doc.between(m.span.last - 1, topic)
            for m in reading.countries_in(sentence)
            if m.form != "region"
        )
    )


def parties_of(reading: Reading, sentence: Sentence) -> Parties:
    ours: set[str] = set()
    others: set[str] = set()
    bodies: set[str] = set()
    for mention in reading.countries_in(sentence):
        country = mention.country[:2]
        (ours if is_ours(reading.gazetteer, country) else others).add(country)
    named = set(ours)
    for place in reading.places_in(sentence):
        if (code := place.country) and is_ours(reading.gazetteer, code):
            ours.add(code)
    for mark in sentence.of("body"):
        bodies.add(mark.value)
        ours.update(mark.entry.more.get("members", ()))
    if ours >= _CORE:
        bodies.add("AES")
    members = {c for mark in sentence.of("body") for c in mark.entry.more.get("members", ())}
    placed = frozenset(ours - named - members)
    return Parties(frozenset(ours), frozenset(others), frozenset(bodies), placed)


def is_ours(gazetteer: Gazetteer, country: str) -> bool:
    known = gazetteer.countries.get(country)
    return known is not None and known.scope != "out"


def _telling(
    reading: Reading, sentence: Sentence, verdicts: list[Verdict], *, ours_anywhere: bool
) -> Telling | None:
    parties = parties_of(reading, sentence)
    if not parties.count and sentence.number and not _BOTH.isdisjoint(sentence.words):
        # « les deux gouvernements ont signé »: those the sentence before names
        parties = parties_of(reading, reading.sentences[sentence.number - 1])
    if not parties.ours and not ours_anywhere:
        return None
    of_ours = (
        "AES" in parties.bodies
        or _names_ours(reading)
        or ("ECOWAS" in parties.bodies and sentence.has("evidence", "military"))
    )
    if parties.others & _ELSEWHERE and not of_ours:
        return None
    best: Telling | None = None
    best_rank = (False, 0.0)
    for verdict in verdicts:
        if verdict.vetoed:
            continue
        found = _object_points(reading, sentence, verdict.trigger, parties)
        if found is None:
            continue
        points, kind, stage, far, why = found
        points -= verdict.weaker
        generic = verdict.trigger.entry.more.get("generic")
        if generic is True and kind == "membership_change" and len(parties.bodies) > 1:
            generic = None  # « l'AES annonce son retrait de l'Uemoa »
        rank = (verdict.live, points - _GENERIC.get(generic, 0.0) - _FAR * far)
        if best is None or rank > best_rank:
            best_rank = rank
            best = Telling(sentence, [verdict], points, verdict.realis, kind, stage or None, why)
    return best


def _is_long_ago(reading: Reading, sentence: Sentence, act: Mark, thing: Mark) -> bool:
    """« a quitté la Cédéao en janvier 2025 »: a day or month long past right behind the act."""
    behind = max(act.last, thing.last)
    return any(
        0 <= date.span.first - behind <= _DATED_REACH
        and (is_old(reading, date) or date.realis == "background")
        for date in reading.dates_in(sentence)
    )


def _only_describes(reading: Reading, sentence: Sentence, act: Mark, thing: Mark) -> bool:
    """« reprend ses opérations suspendues le 3 juin »: a participle behind what is told."""
    return (
        act.first == thing.last
        and _RANK.get(act.value) == 0
        and is_bare(reading, act)
        and any(0 <= thing.first - other.last <= _ACTED_REACH for other in sentence.of("act"))
    )


def _leaves_dead(reading: Reading, act: Mark) -> bool:
    """ "leaving 16 people dead": nobody goes away."""
    return act.text in ("left", "leaving", "leaves") and any(
        0 <= toll.span.first - act.last <= _LEFT_REACH for toll in reading.tolls
    )


def _object_points(
    reading: Reading, sentence: Sentence, thing: Mark, parties: Parties
) -> tuple[float, str, str, int, list[str]] | None:
    """Points, type, stage, words to its act, and reasons of one object; None: it tells nothing."""
    more = thing.entry.more
    needs = more.get("needs")
    military = sentence.has("evidence", "military")
    if needs == "party" and not parties.ours:
        return None
    if needs == "two" and parties.named < 2:
        return None
    if thing.value == "soldiers" and sentence.of("trigger") and not sentence.has("act", "sign"):
        beside = {
            m.country[:2]
            for m in reading.countries_in(sentence)
            if is_neighbour(reading, m, sentence)
        }
        if len((parties.ours | parties.others) - beside) < 2 and not parties.bodies:
            return None  # « Accra déploie 1 000 soldats à sa frontière » after an attack
    if needs in ("military", "military_two") and not (military and parties.ours):
        return None
    if needs == "military_two" and len(parties.ours | parties.others) < 2:
        return None
    acts = [
        act
        for act in sentence.of("act")
        if act.value in more["acts"]
        and distance(act, thing) <= _ACT_REACH
        and not (thing.first <= act.first and act.last <= thing.last)
        and not (act.value == "leave" and _leaves_dead(reading, act))
        and not _is_long_ago(reading, sentence, act, thing)
        and not _only_describes(reading, sentence, act, thing)
    ]
    why = [thing.text]
    strength, far = "", 0
    if acts:
        act = min(acts, key=lambda a: (_RANK.get(a.value, 1), distance(a, thing)))
        kind, _, stage = str(more["acts"][act.value]).partition(" ")
        if (
            stage == "implemented"
            and act.text.startswith(_NOUNS)
            and sentence.has("act", "announce", "sign")
        ):
            # « annonce la réouverture », « signent un accord pour la réouverture »
            stage = "signed" if sentence.has("act", "sign") else "announced"
        far = distance(act, thing)
        points = _WITH_ACT
        if str(more.get("alone")).endswith("S"):
            points = _STRENGTH["S"] + 0.5
        why.append(act.text)
    elif more.get("alone") and not _is_long_ago(reading, sentence, thing, thing):
        kind, stage, strength = str(more["alone"]).split()
        points = _STRENGTH[strength]
    else:
        return None
    points += _OURS if parties.ours else _OURS_ELSEWHERE
    if parties.count >= 2:
        points += _SECOND_PARTY
    if parties.bodies:
        points += _BODY
    if military:
        points += _MILITARY
    if sentence.has("evidence", "junta"):
        points += _AUTHORITY
    if not acts and strength == "w" and len(parties.ours) + len(parties.others) < 2:
        points = min(points, _WEAK_ALONE)
    return points, kind, "" if stage == "-" else stage, far, why
