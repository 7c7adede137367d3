"""How old a day may be at publication and still be news."""

from __future__ import annotations

from bot.detect.reading import Reading
from bot.detect.time_reader import DateMention

#: older than this at publication is no news (the guideline's fortnight, and late feeds)
_FRESH_DAYS = 31
#: days that a coarse publication date may hide
SLACK_DAYS = {"time": 0, "day": 0, "month": 31, "year": 366}


def is_old(reading: Reading, day: DateMention | None) -> bool:
    """Whether the day of a happening lies more than a month before publication."""
    published = reading.item.published
    if published is None or day is None or day.date is None:
        return False
    slack = SLACK_DAYS[reading.item.published_precision]
    return (published.date() - day.date).days > _FRESH_DAYS + slack
