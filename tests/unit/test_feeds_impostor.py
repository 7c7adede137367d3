"""Pages that stand where a feed should be; the pages are written for this, like the real ones."""

from __future__ import annotations

import time

import pytest

from bot.feeds.impostor import PAGE, told_by

ASKED = "https://journal.example/feed/"
ARTICLE = "<p>" + "Le marché de Léré a rouvert ce matin. " * 60 + "</p>"


def _page(title: str = "", body: str = "", head: str = "") -> str:
    head = f"<head><title>{title}</title>{head}</head>"
    return f"<!DOCTYPE html>\n<html>{head}<body>{body}</body></html>"


def _told(
    page: str, status: int = 200, answered: str = ASKED, **headers: str
) -> tuple[str, str | None] | None:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    problem = told_by(status, names, page.encode(), ASKED, answered)
    return (problem.key, problem.params.get("who")) if problem else None


@pytest.mark.parametrize(
    ("status", "page", "who"),
    [
        (403, _page("Just a moment...", "<noscript>Enable JavaScript</noscript>"), "Cloudflare"),
        (
            200,
            _page("Un instant…", "<script>window._cf_chl_opt={cType:'x'}</script>"),
            "Cloudflare",
        ),
        (503, _page("Journal", "<div id='cf-browser-verification'></div>"), "Cloudflare"),
        (
            202,
            "<html><head><meta http-equiv='refresh' "
            "content='0;/.well-known/sgcaptcha/?r=%2Ffeed%2F'></head></html>",
            "SiteGround",
        ),
        (
            403,
            _page(
                "journal.example", "<script src='https://ct.captcha-delivery.com/c.js'></script>"
            ),
            "DataDome",
        ),
        (
            200,
            _page(
                "", "<iframe src='/_Incapsula_Resource?SWUDNSAI=1'>Request unsuccessful</iframe>"
            ),
            "Imperva",
        ),
        (403, _page("", "<p>Incapsula incident ID: 4-5</p>" + ARTICLE), "Imperva"),
        (403, _page("Access denied", "<div id='px-captcha'></div>"), "HUMAN"),
        (405, _page("", "<script>AwsWafIntegration.getToken()</script>"), "AWS WAF"),
        (200, _page("One moment, please...", "<script>1</script>"), "Imunify360"),
        (200, _page("Captcha", "<p>is protected by Imunify360</p>"), "Imunify360"),
        (
            200,
            _page("You are being redirected", "<script>sucuri_cloudproxy_js=''</script>"),
            "Sucuri",
        ),
        (
            403,
            _page("", "<script src='/.well-known/ddos-guard/js-challenge/x.js'></script>"),
            "DDoS-Guard",
        ),
        (
            200,
            _page("Un petit test", "<link href='/.within.website/x/cmd/anubis/a.css'>"),
            "Anubis",
        ),
    ],
)
def test_challenges_are_told_with_whose_they_are(status: int, page: str, who: str) -> None:
    """By the page alone, whatever the status."""
    assert _told(page, status) == ("challenge", who)


def test_a_challenge_without_a_name_is_told_by_the_server() -> None:
    """The AES cookie of free hosts, a bare captcha."""
    page = _page("", "<script>document.cookie=slowAES.decrypt(c,2,a,b)</script>")
    assert _told(page, server="openresty") == ("challenge", "openresty")
    assert _told(page, server="Apache/2.4 (Unix)") == ("challenge", "Apache")
    assert _told(page) == ("challenge", "?")
    for hostile in ("\udce9", "<b>x", "@everyone", "{0}", "é"):
        assert _told(page, server=hostile) == ("challenge", "?")
    assert _told(page, server="a" * 5000) == ("challenge", "a" * 31)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (403, {"cf_mitigated": "challenge"}, ("challenge", "Cloudflare")),
        (202, {"sg_captcha": "challenge"}, ("challenge", "SiteGround")),
        (202, {"x_amzn_waf_action": "challenge"}, ("challenge", "AWS WAF")),
        (429, {"x_vercel_mitigated": "challenge"}, ("challenge", "Vercel")),
        (403, {"x_vercel_mitigated": "deny"}, ("blocked", "Vercel")),
        (403, {"x_sucuri_block": "WAF"}, ("blocked", "Sucuri")),
        (511, {}, ("captive_portal", None)),
        # a service that only stands before the site says nothing by that
        (403, {"server": "cloudflare"}, None),
        (503, {"server": "cloudflare", "cf_ray": "8f2"}, None),
        (403, {"x_datadome": "protected"}, None),
        (429, {}, None),
    ],
)
def test_headers_say_it_without_a_page(
    status: int, headers: dict[str, str], expected: tuple[str, str | None] | None
) -> None:
    """Where the body is not even HTML."""
    assert _told("no", status, **headers) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            _page("Attention Required! | Cloudflare", "You have been blocked"),
            ("blocked", "Cloudflare"),
        ),
        (
            _page("Access denied", "<div id='cf-error-details'>1020</div>"),
            ("blocked", "Cloudflare"),
        ),
        (_page("", "<h1>Sucuri WebSite Firewall - Access Denied</h1>"), ("blocked", "Sucuri")),
        (_page("", "<p>Generated by Wordfence at 12:00</p>"), ("blocked", "Wordfence")),
        (
            "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>Reference&#32;&#35;18&#46;9"
            "</BODY></HTML>",
            ("blocked", "Akamai"),
        ),
        (_page("Hotspot login"), ("captive_portal", None)),
        (_page("", "<!-- <?xml?><WISPAccessGatewayParam>"), ("captive_portal", None)),
        (_page("Account Suspended"), ("suspended", None)),
        (_page("Site web suspendu"), ("suspended", None)),
        (
            _page("journal.example", "<script src='//img.sedoparking.com/a.js'></script>"),
            ("parked", None),
        ),
        (_page("journal.example", "<h1>This domain is for sale!</h1>"), ("parked", None)),
        (_page("", "<h1>Ce nom de domaine est à vendre</h1>"), ("parked", None)),
        (_page("", "<p>The domain name has expired</p>"), ("parked", None)),
    ],
)
def test_other_pages_are_told_apart(page: str, expected: tuple[str, str | None]) -> None:
    """Each asks something else of a moderator."""
    assert _told(page, 403) == expected
    assert _told(page, 200) == expected


@pytest.mark.parametrize(
    "page",
    [
        _page("Le Journal", ARTICLE),
        # services that only watch, and a contact form's captcha
        _page("Le Journal", ARTICLE + "<script src='/_Incapsula_Resource?SWJI=1'></script>"),
        _page("Le Journal", ARTICLE + "<script src='/cdn-cgi/challenge-platform/jsd.js'>"),
        _page("Le Journal", ARTICLE, "<script src='//www.google.com/recaptcha/api.js'></script>"),
        _page("Le Journal", ARTICLE + "<p>Ce domaine a expiré, dit le registre</p>"),
        _page("Just a moment of peace in Léré", ARTICLE),
        _page("Un instant de répit à Léré", "<script></script>"),
        _page("Site minier de Léré suspendu", ARTICLE),
        "<?xml version='1.0'?><rss><channel><title>Just a moment...</title></channel></rss>",
        "<rss><channel><description><![CDATA[<html><title>Just a moment</title>]]></description>",
        '{"error": "cf_chl_opt"}',
        "",
    ],
)
def test_ordinary_pages_and_feeds_are_none_of_these(page: str) -> None:
    """A page that a moderator names is searched for its feed, whoever protects it."""
    assert _told(page) is None


def test_a_login_is_where_a_redirect_led() -> None:
    """A form in a corner of the page that was asked for is none."""
    form = _page("Connexion", "<form><input name=a><input type='password'></form>")
    login = "https://journal.example/wp-login.php?redirect_to=%2Ffeed"
    assert _told(form, answered=login) == ("login_page", None)
    assert _told(form, answered="https://login.host.example/") == ("login_page", None)
    assert _told(form) is None
    assert _told(form, answered="https://journal.example/accueil") is None
    assert _told(_page("Bientôt", "revenez"), answered=login) is None


def test_hostile_pages_cost_little() -> None:
    """Every pattern is tried on what was made to keep it busy."""
    for piece in (
        "<script",
        "<!-- ",
        "<input ",
        "<title>site ",
        "<title>",
        "</script>",
        "_incapsula_resource<",
    ):
        started = time.perf_counter()
        told_by(200, {}, b"<html>" + (piece.encode() * PAGE)[:PAGE], ASKED, ASKED + "login")
        assert time.perf_counter() - started < 0.25, piece
