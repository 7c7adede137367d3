"""An attack in one or two sentences: what was done to whom, by whom, and who says so."""

from __future__ import annotations

from dataclasses import dataclass

from bot.events.facts import EventFacts
from bot.messages import phrases, tolls
from bot.messages.grammar import capital, contract, ending
from bot.messages.i18n import Voice

#: no gunman is seen at these: nobody known did it, rather than « unidentified gunmen »
_REMOTE = ("ied_landmine", "suicide_bomb", "air_drone_strike", "foiled")
#: speakers who are cited; the press itself stands under the sources
_WITNESSES = ("official", "army", "group", "local", "medical", "ngo")
#: outcomes that the type has already told
_SAID_BY_TYPE = {("territory_seized", "seized"), ("foiled", "foiled")}
#: worth a line of their own; the others show in type and title
_NOTED_FLAGS = (
    "coordinated", "capital_or_airport", "civilian_targeting", "aid_worker", "foreigner_involved",
    "official_killed", "communal", "state_operation",
)  # fmt: skip


def happened(voice: Voice, facts: EventFacts) -> str:
    """« Embuscade contre l’armée malienne, attribuée au Jnim, selon l’armée ; le Jnim dément. »"""
    doers = _doers(facts)
    sayers = _sayers(facts, doers)
    deed = _against(voice, facts.type, doers.targets)
    if "unknown" in doers.stated and not (doers.claimed or doers.named or doers.doubted):
        if facts.type in _REMOTE:
            deed = voice.comma(deed, voice.text("by.nobody_known"))
        else:
            deed = f"{deed} {voice.text('by.unknown')}"
    clauses = []
    if doers.named:
        whom = voice.join(voice.text("by.to", actor=phrases.actor(voice, a)) for a in doers.named)
        e = ending(voice.language, facts.type)
        deed = voice.comma(deed, voice.text("by.attributed", e=e, actors=whom))
    if doers.claimed:
        names = phrases.actors(voice, doers.claimed)
        claim = voice.text("by.claimed", e=ending(voice.language, facts.type), actors=names)
        if sayers.deed:
            # « …, revendiquée par le Jnim, selon les autorités » would say that they say so
            clauses.append(claim)
        else:
            deed = voice.comma(deed, claim)
    if doers.doubted:
        names = phrases.actors(voice, doers.doubted)
        clauses.append(voice.text("by.suspected", actors=names))
    if facts.attribution == "denied" and (doers.named or doers.doubted):
        clauses.append(voice.text("by.denied"))
    if sayers.only_attack:
        names = phrases.speakers(voice, sayers.only_attack)
        clauses.append(voice.text("also_reported", speakers=names))
    if facts.denied_by:
        clauses.append(phrases.denial(voice, facts.denied_by, facts.said_by))
    deed = voice.comma(deed, phrases.according(voice, sayers.deed))
    return sentence(voice, deed, *clauses)


@dataclass(frozen=True, slots=True)
class _Doers:
    """Actor ids by how they are tied to the deed."""

    targets: list[str]
    #: who says that they did it
    claimed: list[str]
    #: who is only suspected
    doubted: list[str]
    #: who is stated to have done it, "unknown" among them
    stated: list[str]

    @property
    def named(self) -> list[str]:
        return [id for id in self.stated if id != "unknown"]


@dataclass(frozen=True, slots=True)
class _Sayers:
    """SPEAKERS by what they say."""

    deed: list[str]
    #: they tell an attack, without the end that the type names
    only_attack: list[str]


def _doers(facts: EventFacts) -> _Doers:
    perpetrators = [a for a in facts.actors if a.role == "perpetrator"]
    claimed = tolls.claimants(facts)
    if not claimed and _own_operation(facts):
        claimed = [a.id for a in perpetrators if a.id != "unknown"]
    others = [a for a in perpetrators if a.id not in claimed]
    doubted = [
        a.id
        for a in others
        if a.id != "unknown" and "suspected" in (a.certainty, facts.attribution)
    ]
    stated = [a.id for a in others if a.id not in doubted]
    targets = list(dict.fromkeys(a.id for a in facts.actors if a.role == "target"))
    if facts.type == "armed_clash":
        # a clash has sides, not an author
        targets, stated = [*targets, *(id for id in stated if id not in targets)], []
    return _Doers(targets, claimed, doubted, stated)


def _sayers(facts: EventFacts, doers: _Doers) -> _Sayers:
    said_by = list(facts.said_by)
    if tolls.claimants(facts):
        said_by = [speaker for speaker in said_by if speaker != "group"]
    elif doers.claimed:
        said_by = [speaker for speaker in said_by if speaker != "army"]
    end_said_by = facts.outcome_said_by
    if (facts.type, facts.outcome) not in _SAID_BY_TYPE or end_said_by not in _WITNESSES:
        return _Sayers(said_by, [])
    rest = [s for s in said_by if s in _WITNESSES and s != end_said_by]
    return _Sayers([end_said_by], rest)


def _against(voice: Voice, type: str, targets: list[str]) -> str:
    if not targets:
        return voice.text(f"type.{type}")
    names = phrases.actors(voice, targets)
    if type == "armed_clash" and len(targets) > 1:
        return voice.text("clash.between", parties=names)
    of_names = voice.join(voice.text("of", actor=phrases.actor(voice, id)) for id in targets)
    return voice.text(f"against.{type}", target=names, of_target=of_names)


def _own_operation(facts: EventFacts) -> bool:
    """An army that announces its own operation claims it, exactly as a group does."""
    return "state_operation" in facts.flags and "army" in facts.said_by


def outcome(voice: Voice, facts: EventFacts) -> str:
    """« Attaque repoussée, selon l’armée. », or nothing."""
    # an attack under way says so in the title
    if facts.outcome in (None, "ongoing") or (facts.type, facts.outcome) in _SAID_BY_TYPE:
        return ""
    said_by = [facts.outcome_said_by] if facts.outcome_said_by else []
    end = voice.text(f"outcome.{facts.outcome}")
    return sentence(voice, voice.comma(end, phrases.according(voice, said_by)))


def sentence(voice: Voice, *clauses: str) -> str:
    """The clauses as one sentence, with its contractions, capital and full stop."""
    text = voice.text("sentence", sentence=voice.chain(clauses))
    return capital(contract(voice.language, text))


def noted(voice: Voice, facts: EventFacts) -> str:
    """« À noter : étrangers touchés », or nothing."""
    flags = [flag for flag in _NOTED_FLAGS if flag in facts.flags]
    if facts.type == "attack_on_civilians" and "civilian_targeting" in flags:
        flags.remove("civilian_targeting")
    if not flags:
        return ""
    return voice.text("flags", flags=", ".join(voice.text(f"flag.{flag}") for flag in flags))
