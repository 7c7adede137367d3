"""The parameters of one Bot API call, whichever of the three encodings they came in."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .errors import bad_request


class Params:
    """Typed access; everything may arrive as text, objects as JSON within text."""

    def __init__(self, values: Mapping[str, Any]):
        self.values = dict(values)

    @classmethod
    async def of(cls, request: web.Request) -> Params:
        """Read query string and body.

        Raises:
            ApiError: when a JSON body is none.
        """
        values: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            raw = await request.read()
            try:
                body = json.loads(raw) if raw else {}
            except ValueError:
                raise bad_request("can't parse JSON object") from None
            if not isinstance(body, dict):
                raise bad_request("can't parse JSON object")
            values |= body
        elif request.can_read_body:
            # urlencoded and multipart/form-data
            form = await request.post()
            values |= {key: _text(value) for key, value in form.items()}
        return cls(values)

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return None if value is None else str(value)

    def integer(self, name: str, default: int | None = None) -> int | None:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"{name} must be an Integer") from None

    def number(self, name: str, default: float) -> float:
        try:
            return float(self.values.get(name, default))
        except (TypeError, ValueError):
            raise bad_request(f"{name} must be a Number") from None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes", "t", "y")

    def object(self, name: str) -> Any:
        """A nested value: an object of a JSON body, or JSON within a form's text."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def shown(self) -> dict[str, Any]:
        """For the request log: nested JSON opened."""
        shown = {}
        for name, value in self.values.items():
            if isinstance(value, str) and value[:1] in ("{", "["):
                with contextlib.suppress(ValueError):
                    value = json.loads(value)
            shown[name] = value
        return shown


def _text(value: Any) -> str:
    return value if isinstance(value, str) else f"<file {value.filename}>"
