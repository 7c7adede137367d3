"""What every test needs before anything is imported."""

from __future__ import annotations

import os

# as bot/cli.py does: without it python-telegram-bot warns whenever it is told to wait
os.environ.setdefault("PTB_TIMEDELTA", "1")
