"""A real WebSub hub for tests (flask-websub), with a publisher beside it, as a process of its own.

`python tests/integration/websub_hub.py --dir DIR` serves DIR/NAME.xml as the topic /feeds/NAME.xml
that announces the hub at /hub by `Link` headers; a POST of hub.mode=publish distributes a topic.
With `--eager` the hub verifies and distributes before it answers, else later, by a Celery worker.
The first line on standard output is the port.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[2]


@dataclass
class Hub:
    """The process, and the folder of its topics."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hub"

    def topic(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/feeds/{name}.xml"

    def put(self, name: str, body: str) -> None:
        """Change a topic, in one step, without telling the hub."""
        draft = self.folder / f".{name}.draft"
        draft.write_text(body, "utf-8")
        draft.replace(self.folder / f"{name}.xml")

    async def publish(self, name: str, body: str) -> None:
        """Change a topic and tell the hub, which takes it from there."""
        self.put(name, body)
        form = {"hub.mode": "publish", "hub.topic": self.topic(name)}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=form) as answer,
        ):
            assert answer.status == 202, await answer.text()


@contextmanager
def running_hub(folder: Path, *, eager: bool = False) -> Iterator[Hub]:
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, __file__, "--dir", str(folder), *(["--eager"] if eager else [])],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    try:
        yield Hub(int(process.stdout.readline()), folder)
    finally:
        # it holds nothing that anybody needs, and Celery would take its time
        process.kill()
        process.wait()
        process.stdout.close()


def serve(folder: Path, *, eager: bool) -> None:
    # here and not above: only the process needs them
    import flask
    from celery import Celery
    from flask_websub.hub import Hub as FlaskHub
    from flask_websub.hub import SQLite3HubStorage
    from flask_websub.publisher import init_publisher, publisher
    from werkzeug.serving import make_server

    celery = Celery("hub", broker="memory://", backend="cache+memory://")
    celery.conf.update(
        task_always_eager=eager,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_transport_options={"polling_interval": 0.02},
    )
    hub = FlaskHub(
        SQLite3HubStorage(str(folder / "hub.db")),
        celery,
        BACKOFF_BASE=0.2,
        REQUEST_TIMEOUT=5,
    )
    app = flask.Flask("hub")
    app.config["PUBLISH_SUPPORTED"] = True
    app.register_blueprint(hub.build_blueprint("/hub"))
    init_publisher(app)

    @app.get("/feeds/<name>.xml")
    def topic(name: str) -> flask.Response:
        def view() -> flask.Response:
            answer = flask.make_response((folder / f"{name}.xml").read_bytes())
            answer.content_type = "application/rss+xml; charset=utf-8"
            answer.add_etag()
            return answer.make_conditional(flask.request)

        # made anew each time: it remembers the first topic for all
        answer: flask.Response = publisher(flask.request.url, f"{flask.request.host_url}hub")(
            view
        )()
        return answer

    server = make_server("127.0.0.1", 0, app, threaded=True)
    if not eager:
        worker = celery.Worker(pool="solo", without_gossip=True, without_mingle=True, quiet=True)
        threading.Thread(target=worker.start, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--eager", action="store_true")
    arguments = parser.parse_args()
    serve(arguments.dir, eager=arguments.eager)
