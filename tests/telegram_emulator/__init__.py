"""An emulator of the Telegram Bot API, so that tests drive the bot over real HTTP.

It runs as a process of its own and is reached only through the API address a bot is given:

    python -m tests.telegram_emulator --port 0      # prints its port, ends with standard input

`/bot<token>/<method>` is the Bot API, `/_test/<verb>` (JSON in, JSON out) is the hand of the test:
people who speak and press buttons, chats that move or close, faults, and the transcript.

Where Telegram's behaviour is not written down, this is the stricter of what could be true: it
refuses rather than forgives. Limits come from `telegram.constants`. Not emulated: media, inline
mode, payments, and the pushing of updates to a webhook (one that is set only stops polling).
"""
