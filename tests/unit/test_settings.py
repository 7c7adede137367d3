"""Settings: every mistake at once, each in one sentence, secrets never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError


def test_nothing_set_is_a_working_console_service() -> None:
    """The defaults are those of docs/operate.md and need no variable."""
    settings = Settings.from_env({})
    assert settings == Settings()
    assert (settings.poll_interval_min, settings.poll_interval_max) == (60.0, 1800.0)
    assert settings.alert_max_age == 172_800.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90.0), ("15m", 900.0), ("48h", 172_800.0), ("7d", 604_800.0), ("2", 2.0)],
)
def test_durations_read_units_and_bare_seconds(text: str, seconds: float) -> None:
    """90s, 15m, 48h, 7d; a bare number is seconds."""
    assert Settings.from_env({"ALERT_MAX_AGE": text}).alert_max_age == seconds


def test_every_mistake_is_reported_at_once() -> None:
    """Three wrong variables are three sentences, each naming its variable."""
    env = {"POLL_INTERVAL_MIN": "soon", "MODERATORS": "bob", "HTTP_LISTEN": "here"}
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(env)
    assert [p.split(" ")[0] for p in caught.value.problems] == [
        "HTTP_LISTEN", "POLL_INTERVAL_MIN", "MODERATORS",
    ]  # fmt: skip


def test_a_wrong_secret_is_named_but_not_shown() -> None:
    """The sentence about TELEGRAM_TOKEN does not hold the token."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"TELEGRAM_TOKEN": "not-a-token-really"})
    assert "TELEGRAM_TOKEN" in str(caught.value)
    assert "not-a-token-really" not in str(caught.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    """TELEGRAM_TOKEN_FILE names a file; its last newline is not part of the token."""
    path = tmp_path / "token"
    path.write_text("123:abcdef\n")
    assert Settings.from_env({"TELEGRAM_TOKEN_FILE": str(path)}).telegram_token == "123:abcdef"


def test_a_secret_given_twice_is_a_mistake(tmp_path: Path) -> None:
    """Both TELEGRAM_TOKEN and its _FILE twin: which one counts must not be guessed."""
    path = tmp_path / "token"
    path.write_text("123:abcdef")
    with pytest.raises(SettingsError, match="expected only one"):
        Settings.from_env({"TELEGRAM_TOKEN": "1:abc", "TELEGRAM_TOKEN_FILE": str(path)})


def test_a_missing_secret_file_is_one_sentence(tmp_path: Path) -> None:
    """An unreadable file is named with the reason."""
    with pytest.raises(SettingsError, match=r"TELEGRAM_TOKEN_FILE.*cannot be read"):
        Settings.from_env({"TELEGRAM_TOKEN_FILE": str(tmp_path / "none")})


def test_the_longest_interval_is_not_below_the_shortest() -> None:
    """MAX below MIN is a mistake; a large MIN alone lifts the default MAX."""
    with pytest.raises(SettingsError, match="POLL_INTERVAL_MAX"):
        Settings.from_env({"POLL_INTERVAL_MIN": "60", "POLL_INTERVAL_MAX": "10"})
    assert Settings.from_env({"POLL_INTERVAL_MIN": "2h"}).poll_interval_max == 7200.0


@pytest.mark.parametrize("value", ["127.0.0.0/8,feeds.local", "10.0.0.1", "::1"])
def test_private_hosts_are_hosts_or_networks(value: str) -> None:
    """ALLOW_PRIVATE_HOSTS takes names, addresses and networks."""
    assert Settings.from_env({"ALLOW_PRIVATE_HOSTS": value}).allow_private_hosts == tuple(
        value.split(",")
    )


@pytest.mark.parametrize("value", ["http://x", "10.0.0.0/99", "a b"])
def test_private_hosts_refuse_what_is_neither(value: str) -> None:
    """A URL or a broken network is one sentence."""
    with pytest.raises(SettingsError, match="ALLOW_PRIVATE_HOSTS"):
        Settings.from_env({"ALLOW_PRIVATE_HOSTS": value})


@pytest.mark.parametrize(
    "value",
    [
        "alerts.example",
        "https://",
        "https://a.example/\r\nX-Evil: 1",
        "https://a b.example",
        "https://é.example",
    ],
)
def test_the_public_address_can_stand_in_a_header(value: str) -> None:
    """Every site we ask sees it as our contact; a line break in it would fail every request."""
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        Settings.from_env({"PUBLIC_URL": value})
