"""The tour's feed host: a real web server on this machine that serves RSS it is told to serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web


@dataclass
class FeedHost:
    """Serves one RSS document for each feed, with ETag and 304 like any publisher."""

    items: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    port: int = 0
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/{feed}.xml", self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    def url(self, feed: str) -> str:
        return f"http://127.0.0.1:{self.port}/{feed}.xml"

    def publish(self, feed: str, item: dict[str, Any]) -> None:
        """Put an item on top of a feed, as an editor would."""
        self.items.setdefault(feed, []).insert(0, item)

    async def _serve(self, request: web.Request) -> web.Response:
        feed = request.match_info["feed"]
        if feed not in self.names:
            raise web.HTTPNotFound
        body = self._rss(feed).encode()
        etag = sha256(body).hexdigest()[:16]
        if any(known.value == etag for known in request.if_none_match or ()):
            return web.Response(status=304)
        answer = web.Response(body=body, content_type="application/rss+xml", charset="utf-8")
        answer.etag = etag
        return answer

    def _rss(self, feed: str) -> str:
        items = "".join(self._item(feed, item) for item in self.items.get(feed, ()))
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
            f"<title>{escape(self.names[feed])}</title>{items}</channel></rss>"
        )

    def _item(self, feed: str, item: dict[str, Any]) -> str:
        path = item.get("path", f"/{item['guid']}")
        # the tour's outlets are invented: .example is reserved for that
        return (
            f"<item><title>{escape(item['title'])}</title>"
            f"<link>{escape(f'https://{feed}.example{path}')}</link>"
            f'<guid isPermaLink="false">{escape(item["guid"])}</guid>'
            f"<pubDate>{format_datetime(item['published'])}</pubDate>"
            f"<description>{escape(item['summary'])}</description></item>"
        )
