"""An exception of a request made into the sentence that people read."""

from __future__ import annotations

import os
import ssl

import aiohttp

from bot.feeds.guard import Refused
from bot.feeds.problem import Problem
from bot.feeds.wire import TooMuch

#: what a request may end with besides the deadline's TimeoutError; anything else is a bug
FAULTS = (aiohttp.ClientError, OSError, ValueError)


def problem_of(error: Exception, *, size: int) -> Problem:
    """Why one of FAULTS was raised; `size` is the cap of a body in MiB."""
    # aiohttp hands it on while headers are read; in a body it is one that broke off
    if isinstance(error.__cause__, TooMuch):
        return Problem("too_large", size=size)
    match error:
        # UnicodeError: a host that cannot be written as a name
        case aiohttp.InvalidURL() | UnicodeError():
            return Problem("bad_address")
        case aiohttp.ClientConnectorDNSError():
            return Problem("unknown_host")
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLError():
            return Problem("certificate", detail=_certificate(error))
        case aiohttp.ClientConnectorError():
            return _connection(error.os_error)
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | OSError():
            return Problem("broken_off")
        case aiohttp.ClientPayloadError():
            return Problem("cut_short")
        case _:
            return Problem("unreadable", detail=type(error).__name__)


def _connection(cause: OSError) -> Problem:
    if isinstance(cause, Refused):
        return Problem("not_allowed", detail=cause)
    return Problem("unreachable", detail=os.strerror(cause.errno) if cause.errno else cause)


def _certificate(error: Exception) -> str:
    cause = getattr(error, "certificate_error", None) or error
    return str(getattr(cause, "verify_message", "") or type(cause).__name__)
