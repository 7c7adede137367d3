"""Logs hold no token, whatever prints it."""

from __future__ import annotations

import subprocess
import sys

from bot.log import Redactor

TOKEN = "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0"


def test_a_token_is_blanked_wherever_it_stands() -> None:
    """In a text, in an address, in a list, in an object's repr."""

    class Bot:
        def __repr__(self) -> str:
            return f"Bot[token={TOKEN}]"

    event = {
        "event": f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
        "list": [TOKEN],
        "object": Bot(),
        "n": 3,
    }
    cleaned = Redactor()(None, "info", event)
    assert TOKEN.partition(":")[2] not in str(cleaned)
    assert cleaned["n"] == 3


def test_known_secrets_and_passwords_in_addresses_are_blanked() -> None:
    """A secret of another shape is blanked because it is known; user:password@ always."""
    redact = Redactor(("opensesame",))
    cleaned = redact(None, "info", {"event": "opensesame", "url": "https://a:b@host/x"})
    assert cleaned == {"event": "…", "url": "https://…@host/x"}


def test_a_traceback_and_a_library_s_line_are_blanked_too() -> None:
    """What really reaches standard error, through the standard logging of a library."""
    program = f"""
import logging
from bot import log
log.configure("DEBUG", "json")
try:
    raise ValueError("cannot reach https://api/bot{TOKEN}/getMe")
except ValueError:
    logging.getLogger("some.library").exception("failed with {TOKEN}")
import structlog
structlog.get_logger().info("sent", url="bot{TOKEN}")
logging.getLogger("httpx").info("HTTP Request: bot{TOKEN}")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "cannot reach" in done.stderr
    assert "HTTP Request" not in done.stderr
    assert TOKEN.partition(":")[2] not in done.stderr
