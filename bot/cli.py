"""The command line: `sahel-alerts VERB`. Results to standard output, everything else to stderr.

Exit status: 0 done, 1 some input was bad, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot import log
from bot.detect.data_error import DataError
from bot.settings import Settings, SettingsError

DONE, BAD_INPUT, WRONG_USAGE = 0, 1, 2


class Failure(Exception):
    """Ends the verb with this sentence on standard error and this exit status."""

    def __init__(self, sentence: str, status: int = WRONG_USAGE):
        super().__init__(sentence)
        self.status = status


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    # set before python-telegram-bot is imported: durations then come as timedelta
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    try:
        settings = Settings.from_env(os.environ)
        log.configure(settings.log_level, settings.log_format, (settings.telegram_token,))
        verb: Callable[[argparse.Namespace, Settings], int] = arguments.verb
        return verb(arguments, settings)
    except SettingsError as error:
        for problem in error.problems:
            _complain(problem)
        return WRONG_USAGE
    except Failure as failure:
        _complain(str(failure))
        return failure.status
    except DataError as error:
        _complain(str(error))
        return BAD_INPUT
    except BrokenPipeError:
        # the reader of our output has gone (`| head`): nothing left to say it to
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        return DONE
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sahel-alerts",
        description="Alerts on attacks and inter-state steps in the Sahel, from news feeds to "
        "chats. Settings come from the environment: see docs/operate.md.",
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    def verb(name: str, function: Callable[..., int], help: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help, description=help)
        sub.set_defaults(verb=function)
        return sub

    verb("run", _run, "the service; without tokens it talks on this console")
    verb("demo", _demo, "the offline tour, from a feed to a chat")
    _add_file(verb("classify", _classify, "JSON Lines in and out: what is seen in each item"))
    _add_file(verb("group", _group, "JSON Lines in and out: which event each item belongs to"))
    check = verb("check-feed", _check_feed, "polls an address once and says what it would alert")
    check.add_argument("url")
    poll = verb("poll", _poll, "one round over every due feed, then one line of JSON")
    poll.add_argument("--once", action="store_true", required=True)
    _add_move(
        verb("feeds", _feeds, "import or export the feeds: YAML, or OPML by the file's name")
    )
    _add_move(verb("subscriptions", _subscriptions, "import or export subscriptions: JSON Lines"))
    verb("migrate", _migrate, "creates the database or brings it to this version")
    verb("health", _health, "asks the running service; exit status 0 when all is well")
    return parser


def _add_file(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", nargs="?", default="-", help="default: standard input")


def _add_move(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("direction", choices=("import", "export"))
    verb.add_argument("file", type=Path)


def _run(_arguments: argparse.Namespace, settings: Settings) -> int:
    from bot import serve

    return asyncio.run(_reporting(serve.serve(settings)))


def _demo(_arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.demo import tour

    if "LOG_LEVEL" not in os.environ:
        log.configure("WARNING", settings.log_format)
    return asyncio.run(_reporting(tour.tell(language=settings.default_language)))


def _classify(arguments: argparse.Namespace, _settings: Settings) -> int:
    from bot import jsonl
    from bot.detect.detector import Detector

    with _lines(arguments.file) as lines:
        return _write_lines(jsonl.classify(lines, Detector.load()))


def _group(arguments: argparse.Namespace, _settings: Settings) -> int:
    from bot import jsonl
    from bot.detect.detector import Detector

    with _lines(arguments.file) as lines:
        return _write_lines(jsonl.group(lines, Detector.load()))


def _check_feed(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot import oneshot

    return asyncio.run(_reporting(oneshot.check_feed(settings, arguments.url)))


def _poll(_arguments: argparse.Namespace, settings: Settings) -> int:
    from bot import oneshot

    return asyncio.run(_reporting(oneshot.poll_once(settings)))


def _feeds(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot import oneshot

    move = oneshot.import_feeds if arguments.direction == "import" else oneshot.export_feeds
    return asyncio.run(_reporting(move(settings, arguments.file)))


def _subscriptions(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot import oneshot

    if arguments.direction == "import":
        move = oneshot.import_subscriptions
    else:
        move = oneshot.export_subscriptions
    return asyncio.run(_reporting(move(settings, arguments.file)))


def _migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    from bot import oneshot

    return asyncio.run(_reporting(oneshot.migrate(settings)))


def _health(_arguments: argparse.Namespace, settings: Settings) -> int:
    host = "127.0.0.1" if settings.http_host in ("0.0.0.0", "::") else settings.http_host  # noqa: S104
    url = f"http://[{host}]:{settings.http_port}/health"
    url = url if ":" in host else url.replace("[", "").replace("]", "")
    try:
        with urllib.request.urlopen(url, timeout=8) as answer:  # noqa: S310
            body, status = answer.read(), DONE
    except urllib.error.HTTPError as answer:
        body, status = answer.read(), BAD_INPUT
    except (OSError, ValueError) as error:
        raise Failure(f"The service does not answer at {url} ({error}).", BAD_INPUT) from None
    sys.stdout.write(body.decode("utf-8", "replace") + "\n")
    return status


async def _reporting(work: Any) -> int:
    """Turn the failures that an operator can mend into one sentence each."""
    from bot.feeds.catalog import CatalogError
    from bot.platforms.telegram import BadToken
    from storage.database import DatabaseError

    try:
        return int(await work)
    except CatalogError as error:
        raise Failure("\n".join(error.problems), BAD_INPUT) from error
    except (DatabaseError, BadToken) as error:
        raise Failure(str(error)) from error


@contextmanager
def _lines(name: str) -> Iterator[Iterable[str]]:
    """The lines of a file, or of standard input for "-", one at a time; bad bytes replaced."""
    if name == "-":
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
        return
    try:
        file = Path(name).open(encoding="utf-8", errors="replace")  # noqa: SIM115
    except OSError as error:
        raise Failure(f"{name} cannot be read: {error.strerror}.") from None
    with file:
        yield file


def _write_lines(results: Iterable[dict[str, Any]]) -> int:
    status = DONE
    for result in results:
        if "error" in result:
            status = BAD_INPUT
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return status


def _complain(sentence: str) -> None:
    sys.stderr.write(f"sahel-alerts: {sentence}\n")
