"""What is wrong with a list of feeds: English for the command line, a key for people in chats."""

from __future__ import annotations

from typing import Any, Self

#: one sentence for each key, without its place; the catalogues hold `mistake.<key>`
MISTAKES = {
    # of the whole list
    "too_large": "expected at most {size} KiB",
    "doctype": "has a DOCTYPE, expected OPML without one",
    "no_xml": "cannot be read as XML ({detail})",
    "no_opml": "begins with <{found}>, expected <opml>",
    "no_yaml": "line {line}: {detail}",
    "key_twice": "line {line}: {found} stands twice in one entry: expected `-` before each feed",
    "too_deep": "is nested too deeply",
    "no_list": "expected a list, one `- url: …` for each feed",
    # of one entry
    "no_mapping": "is {found}, expected keys such as url and name",
    "empty": "is empty, expected keys such as url and name",
    "unknown_key": "{found} is no key, expected {keys}",
    "url_missing": "url is missing, expected the address of the feed",
    "url": "url is {found}, expected an address that begins with http:// or https://",
    "twin": "url is already that of entry {other}",
    "text": "{field} is {found}, expected a short text",
    "language": "language is {found}, expected a code of lower-case letters such as fr or en",
    "language_no": "language is {found}, expected a code of lower-case letters such as fr or en"
    ' ("NO" needs its quotes)',
    "countries": "countries is {found}, expected a list of ISO codes such as [ML, BF]",
    "countries_no": "countries is {found}, expected a list of ISO codes such as [ML, BF]"
    ' ("NO" needs its quotes)',
    "reliability": "reliability is {found}, expected one letter from A (reliable) to F"
    " (cannot be judged)",
    "flag": "{field} is {found}, expected true or false",
}


class Mistake(str):
    """A sentence for the command line that still knows its key, parameters and place."""

    key: str
    params: dict[str, Any]
    #: of the entry in its list, from 1; None when the list as a whole is wrong
    number: int | None
    #: what people know the entry by; may be empty
    label: str

    def __new__(
        cls, file: str, key: str, *, number: int | None = None, label: str = "", **params: Any
    ) -> Self:
        """Raises KeyError for a key that MISTAKES does not have."""
        place = file if number is None else f"{file}, entry {number}"
        place += f" ({label})" if label else ""
        mistake = super().__new__(cls, f"{place}: {MISTAKES[key].format(**params)}.")
        mistake.key, mistake.params = key, params
        mistake.number, mistake.label = number, label
        return mistake
