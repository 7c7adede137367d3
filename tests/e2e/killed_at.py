"""`sahel-alerts run` that kills itself at one step of the pipeline, once a file exists.

`python tests/e2e/killed_at.py STEP ARMED_FILE`. A real SIGKILL of a real service: the steps are
found by the names of the functions that the three transactions run.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot import cli
from bot.platforms.telegram import Telegram
from storage.database import Database
from storage.sqlite import SqliteDatabase

#: step → (when, the function of the transaction); a send is no transaction
STEPS = {
    "before_tx1": ("before", "save_all"),
    "inside_tx1": ("inside", "save_all"),
    "after_tx1": ("after", "save_all"),
    "inside_tx2": ("inside", "decide"),
    "after_tx2": ("after", "decide"),
    "before_send": ("before", "send"),
    "after_send": ("after", "send"),
    "inside_tx3": ("inside", "sent"),
    "after_tx3": ("after", "sent"),
}


def main(step: str, armed: Path) -> int:
    when, function = STEPS[step]

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def meant(name: str, args: tuple[Any, ...]) -> bool:
        if name != function or not armed.exists():
            return False
        # polls that bring nothing are not the step that is meant
        return name != "save_all" or any(result.entries for _, result in args[1])

    write = SqliteDatabase.write

    async def deadly_write(self: Database, fn: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        is_meant = meant(fn.__name__, args)
        if is_meant and when == "before":
            die()

        def inside(*inner: Any, **inner_kw: Any) -> Any:
            result = fn(*inner, **inner_kw)
            if is_meant and when == "inside":
                die()
            return result

        result = await write(self, inside, *args, **kw)
        if is_meant and when == "after":
            die()
        return result

    send = Telegram.send

    async def deadly_send(self: Telegram, *args: Any, key: str, **kw: Any) -> Any:
        # an alert's key is its delivery; answers to commands have keys of their own
        is_meant = key.isdigit() and meant("send", ())
        if is_meant and when == "before":
            die()
        outcome = await send(self, *args, key=key, **kw)
        if is_meant and when == "after":
            die()
        return outcome

    SqliteDatabase.write = deadly_write
    Telegram.send = deadly_send
    return cli.main(["run"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
