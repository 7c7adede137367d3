"""The command line: what scripts outside the project rely on, run as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from feed_server import FeedServer

ROOT = Path(__file__).parents[2]
ATTACK = {
    "id": "a",
    "title": "Mali : six soldats tués dans une embuscade près de Ménaka",
    "published": "2026-03-10",
}


def run(
    *arguments: str, stdin: str = "", cwd: Path = ROOT, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin, capture_output=True, text=True, check=False, timeout=120, cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LOG_LEVEL": "WARNING", **env},
    )  # fmt: skip


def lines(*items: Any) -> str:
    return "".join(json.dumps(item) + "\n" for item in items)


def test_classify_answers_in_order_and_marks_broken_lines() -> None:
    """One object a line, in the order of the input; a broken line is an error in its place."""
    done = run(
        "classify", stdin=lines(ATTACK) + "{\n" + lines({"id": 2, "title": "Météo à Mopti"})
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [item["id"] for item in found] == ["a", None, 2]
    assert [item.get("labels") for item in found] == [["attack"], None, []]
    assert "not JSON" in found[1]["error"]
    assert done.returncode == 1


def test_classify_writes_the_fields_of_the_contract() -> None:
    """What DESIGN's contract names is there, and unknown values are null."""
    (item,) = [
        json.loads(line) for line in run("classify", stdin=lines(ATTACK)).stdout.splitlines()
    ]
    assert set(item) == {"id", "labels", "confidence", "language", "reports", "why"}
    (report,) = item["reports"]
    assert {
        "kind", "type", "realis", "places", "date", "time", "date_precision", "actors", "tolls",
        "attribution", "outcome", "stage",
    } <= set(report)  # fmt: skip
    assert (report["type"], report["outcome"], report["stage"]) == ("ambush", None, None)
    killed = next(t for t in report["tolls"] if t["who"] == "killed" and t["group"] is None)
    assert (killed["min"], killed["max"], killed["status"]) == (6, 6, "exact")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[1]", "expected an object"),
        ('{"title": "x"}', "no id"),
        ('{"id": 1}', "neither title nor summary"),
        ('{"id": 1, "title": 3}', "title is 3"),
        ('{"id": 1, "title": "x", "published": "soon"}', "published is 'soon'"),
    ],
)
def test_each_bad_item_is_told_what_was_expected(line: str, expected: str) -> None:
    """One sentence in the item's place, and exit status 1."""
    done = run("classify", stdin=line + "\n")
    assert expected in json.loads(done.stdout)["error"]
    assert done.returncode == 1


@pytest.mark.parametrize("published", ["2023", "2023-11", "2023-11-05T10:00:00", None])
def test_coarse_dates_are_taken(published: str | None) -> None:
    """A year, a month, a time without zone and none at all are all right."""
    done = run("classify", stdin=lines({"id": 1, "title": "Mali", "published": published}))
    assert (done.returncode, json.loads(done.stdout)["labels"]) == (0, [])


def test_group_puts_two_tellings_of_one_attack_together() -> None:
    """The same happening is one event, another town on the same day is another."""
    same = {
        "id": "b",
        "title": "Malian army loses six soldiers in ambush near Menaka",
        "published": "2026-03-10",
    }
    other = {
        "id": "c",
        "title": "Mali : quatre civils tués dans une attaque à Bandiagara",
        "published": "2026-03-10",
    }
    quiet = {"id": "d", "title": "Mopti : retour des pluies"}
    done = run("group", stdin=lines(ATTACK, same, other, quiet))
    events = {i["id"]: i["events"] for i in map(json.loads, done.stdout.splitlines())}
    assert events["a"] == events["b"] != []
    assert events["c"] not in ([], events["a"])
    assert events["d"] == []
    assert done.returncode == 0


async def test_poll_once_says_what_it_did(tmp_path: Path) -> None:
    """One line of JSON; a second round right after finds nothing due; exit status 0."""
    async with FeedServer() as server:
        server.put(
            "/rss",
            '<rss version="2.0"><channel><title>x</title><item><title>Un</title>'
            "<link>http://x.example/1</link></item></channel></rss>",
        )
        server.status("/gone", 404)
        listing = tmp_path / "feeds.yaml"
        listing.write_text(
            yaml.safe_dump([{"url": server.url("/rss")}, {"url": server.url("/gone")}])
        )
        env = {
            "FEEDS_FILE": str(listing),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}",
            "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8",
            "HOST_SPACING": "0",
        }
        done = await asyncio.to_thread(run, "poll", "--once", **env)
        again = await asyncio.to_thread(run, "poll", "--once", **env)
    first = json.loads(done.stdout)
    assert {k: v for k, v in first.items() if k != "seconds"} == {
        "feeds": 2, "changed": 1, "not_modified": 0, "failed": 1, "entries": 1,
    }  # fmt: skip
    assert json.loads(again.stdout)["feeds"] == 0
    assert (done.returncode, again.returncode) == (0, 0)


@pytest.mark.parametrize("name", ["out.yaml", "out.opml"])
def test_feeds_go_out_and_come_in_again(tmp_path: Path, name: str) -> None:
    """What one database exports, another imports whole."""
    one = {"DATABASE_URL": f"sqlite:///{tmp_path / 'one.db'}"}
    other = {"DATABASE_URL": f"sqlite:///{tmp_path / 'two.db'}", "FEEDS_FILE": "none.yaml"}
    path = tmp_path / name
    assert run("feeds", "export", str(path), **one).returncode == 0
    done = run("feeds", "import", str(path), **other)
    known = len(yaml.safe_load((ROOT / "feeds.yaml").read_text("utf-8")))
    assert (done.returncode, done.stderr) == (0, f"{known} feeds added, 0 known already.\n")
    assert "0 feeds added" in run("feeds", "import", str(path), **other).stderr


def test_a_bad_feeds_file_is_told_entry_by_entry(tmp_path: Path) -> None:
    """Every mistake at once, exit status 1, and nothing is saved."""
    path = tmp_path / "bad.yaml"
    path.write_text("- {name: x}\n- {url: 'ftp://x.example/'}\n")
    done = run("feeds", "import", str(path), DATABASE_URL=f"sqlite:///{tmp_path / 'a.db'}")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 2
    assert not (tmp_path / "a.db").exists()


def test_subscriptions_move_in_and_out(tmp_path: Path) -> None:
    """Good lines are added once, bad ones told with their number; the export is private."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}"}
    source = tmp_path / "in.jsonl"
    source.write_text(
        lines(
            {"chat": "telegram:1", "query": "léré"},
            {"chat": "telegram:1", "query": "LÉRÉ"},
            {"chat": "telegram:-5/2", "subscriber": "telegram:9", "query": "kind:attack gao"},
            {"chat": "nowhere", "query": "x"},
            {"chat": "telegram:1", "query": "(gao"},
        )
    )
    done = run("subscriptions", "import", str(source), **env)
    assert done.returncode == 1
    assert "2 subscriptions added, 1 known already, 2 lines refused." in done.stderr
    assert f"{source}:4:" in done.stderr and f"{source}:5:" in done.stderr

    target = tmp_path / "out.jsonl"
    assert run("subscriptions", "export", str(target), **env).returncode == 0
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert {(r["chat"], r["subscriber"], r["query"]) for r in rows} == {
        ("telegram:1", "telegram:1", "léré"),
        ("telegram:-5/2", "telegram:9", "kind:attack gao"),
    }
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_wrong_settings_are_all_told_before_anything_starts(tmp_path: Path) -> None:
    """Exit status 2, one sentence for each, no database made."""
    done = run(
        "migrate",
        DATABASE_URL=f"sqlite:///{tmp_path / 'a.db'}",
        POLL_INTERVAL_MIN="soon",
        HTTP_LISTEN="here",
    )
    assert done.returncode == 2
    assert [line.split()[1] for line in done.stderr.splitlines()] == [
        "HTTP_LISTEN", "POLL_INTERVAL_MIN",
    ]  # fmt: skip
    assert not (tmp_path / "a.db").exists()


def test_a_mistake_in_a_word_file_is_one_sentence(tmp_path: Path) -> None:
    """Whoever adds words sees the file, the line and what was expected, and no traceback."""
    shutil.copytree(ROOT / "bot", tmp_path / "bot")
    words = tmp_path / "bot" / "detect" / "data" / "outcomes.yaml"
    words.write_text(words.read_text("utf-8").replace("outcome: foiled", "outcome: foild", 1))
    done = run("classify", stdin=lines({"id": 1, "title": "x"}), cwd=tmp_path,
               PYTHONPATH=str(tmp_path))  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("sahel-alerts: outcomes.yaml, line ")
    assert "foild" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_migrate_makes_the_database_and_may_be_repeated(tmp_path: Path) -> None:
    """Twice is as good as once."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new' / 'a.db'}"}
    assert [run("migrate", **env).returncode for _ in range(2)] == [0, 0]
    assert (tmp_path / "new" / "a.db").exists()


def test_health_of_nothing_is_one_sentence_and_status_1() -> None:
    """No service listens there."""
    done = run("health", HTTP_LISTEN="127.0.0.1:1")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "sahel-alerts: The service does not answer at http://127.0.0.1:1"
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_demo_tells_its_story_and_ends_well(language: str) -> None:
    """The subscription, Bourem joined by a second outlet, a toll, the charter, Léré, a denial."""
    done = run("demo", DEFAULT_LANGUAGE=language)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("ML-2023-0912-a") == 3
    assert done.stdout.count("ML-2023-0916-a") == 1
    # three messages, and the moderator's look at its articles
    told, review = done.stdout.split("/review", 1)
    assert told.count("ML-2023-0917-a") == 3
    assert "2. Radio du Fleuve — Mali : deux camps militaires pris à Léré" in review
    said = {
        "fr": ("/subscribe", "MISE À JOUR 1", "22 morts", "ALLIANCE", "l’armée dément", "En tout"),
        "en": ("/subscribe", "UPDATE 1", "22 dead", "ALLIANCE", "the army denies", "In all"),
    }[language]
    assert [word for word in said if word not in done.stdout] == []
