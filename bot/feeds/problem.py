"""Why a feed could not be had, or what is odd about it: English for logs, a key for people."""

from __future__ import annotations

import json
from typing import Any, Self

#: one sentence fragment for each key, without the address; the catalogues hold `problem.<key>`
PROBLEMS = {
    # no answer that can be used
    "slow": "did not answer in full within {seconds} seconds",
    "bad_address": "the address cannot be read",
    "not_web": "the address is neither http nor https",
    "unknown_host": "the host name is not known",
    "certificate": "the certificate is not valid ({detail})",
    "unreachable": "cannot be reached ({detail})",
    "not_allowed": "cannot be reached ({detail})",
    "broken_off": "the connection broke off",
    "cut_short": "the answer broke off",
    "unreadable": "the answer cannot be read ({detail})",
    "redirects_elsewhere": "redirects to what is neither http nor https",
    "redirects": "redirects more than {count} times",
    "too_large": "is larger than {size} MiB",
    "nothing": "nothing to read",
    "internal": "internal error ({detail})",
    # HTTP says why
    "http_202": "HTTP 202 (the site asks for a captcha)",
    "http_204": "HTTP 204 (no content)",
    "http_304": "HTTP 304 (not modified, though nothing was there to compare with)",
    "http_400": "HTTP 400 (the site does not understand the request)",
    "http_401": "HTTP 401 (the site wants a password)",
    "http_402": "HTTP 402 (the site wants money)",
    "http_403": "HTTP 403 (the site refuses robots)",
    "http_404": "HTTP 404 (there is nothing at this address)",
    "http_406": "HTTP 406 (the site has no form that we read)",
    "http_410": "HTTP 410 (the feed is gone for good)",
    "http_429": "HTTP 429 (the site says that we ask too often)",
    "http_444": "HTTP 444 (the site refuses robots)",
    "http_451": "HTTP 451 (blocked for legal reasons)",
    "http_5xx": "HTTP {status} (the site has trouble of its own)",
    "http_other": "HTTP {status}",
    # somebody else answers in its place
    "challenge": "the site's protection ({who}) asks for proof that we are no robot",
    "blocked": "the site's protection ({who}) blocks us",
    "captive_portal": "the network in between wants a login (captive portal)",
    "login_page": "leads to a page for logging in",
    "suspended": "the site was suspended by its host",
    "parked": "the domain is parked or for sale: the site is no longer there",
    # an answer that is no feed
    "empty_page": "answers an empty page",
    "web_page": "answers a web page, not a feed",
    "json": "answers JSON, not RSS or Atom",
    "no_feed": "answers something that is neither RSS nor Atom",
    "no_xml": "answers something that cannot be read ({detail})",
    "broken_xml": "answers broken XML in which no item can be read",
    "parse_died": "cannot be parsed in the memory that a feed may take",
    "parse_slow": "cannot be parsed within {seconds} seconds",
    "search_slow": "no feed was found within {seconds} seconds",
    "no_link": "the page names no feed, and none is in the usual places",
    # of a hub that was asked to push
    "hub_refused": "the hub refuses ({detail})",
    # odd, and read all the same
    "no_items": "has no items",
    "many_items": "has {count} items, of which the {most} newest are read",
    "empty_items": "has {count} items without title and text",
    "no_dates": "dates none of its items",
    "encoding": "declares another character encoding than it uses",
    "not_xml_type": "is served as something other than XML",
    "recovered": "is broken XML, from which {count} items were recovered",
    "moved": "has moved for good to {url}",
    # why it is no longer asked
    "same_as": "has moved for good to where feed {id} is read",
}


class Problem(str):
    """A text for logs that still knows its key and parameters, so that commands can translate."""

    key: str
    params: dict[str, str]

    def __new__(cls, key: str, **params: Any) -> Self:
        """Raises KeyError for a key that PROBLEMS does not have."""
        shown = {name: _shown(value) for name, value in params.items()}
        problem = super().__new__(cls, PROBLEMS[key].format(**shown))
        problem.key, problem.params = key, shown
        return problem

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str]]:
        """So that parser processes can send it."""
        return (self.key,), self.params

    def dump(self) -> str:
        """As a feed's last error is stored."""
        return json.dumps({"key": self.key, **self.params}, ensure_ascii=False)

    @classmethod
    def load(cls, stored: str) -> Self | None:
        """What `dump` wrote; None for a text of another version."""
        try:
            data = json.loads(stored)
            return cls(data.pop("key"), **data)
        except (ValueError, TypeError, AttributeError, KeyError):
            return None


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
