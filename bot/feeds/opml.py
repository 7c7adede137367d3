"""OPML, the list that feed readers exchange, as plain mappings; no XML entity is ever resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# a DOCTYPE is refused before parsing, so that there are no entities to expand or to fetch
from xml.etree import ElementTree

#: our keys that OPML has no attribute for live in a namespace of their own
_OURS = "{urn:sahel-alerts:feeds}"
_FLAGS = ("state_media", "paused")
_TEXTS = ("kind", "reliability", "origin")
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class OpmlError(ValueError):
    """The text is no OPML that we read: a key of `mistake.MISTAKES` and its parameters."""

    def __init__(self, key: str, **params: Any):
        super().__init__(key)
        self.key = key
        self.params = params


def load(text: str) -> Iterator[dict[str, Any]]:
    """The outlines with an `xmlUrl`, in order, whatever folders they lie in.

    Raises:
        OpmlError: for what is not OPML, and for any DOCTYPE: entities are how XML files read
            other files and grow without limit.
    """
    if _DOCTYPE.search(text):
        raise OpmlError("doctype")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no DOCTYPE, no entities
    except (ElementTree.ParseError, ValueError) as error:
        raise OpmlError("no_xml", detail=str(error)) from error
    if root.tag != "opml":
        raise OpmlError("no_opml", found=root.tag[:40])
    seen = set()
    for outline in root.iter("outline"):
        attributes = {name.lower(): value for name, value in outline.attrib.items()}
        url = attributes.get("xmlurl", "").strip()
        # feed readers list one feed under several folders
        if url and url not in seen:
            seen.add(url)
            yield _row(url, attributes)


def dump(rows: Sequence[Mapping[str, Any]]) -> str:
    """OPML 2.0 that `load` reads back equal and any feed reader understands."""
    ElementTree.register_namespace("sahel", _OURS.strip("{}"))
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = "sahel-alerts"
    body = ElementTree.SubElement(root, "body")
    for row in rows:
        attributes = {
            "type": "rss",
            "text": row["name"],
            "title": row["name"],
            "xmlUrl": row["url"],
            "language": row["language"],
            f"{_OURS}countries": ",".join(row["countries"]),
        }
        attributes |= {f"{_OURS}{key}": row[key] for key in _TEXTS if key in row}
        attributes |= {f"{_OURS}{key}": "true" for key in _FLAGS if row.get(key)}
        ElementTree.SubElement(body, "outline", attributes)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _row(url: str, attributes: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {"url": url}
    name = attributes.get("text") or attributes.get("title")
    if name:
        row["name"] = name[:200]
    # other readers write "en-us" or "unknown" here: only what we understand is taken
    language = attributes.get("language", "").lower().partition("-")[0]
    if re.fullmatch(r"[a-z]{2,3}", language):
        row["language"] = language
    countries = attributes.get(f"{_OURS}countries")
    if countries is not None:
        row["countries"] = [code for code in countries.split(",") if code]
    for key in (*_TEXTS, *_FLAGS):
        value = attributes.get(f"{_OURS}{key}")
        if value is not None:
            row[key] = value == "true" if key in _FLAGS else value
    return row
