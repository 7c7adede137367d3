"""What to make of a hub's words: signatures, leases, when to ask again. Pure (W3C WebSub)."""

from __future__ import annotations

import hashlib
import hmac

#: seconds for which a hub is asked to push; the spec's own example of a default
LEASE_WANTED = 10 * 86_400
#: a longer promise is believed up to this, so that a hub that forgot us is asked again
LEASE_LONGEST = 30 * 86_400.0
#: what a hub promises that does not say for how long (PubSubHubbub 0.3)
LEASE_UNSAID = 86_400.0
#: a hub may verify what we asked so many seconds ago; later it was somebody else's idea
VERIFY_WITHIN = 3600.0
#: a hub is not asked more often than this to renew, however short its leases (seconds)
RENEW_SHORTEST = 300.0
#: the pause after asking in vain: it doubles with each time, from a minute to a day
RETRY_FIRST = 60.0
RETRY_LONGEST = 86_400.0
#: one that says no is asked again after a day: hubs change their minds
REFUSED_PAUSE = 86_400.0
#: so often a hub is asked to stop; after that its lease runs out by itself
UNSUBSCRIBE_ATTEMPTS = 4

#: WebSub 7.1; whoever can forge an HMAC of SHA-1 can also read our mail
_ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})


def signed(header: str | None, secret: str, body: bytes) -> bool:
    """Does X-Hub-Signature (`sha256=<hex>`) sign `body` with `secret`? Takes constant time."""
    method, _, signature = (header or "").strip().partition("=")
    if method.lower() not in _ALGORITHMS:
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())


def lease(seconds: str | None) -> float:
    """How long the hub promises to push, by hub.lease_seconds."""
    text = (seconds or "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        return LEASE_UNSAID
    return min(float(text), LEASE_LONGEST)


def renew_at(now: float, lease_seconds: float, jitter: float) -> float:
    """When to ask again: with 80 to 90 % of the lease over, so that there is time to fail."""
    return now + max(lease_seconds * (0.8 + 0.1 * jitter), RENEW_SHORTEST)


def retry_at(now: float, attempts: int, jitter: float) -> float:
    """When to ask again after the `attempts`th time in a row without a verification."""
    pause = min(RETRY_FIRST * 2.0 ** min(max(attempts - 1, 0), 20), RETRY_LONGEST)
    return now + pause * (1 + 0.1 * jitter)
