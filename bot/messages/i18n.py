"""The catalogues: every sentence by its key, with the plurals, dates and numbers of a language."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from gettext import GNUTranslations
from pathlib import Path
from typing import Any, Self

import structlog
from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

log = structlog.get_logger()

#: language of a chat → locale of its dates and numbers (British: the day comes first)
LOCALES = {"fr": "fr", "en": "en_GB"}
LANGUAGES = tuple(LOCALES)
#: the language that every other one falls back to
FIRST = "fr"

#: seconds that nobody counts
_JUST_NOW = 10.0
_FOLDER = Path(__file__).parent / "locales"
_FRENCH_SPACES = re.compile(r" (?=[:;!?»])|(?<=«) ")


class MissingText(KeyError):
    """No catalogue has this key; only raised by a strict catalogue, as the tests use."""


@dataclass(frozen=True)
class _Language:
    locale: Locale
    translations: GNUTranslations
    #: key → whether it has plural forms
    keys: Mapping[str, bool]


class Catalogue:
    """All sentences in all languages, read once at start."""

    def __init__(self, languages: Mapping[str, _Language], *, strict: bool):
        self._languages = languages
        self._strict = strict

    @classmethod
    def load(cls, *, strict: bool = False) -> Self:
        """Read the catalogues of the package.

        `strict` makes a missing key or parameter an error; without it a reader gets the next
        best sentence and the log says what is missing.
        """
        return cls({language: _read(language) for language in LANGUAGES}, strict=strict)

    def known(self, language: str | None, default: str = FIRST) -> str:
        """The language to speak: this one if we do ("fr-ML" counts as "fr"), else `default`."""
        short = (language or "").replace("_", "-").partition("-")[0].lower()
        return short if short in self._languages else default

    def voice(self, language: str) -> Voice:
        return Voice(self, self.known(language))

    def has(self, key: str) -> bool:
        return key in self._languages[FIRST].keys

    def locale(self, language: str) -> Locale:
        return self._languages[self.known(language)].locale

    def text(
        self,
        language: str,
        key: str,
        params: Mapping[str, Any] | None = None,
        n: int | None = None,
    ) -> str:
        """The sentence `key` in `language`; `n` chooses the plural and fills {n}.

        Raises:
            MissingText, KeyError: a key or parameter is missing, in a strict catalogue.
        """
        language = self.known(language)
        template = self._template(language, key, n)
        values = dict(params or {})
        if n is not None:
            values.setdefault("n", n)
        shown = {name: self._shown(language, value) for name, value in values.items()}
        return template.format_map(shown if self._strict else _Lenient(shown, key))

    def number(self, language: str, value: float) -> str:
        return str(format_decimal(value, locale=self.locale(language)))

    def _shown(self, language: str, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.number(language, value)
        return value

    def _template(self, language: str, key: str, n: int | None) -> str:
        for spoken in (language, FIRST):
            found = self._languages[spoken]
            plural = found.keys.get(key)
            if plural is None:
                if self._strict:
                    raise MissingText(f"{spoken}: {key}")
                log.error("messages.key_missing", key=key, language=spoken)
                continue
            if plural:
                return found.translations.ngettext(key, key, 1 if n is None else abs(n))
            return found.translations.gettext(key)
        return key


@dataclass(frozen=True, slots=True)
class Voice:
    """A catalogue that speaks one language."""

    catalogue: Catalogue
    language: str

    def text(self, key: str, *, n: int | None = None, **params: Any) -> str:
        return self.catalogue.text(self.language, key, params, n)

    def has(self, key: str) -> bool:
        return self.catalogue.has(key)

    def number(self, value: float) -> str:
        return self.catalogue.number(self.language, value)

    def join(self, items: Iterable[str]) -> str:
        """« a, b et c »."""
        return str(format_list(list(items), locale=self._locale))

    def comma(self, *clauses: str) -> str:
        """« a, b », without those that are empty."""
        said = [clause for clause in clauses if clause]
        return reduce(lambda one, two: self.text("list.comma", first=one, second=two), said)

    def chain(self, clauses: Iterable[str]) -> str:
        """« a ; b ; c »: clauses that have commas of their own."""
        return reduce(lambda one, two: self.text("list.chain", first=one, second=two), clauses)

    def day(self, day: date) -> str:
        """« dim. 17 sept. 2023 »."""
        key = "date.day_first" if day.day == 1 else "date.day"
        return str(format_date(day, self.text(key), locale=self._locale))

    def month(self, day: date) -> str:
        """« septembre 2023 »."""
        return str(format_date(day, self.text("date.month"), locale=self._locale))

    def short_day(self, day: date) -> str:
        """« 17 sept. 2023 », where the weekday says nothing."""
        key = "date.short_first" if day.day == 1 else "date.short"
        return str(format_date(day, self.text(key), locale=self._locale))

    def day_month(self, day: date) -> str:
        """« 31 janv. »."""
        return str(format_date(day, self.text("date.day_month"), locale=self._locale))

    def day_number(self, day: date) -> str:
        return self.text("date.first_of_month") if day.day == 1 else str(day.day)

    def ago(self, seconds: float) -> str:
        """« il y a 5 minutes »; negative seconds lie ahead: « dans 5 minutes »."""
        if abs(seconds) < _JUST_NOW:
            return self.text("date.now")
        delta = timedelta(seconds=-round(seconds))
        return str(format_timedelta(delta, add_direction=True, locale=self._locale))

    def span(self, seconds: float) -> str:
        """« 5 minutes »."""
        return str(format_timedelta(timedelta(seconds=round(seconds)), locale=self._locale))

    def country(self, code: str) -> str:
        return str(self._locale.territories.get(code, code))

    def language_name(self, code: str) -> str:
        return str(self._locale.languages.get(code, code))

    @property
    def _locale(self) -> Locale:
        return self.catalogue.locale(self.language)


class _Lenient(dict[str, Any]):
    """Leaves « … » where a parameter is missing: a sentence with a gap beats none."""

    def __init__(self, values: Mapping[str, Any], key: str):
        super().__init__(values)
        self._key = key

    def __missing__(self, name: str) -> str:
        log.error("messages.parameter_missing", key=self._key, parameter=name)
        return "…"


def _read(language: str) -> _Language:
    path = _FOLDER / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    keys: dict[str, bool] = {}
    for message in catalog:
        if not message.id:
            continue
        plural = not isinstance(message.id, str)
        keys[message.id[0] if plural else str(message.id)] = plural
        if language == "fr":
            forms = message.string or ""
            strings = (forms,) if isinstance(forms, str) else forms
            spaced = tuple(_FRENCH_SPACES.sub("\u00a0", text) for text in strings)
            message.string = spaced if plural else spaced[0]
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return _Language(Locale.parse(LOCALES[language]), GNUTranslations(compiled), keys)
