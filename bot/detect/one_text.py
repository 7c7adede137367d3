"""Title and summary as one text."""

from __future__ import annotations

import re
from bisect import bisect_left

from bot.detect.report import Item
from bot.detect.text import Doc, fold_word, told

_WORD = re.compile(r"\w+")
#: « Burkina Faso : … »
_TOPIC_WORDS = 3


def one_text(item: Item) -> tuple[Doc, int]:
    """Title and summary, without a title that the summary only repeats, and where the title ends.

    « Mali : … » before words that the summary repeats stays as the topic.
    """
    title, summary = told(item.title), told(item.summary)
    if not summary:
        doc = Doc(title)
        return doc, len(doc)
    if _repeats(summary, title):
        return Doc(summary), 0
    topic, _, rest = title.partition(":")
    if len(topic.split()) <= _TOPIC_WORDS and rest.strip() and _repeats(summary, rest.strip()):
        return Doc(f"{topic.strip()} : {summary}"), 0
    doc = Doc(f"{title}\n{summary}")
    end = doc.original.find("\n") if "\n" not in title else -1
    return doc, bisect_left(doc.starts, end) if end >= 0 else len(Doc(title))


def _repeats(summary: str, title: str) -> bool:
    """Whether a summary begins with all the words of the title."""
    head = _WORD.findall(title.rstrip(" .…"))
    until = len(title) + 20
    first = _WORD.search(summary, 0, until)
    if not head or first is None or fold_word(first[0]) != fold_word(head[0]):
        return False
    start = _WORD.findall(summary, 0, until)[: len(head)]
    return [fold_word(word) for word in start] == [fold_word(word) for word in head]
