"""The web server of benchmarks.corpus, a process of its own: files, each with the headers it asks.

    python -m benchmarks.corpus_host FOLDER [FOLDER…]

The first line on standard output is the port. /0/a/b.xml is the file a/b.xml of the first folder.
feedparser's tests say in a comment how they want to be served ("Header: Content-type: text/xml",
"Status" among them); its compressed ones say it by their ending.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

_HEADER = re.compile(rb"^\s*Header:\s+([^:\s]+):[ \t]*([^\r\n]*)", re.MULTILINE)
#: where the comment stands; further down a feed may quote anything
_COMMENT_BYTES = 2_000
_ENCODINGS = {".gz": "gzip", ".z": "deflate"}
#: as their own test server calls itself
_THEIR_ROOT = re.compile(r"https?://(?:localhost|127\.0\.0\.1):8097/tests/")


@dataclass(frozen=True, slots=True)
class Served:
    """One file as it is answered."""

    status: int
    #: lower-case names
    headers: dict[str, str]
    body: bytes


def served(path: Path) -> Served:
    """How the file wants to be answered."""
    body = path.read_bytes()
    headers = {
        name.decode("latin-1").lower(): value.decode("utf-8").strip()
        for name, value in _HEADER.findall(body[:_COMMENT_BYTES])
    }
    status = int(headers.pop("status", "200"))
    headers.setdefault("content-type", "application/xml")
    if path.suffix in _ENCODINGS:
        headers["content-encoding"] = _ENCODINGS[path.suffix]
    if "location" in headers:
        headers["location"] = _THEIR_ROOT.sub("/0/", headers["location"])
    return Served(status, headers, body)


def _handler(folders: list[Path]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number, _, name = unquote(urlsplit(self.path).path).strip("/").partition("/")
            path = folders[int(number)] / name if number.isdecimal() else Path()
            if not path.is_file():
                self.send_error(404)
                return
            answer = served(path)
            self.send_response(answer.status)
            for header, value in answer.headers.items():
                self.send_header(header, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Nothing: two thousand lines tell nobody anything."""

    return Handler


class Server(ThreadingHTTPServer):
    #: as many as the poller asks at once; of five, most would be let in a second later
    request_queue_size = 256
    daemon_threads = True


def main(folders: list[Path]) -> None:
    server = Server(("127.0.0.1", 0), _handler(folders))
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
