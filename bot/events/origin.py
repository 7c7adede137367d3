"""Where a text really comes from: most sites of the region republish a few agencies."""

from __future__ import annotations

import re

#: Shown name, how texts credit it, and whether the letters alone mean something else elsewhere
#: (ANP is also Algeria's army, AA a road), so that only a byline or a bracket counts.
_AGENCIES: tuple[tuple[str, str, bool], ...] = (
    ("AFP", r"AFP|Agence France[- ]Presse", False),
    ("Reuters", r"Reuters", False),
    ("AP", r"AP|Associated Press", True),
    ("RFI", r"RFI|Radio France [Ii]nternationale", False),
    ("France 24", r"France ?24", False),
    ("BBC", r"BBC(?: News| Afrique)?", False),
    ("VOA", r"VOA|Voice of America", False),
    ("DW", r"DW|Deutsche Welle", True),
    ("Al Jazeera", r"Al[- ]Jazeera", False),
    ("Jeune Afrique", r"Jeune Afrique", False),
    ("APA", r"APA(?:news|news)?|Agence de [Pp]resse [Aa]fricaine", True),
    ("PANA", r"PANA|Panapress", True),
    ("Xinhua", r"Xinhua|Chine nouvelle", False),
    ("Anadolu", r"Anadolu|AA", True),
    ("TASS", r"TASS", False),
    ("Sputnik", r"Sputnik", False),
    ("EFE", r"EFE", True),
    ("dpa", r"dpa|DPA", True),
    ("AMAP", r"AMAP", False),
    ("AIB", r"AIB|Agence d['’]information du Burkina", True),
    ("ANP", r"ANP|Agence nigérienne de presse", True),
    ("APS", r"APS", True),
    ("ABP", r"ABP", True),
    ("ATOP", r"ATOP", True),
    ("AIP", r"AIP", True),
    ("NAN", r"NAN|News Agency of Nigeria", True),
)

_ANY = "|".join(f"(?P<a{i}>{forms})" for i, (_, forms, _) in enumerate(_AGENCIES))
_CLEAR = "|".join(
    f"(?P<a{i}>{forms})" for i, (_, forms, ambiguous) in enumerate(_AGENCIES) if not ambiguous
)
#: "(AFP)", "(avec AFP)", "© AFP", "[Reuters]": somebody signs
_BYLINE = re.compile(
    rf"(?:[(\[]\s*(?:[Aa]vec |[Ss]ources? ?: ?|[Ww]ith )?|©\s?|[Ss]ources? ?: ?)(?:{_ANY})\b"
)
#: "/TASS/", "BAMAKO, 3 juin (Xinhua) --", "Reuters - ": a dateline
_DATELINE = re.compile(rf"(?:/(?:{_ANY})/)|(?:^(?:{_ANY.replace('(?P<a', '(?P<b')})\s+[-–—:])")
#: « selon RFI », « a déclaré à l'AFP », "told Reuters", "according to AFP"
_CREDIT = re.compile(
    r"(?:\b(?:[Ss]elon|[Dd]['’]après|[Aa]vec|[Rr]apport(?:e|ent|é par)|[Aa]ccording to|[Vv]ia"
    r"|told|to|cité par|joint par|consult\w+ par|à l['’]|à|par|de l['’])\s*"
    rf"(?:l['’]|la |le |the )?)(?:{_CLEAR})\b"
)


def credited(title: str, summary: str) -> str | None:
    """The agency or outlet that an item's own text names as its origin; None when it names none.

    A signature wins over a citation, the title over the summary.
    """
    for pattern in (_BYLINE, _DATELINE, _CREDIT):
        for text in (title, summary):
            if found := pattern.search(text):
                return _name(found)
    return None


def origin_of(title: str, summary: str, *, feed_origin: str | None, feed_name: str) -> str:
    """What independence is counted by: the credited origin, else the feed's, else the feed."""
    return credited(title, summary) or feed_origin or feed_name


def _name(found: re.Match[str]) -> str:
    for group, text in found.groupdict().items():
        if text is not None:
            return _AGENCIES[int(group[1:])][0]
    raise AssertionError("an agency pattern matched without an agency")
