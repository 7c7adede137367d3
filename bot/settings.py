"""What the operator decides, read from the environment; every mistake is reported at once."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

LANGUAGES = ("fr", "en")
PLATFORMS = ("telegram", "discord", "console")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)?", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")


class SettingsError(ValueError):
    """One or more settings are wrong; `problems` names each with what was expected."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of DESIGN section 6. Durations are seconds."""

    #: secret; empty means that Telegram is off
    telegram_token: str = ""
    #: root address of the Bot API server, without /bot
    telegram_api_url: str = "https://api.telegram.org"
    #: messages a second over all chats of the token
    telegram_rate: float = 28.0
    database_url: str = "sqlite:///data/sahel-alerts.db"
    feeds_file: Path = Path("feeds.yaml")
    #: identities such as "telegram:123"
    moderators: frozenset[str] = frozenset()
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    #: where people may write to the operator; part of the User-Agent
    public_url: str | None = None
    default_language: str = "fr"
    poll_interval_min: float = 60.0
    poll_interval_max: float = 1800.0
    #: hosts or networks that the guard lets through although they are private
    allow_private_hosts: tuple[str, ...] = ()
    #: seconds between two requests to one host; 0 = no spacing
    host_spacing: float = 1.0
    #: items published longer ago are stored, not pushed
    alert_max_age: float = 48 * 3600.0
    log_level: str = "INFO"
    log_format: str = "auto"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read and check everything.

        Raises:
            SettingsError: with one sentence for each wrong variable.
        """
        reader = _Reader(env)
        default = cls()
        listen = reader.read("HTTP_LISTEN", ("127.0.0.1", 8080), _listen)
        low = reader.read("POLL_INTERVAL_MIN", 60.0, _positive_duration)
        high = reader.read("POLL_INTERVAL_MAX", max(1800.0, low), _positive_duration)
        if high < low:
            reader.problems.append(
                f"POLL_INTERVAL_MAX is {high:g} s: expected at least POLL_INTERVAL_MIN "
                f"({low:g} s)."
            )
        settings = cls(
            telegram_token=reader.read("TELEGRAM_TOKEN", "", _telegram_token, secret=True),
            telegram_api_url=reader.read("TELEGRAM_API_URL", default.telegram_api_url, _http_url),
            telegram_rate=reader.read("TELEGRAM_RATE", 28.0, _rate),
            database_url=reader.read(
                "DATABASE_URL", default.database_url, _database_url, secret=True
            ),
            feeds_file=reader.read("FEEDS_FILE", default.feeds_file, Path),
            moderators=reader.read("MODERATORS", frozenset(), _moderators),
            http_host=listen[0],
            http_port=listen[1],
            public_url=reader.read("PUBLIC_URL", None, _http_url),
            default_language=reader.read("DEFAULT_LANGUAGE", "fr", _one_of(*LANGUAGES)),
            poll_interval_min=low,
            poll_interval_max=high,
            allow_private_hosts=reader.read("ALLOW_PRIVATE_HOSTS", (), _hosts),
            host_spacing=reader.read("HOST_SPACING", 1.0, _duration),
            alert_max_age=reader.read("ALERT_MAX_AGE", 48 * 3600.0, _positive_duration),
            log_level=reader.read(
                "LOG_LEVEL", "INFO", _one_of("DEBUG", "INFO", "WARNING", "ERROR")
            ),
            log_format=reader.read("LOG_FORMAT", "auto", _one_of("auto", "text", "json")),
        )
        if env.get("DISCORD_TOKEN") or env.get("DISCORD_TOKEN_FILE"):
            reader.problems.append(
                "DISCORD_TOKEN is set, but this version does not speak Discord yet: remove it."
            )
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings


class _Reader:
    """Reads variables one by one and remembers what was wrong with each."""

    def __init__(self, env: Mapping[str, str]):
        self._env = env
        self.problems: list[str] = []

    def read(self, name: str, default: T, parse: Callable[[str], T], *, secret: bool = False) -> T:
        text = self._env.get(name, "").strip()
        if secret:
            text = self._from_file(name, text)
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as problem:
            # a secret's value stays out of the sentence
            shown = "" if secret else f" is {text!r}"
            self.problems.append(f"{name}{shown}: expected {problem}.")
            return default

    def _from_file(self, name: str, text: str) -> str:
        """Every secret has a `…_FILE` twin, as container platforms mount them."""
        path = self._env.get(f"{name}_FILE", "").strip()
        if not path:
            return text
        if text:
            self.problems.append(f"{name} and {name}_FILE are both set: expected only one.")
            return text
        try:
            return Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not text"
            self.problems.append(
                f"{name}_FILE names {path!r}, which cannot be read ({reason}): "
                "expected a text file that holds the secret."
            )
            return ""


def _duration(text: str) -> float:
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError("a duration such as 90s, 15m, 48h or 7d (a bare number is seconds)")
    return float(match[1]) * _UNITS[(match[2] or "s").lower()]


def _positive_duration(text: str) -> float:
    seconds = _duration(text)
    if seconds <= 0:
        raise ValueError("a duration above zero such as 90s, 15m, 48h or 7d")
    return seconds


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0
    if not 0 < rate <= 1000:
        raise ValueError("messages a second, above 0 and at most 1000")
    return rate


def _telegram_token(text: str) -> str:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{3,}", text):
        raise ValueError("a bot token as BotFather gives it: digits, a colon, letters")
    return text


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    # it goes into a header of every request: urlsplit reads past line breaks, a server does not
    plain = text.isascii() and text.isprintable() and " " not in text
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise ValueError("an address that begins with http:// or https://")
    return text.rstrip("/")


def _database_url(text: str) -> str:
    if not re.fullmatch(r"sqlite:///.+", text):
        raise ValueError(
            "sqlite:///relative/path.db or sqlite:////absolute/path.db (PostgreSQL comes later)"
        )
    return text


def _moderators(text: str) -> frozenset[str]:
    found = frozenset(part.strip() for part in text.split(",") if part.strip())
    for identity in found:
        platform, _, user = identity.partition(":")
        if platform not in PLATFORMS or not user.isascii() or not user.isalnum():
            raise ValueError("platform and user id, separated by commas: telegram:123,telegram:45")
    return found


def _listen(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdigit() or int(port) > 65535:
        raise ValueError("host:port such as 127.0.0.1:8080")
    return host, int(port)


def _hosts(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for host in found:
        try:
            ipaddress.ip_network(host, strict=False)
        except ValueError:
            if "/" in host or not _HOST.fullmatch(host):
                raise ValueError(
                    "hosts or networks separated by commas: 127.0.0.0/8,feeds.local"
                ) from None
    return found


def _one_of(*allowed: str) -> Callable[[str], str]:
    by_fold: dict[str, str] = {value.lower(): value for value in allowed}

    def parse(text: str) -> str:
        if text.lower() not in by_fold:
            raise ValueError(f"one of {', '.join(allowed)}")
        return by_fold[text.lower()]

    return parse


def describe(settings: Settings) -> dict[str, Any]:
    """What may be logged at start: no secret, no moderator."""
    return {
        "telegram": bool(settings.telegram_token),
        "database": settings.database_url.partition(":")[0],
        "feeds_file": str(settings.feeds_file),
        "moderators": len(settings.moderators),
        "http": f"{settings.http_host}:{settings.http_port}",
        "language": settings.default_language,
        "poll": f"{settings.poll_interval_min:g}s..{settings.poll_interval_max:g}s",
    }
