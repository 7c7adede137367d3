"""Scores what reports say against annotated facts, by the rules of FACTS.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.detect.gazetteer import distance_km
from bot.detect.report import Detection, Report, Toll

_NEAR_KM = 25.0
_LOOSE = frozenset({"vague", "range"})


@dataclass(slots=True)
class Facts:
    reports: int = 0
    matched: int = 0
    splits: int = 0
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)
    severe: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def add(self, name: str, right: bool, where: str) -> None:
        hits, total = self.fields.get(name, (0, 0))
        self.fields[name] = (hits + right, total + 1)
        if not right:
            self.errors.append(f"{name}: {where}")

    def fault(self, name: str, where: str) -> None:
        self.severe[name] = self.severe.get(name, 0) + 1
        self.errors.append(f"!! {name}: {where}")


def score_facts(
    wanted: Mapping[str, Sequence[Mapping[str, Any]]], found: Mapping[str, Detection]
) -> Facts:
    facts = Facts()
    for identifier, reports in wanted.items():
        left = list(found[identifier].pushable)
        for want in reports:
            facts.reports += 1
            same = [report for report in left if report.kind == want["kind"]]
            if not same:
                continue
            got = max(same, key=lambda report: _closeness(want, report))
            left.remove(got)
            facts.matched += 1
            _score_one(facts, want, got, identifier)
        kinds = {want["kind"] for want in reports}
        facts.splits += sum(report.kind in kinds for report in left)
    facts.fields = dict(sorted(facts.fields.items()))
    return facts


def _closeness(want: Mapping[str, Any], got: Report) -> float:
    killed = got.headline_killed
    return (
        2.0 * (got.type in _types(want))
        + 1.5 * _place_right(want, got)
        + (want.get("killed", {}).get("min") == (killed.min if killed else None))
    )


def _types(want: Mapping[str, Any]) -> set[str]:
    return {want["type"], *want.get("type_alternatives", ())}


def _score_one(facts: Facts, want: Mapping[str, Any], got: Report, identifier: str) -> None:
    kind = want["kind"]
    unsure = set(want.get("uncertain") or ())

    def check(name: str, right: bool, told: object) -> None:
        if name.split()[0] not in unsure:
            facts.add(f"{kind} {name}", right, f"{identifier} wanted {told}")

    check("type", got.type in _types(want), f"{_types(want)} got {got.type}")
    check("type (strict)", got.type == want["type"], f"{want['type']} got {got.type}")
    _score_date(check, facts, want, got, identifier, unsure)
    optional = set(want.get("countries_optional") or ())
    countries = set(got.countries) - optional
    check("country", countries == set(want["countries"]) - optional,
          f"{want['countries']} got {got.countries}")  # fmt: skip
    if want.get("by"):
        told = {"official": "army"}.get(str(got.said_by), got.said_by)
        check("by", told == {"official": "army"}.get(want["by"], want["by"]),
              f"{want['by']} got {got.said_by}")  # fmt: skip
    if kind == "alliance":
        if want.get("stage"):
            stages = {want["stage"], *(want.get("stage_alternatives") or ())}
            check("stage", got.stage in stages, f"{stages} got {got.stage}")
        return
    if want.get("lat") is not None:
        check("place within 25 km", _place_right(want, got),
              f"{want['place']} got {[p.name for p in got.places]}")  # fmt: skip
        if not _place_right(want, got) and got.places and got.places[0].precision == 1:
            facts.fault("pin confidently wrong", f"{identifier} {want['place']} {got.places[0]}")
    for who in ("killed", "wounded", "abducted"):
        _score_toll(check, facts, want, got, who, identifier, unsure)
    wanted_doers = {frozenset(want["perpetrators"])}
    if want.get("perpetrator_alternatives"):
        wanted_doers |= {frozenset([one]) for one in want["perpetrator_alternatives"]}
    doers = frozenset(actor.id for actor in got.actors if actor.role == "perpetrator")
    check("perpetrators", doers in wanted_doers, f"{want['perpetrators']} got {set(doers)}")
    if want["perpetrators"] == ["unknown"] and doers not in wanted_doers:
        facts.fault("unknown made a named group", f"{identifier} {set(doers)}")


def _place_right(want: Mapping[str, Any], got: Report) -> bool:
    points = [want, *(want.get("other_places") or ())]
    pins = [place for place in got.places if place.precision <= 2]
    return any(
        point.get("lat") is not None and place.lat is not None and place.lon is not None
        and distance_km(point["lat"], point["lon"], place.lat, place.lon) <= _NEAR_KM
        for point in points for place in pins[:1]
    )  # fmt: skip


def _score_date(check: Any, facts: Facts, want: Mapping[str, Any], got: Report, identifier: str,
                unsure: set[str]) -> None:  # fmt: skip
    days = {want.get("date"), *(want.get("date_alternatives") or ())} - {None}
    if want.get("date"):
        inside = got.date is not None and (
            got.date in days or want["date"] <= got.date <= (want.get("date_end") or want["date"])
        )
        check("date", inside and got.date_precision == 1,
              f"{want['date']} got {got.date} ({got.date_precision})")  # fmt: skip
    elif "date" not in unsure and got.date and got.date_precision == 1 and got.date not in days:
        facts.fault("day claimed where none is known", f"{identifier} {got.date}")


def _score_toll(check: Any, facts: Facts, want: Mapping[str, Any], got: Report, who: str,
                identifier: str, unsure: set[str]) -> None:  # fmt: skip
    wanted = want[who]
    toll = next((t for t in got.tolls if t.who == who and t.group is None), None)
    if wanted["status"] is None:
        if toll is not None and who not in unsure:
            facts.fault(f"false toll of {who}", f"{identifier} {toll}")
        return
    group = "counted" if wanted["status"] in ("exact", "at_least") else "vague"
    check(f"{who} {group}", toll is not None and toll_right(wanted, toll),
          f"{wanted} got {toll}")  # fmt: skip


def toll_right(wanted: Mapping[str, Any], toll: Toll) -> bool:
    """FACTS: a figure is right by its least number, a vague one by its class and an overlap."""
    if wanted["status"] in ("exact", "at_least"):
        return toll.min in (wanted["min"], wanted["min"] - (wanted["status"] == "at_least"))
    same = toll.status == wanted["status"] or {toll.status, wanted["status"]} <= _LOOSE
    low, high = wanted["min"] or 0, wanted["max"] or 10**9
    return same and (toll.min or 0) <= high and (toll.max or 10**9) >= low
