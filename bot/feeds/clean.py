"""An item's words without what its website hung on them: footers, tails, publisher names."""

from __future__ import annotations

import re

from bot.detect.text import plain

#: title and a short summary are a quotation; a whole article is its publisher's
SUMMARY_CHARS = 1_000
TITLE_CHARS = 300
#: longer markup is cut before anything looks at it: the summary needs the beginning only
_MARKUP_CHARS = 40_000

#: SPIP appends the section and the tags as links (feedsamples oddity 24)
_SECTION_LINK = re.compile(
    r"[-–/,|]\s{0,20}<a\b[^>]{0,300}\brel=[\"']?(?:directory|tag)\b[^>]{0,300}>.{0,200}?</a>",
    re.IGNORECASE | re.DOTALL,
)
_FOOTERS = re.compile(
    r"\s*(?:"
    r"(?:L['’]article|Cet article|Le (?:post|billet))\b.{0,400}?\b(?:est apparu|apparaît)"
    r" en premier sur\b.*"
    r"|The post\b.{0,400}?\b(?:appeared first on|first appeared on)\b.*"
    r"|Mali ?Actu\s*[-–|]\s*maliactu\.net\b.*"
    r"|(?:Lire la suite|Lire l['’]article|En savoir plus|Continue reading|Read more)\b.{0,300}"
    r")$",
    re.IGNORECASE | re.DOTALL,
)
#: what every footer holds, in small letters, and most texts do not
_FOOTER_SIGNS = (
    "premier sur", "first", "maliactu", "lire l", "savoir plus", "continue reading", "read more",
)  # fmt: skip
_ELLIPSIS_CHARS = 12
_ELLIPSIS = re.compile(r"([.!?…]?)\s*(?:\[\s*(?:…|\.{3})\s*\]?|\(\s*(?:…|\.{3})\s*\))\s*$")
#: windows-1252 bytes that were taken for Latin-1; NUL, which no database takes
_BYTES = {
    code: bytes([code]).decode("cp1252", "replace").replace("�", "") for code in range(128, 160)
} | {0: ""}
_ODD_BYTES = re.compile("[\0\x80-\x9f]")


def title(markup: str, publisher: str | None = None) -> str:
    """The headline on one line, without ` - Publisher` when a publisher is given."""
    text = " ".join(plain(_repaired(markup)).split())
    if publisher:
        text = _without_publisher(text, publisher)
    return shorten(_without_ellipsis(text), TITLE_CHARS)


def summary(markup: str) -> str:
    """The beginning of the text, at most SUMMARY_CHARS long, without footers."""
    text = plain(_SECTION_LINK.sub("", _repaired(markup[:_MARKUP_CHARS])))
    small = text.lower()
    if any(sign in small for sign in _FOOTER_SIGNS):
        text = _FOOTERS.sub("", text)
    return shorten(_without_ellipsis(text).strip(), SUMMARY_CHARS)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut between two words, with an ellipsis where it was cut."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    cut = cut[:space] if space > limit // 2 else cut[:-1]
    return cut.rstrip(" \n,;:–-") + "…"


def _repaired(markup: str) -> str:
    return markup.translate(_BYTES) if _ODD_BYTES.search(markup) else markup


def _without_ellipsis(text: str) -> str:
    """« […] » at the end says that the text goes on: so does « … », and a full stop before it."""
    end = text[-_ELLIPSIS_CHARS:]
    return _ELLIPSIS.sub(_ended, text) if "[" in end or "(" in end else text


def _ended(match: re.Match[str]) -> str:
    return match[1] or "…"


def _without_publisher(text: str, publisher: str) -> str:
    """Google News writes `Headline - Publisher`, sometimes with a section in between."""
    name = " ".join(plain(publisher).split())
    head, dash, tail = text.rpartition(" - ")
    if dash and head and (tail == name or tail.endswith(name) or name.endswith(tail)):
        return head
    return text
