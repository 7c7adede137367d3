"""The HTTP side: `/bot<token>/<method>` for bots, `/_test/<verb>` for tests."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import time
from typing import Any

from aiohttp import web
from telegram.constants import PollingLimit

from .control import Control
from .errors import (
    CONFLICT_POLL,
    CONFLICT_WEBHOOK,
    ApiError,
    ControlError,
    default_description,
)
from .faults import Fault, Faults
from .floods import Floods
from .methods import Methods
from .params import Params
from .world import World

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{3,}")
#: Telegram holds a poll for at most this long
_MAX_POLL = 50


class Server:
    def __init__(self) -> None:
        #: counts polls; a poll that is no longer the latest has lost to another
        self._poll = 0
        self._begin()

    def _begin(self) -> None:
        """A new, empty world."""
        self.world = World()
        self._floods = Floods(time.monotonic)
        self._faults = Faults()
        self._revoked: set[str] = set()
        self._methods = Methods(self.world, self._floods)
        self._control = Control(self.world, self._floods, self._faults, self._revoked)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=50 * 1024**2)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_route("*", "/_test/{verb}", self._test)
        return app

    async def _test(self, request: web.Request) -> web.Response:
        raw = await request.read()
        verb = request.match_info["verb"]
        if verb == "reset":
            self._poll += 1
            self.world.stir()
            self._begin()
            return web.json_response(True)
        try:
            answer = self._control.find(verb)(json.loads(raw or b"{}"))
            if inspect.isawaitable(answer):
                answer = await answer
        except (ControlError, KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response(answer)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        entry: dict[str, Any] = {"at": time.time(), "method": method, "params": {}, "fault": None}
        self._control.requests.append(entry)
        try:
            params = await Params.of(request)
            entry["params"] = params.shown()
            self._check_token(request.match_info["token"])
            fault = self._faults.next(method, params.text("chat_id"))
            if fault:
                entry["fault"] = fault.kind
                broken = await self._before(fault, request)
                if broken is not None:
                    entry["status"] = broken.status
                    return broken
            result = await self._answer(method, params)
        except ApiError as error:
            entry["status"] = error.code
            return web.json_response(error.body(), status=error.code)
        entry["status"] = 200
        if fault and fault.kind == "lost_answer":
            await asyncio.sleep(fault.seconds)
            return _drop(request)
        return web.json_response({"ok": True, "result": result})

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        if token in self._revoked:
            raise ApiError(401, "Unauthorized")

    async def _before(self, fault: Fault, request: web.Request) -> web.Response | None:
        """What the fault does before the request is processed; None lets it pass."""
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "status":
            words = fault.description or default_description(fault.status, fault.retry_after)
            parameters = {"retry_after": fault.retry_after} if fault.retry_after else {}
            raise ApiError(fault.status, words, **parameters)
        elif fault.kind == "html502":
            page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        elif fault.kind == "reset":
            return _drop(request)
        return None

    async def _answer(self, method: str, params: Params) -> Any:
        if method.lower() == "getupdates":
            return await self._get_updates(params)
        function = self._methods.find(method)
        if function is None:
            raise ApiError(404, "Not Found: method not found")
        return function(self._methods, params)

    async def _get_updates(self, params: Params) -> list[dict[str, Any]]:
        """Long polling: a new poll ends the one that waits, as Telegram does."""
        world = self.world
        if world.webhook_url:
            raise ApiError(409, CONFLICT_WEBHOOK)
        self._methods.choose_updates(params)
        offset = params.integer("offset", 0) or 0
        limit = params.integer("limit", PollingLimit.MAX_LIMIT) or PollingLimit.MAX_LIMIT
        limit = max(PollingLimit.MIN_LIMIT, min(limit, PollingLimit.MAX_LIMIT))
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(params.number("timeout", 0), _MAX_POLL)
        self._poll += 1
        turn = self._poll
        world.stir()
        while True:
            if turn != self._poll:
                raise ApiError(409, CONFLICT_POLL)
            updates = world.pending(offset, limit)
            if updates or loop.time() >= deadline:
                return updates
            changed = world.changed
            try:
                await asyncio.wait_for(changed.wait(), deadline - loop.time())
            except TimeoutError:
                continue


def _drop(request: web.Request) -> web.Response:
    """Cuts the connection: the client sees it reset instead of an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=444)
