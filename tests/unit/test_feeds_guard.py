"""The guard's predicate, class of address by class of address."""

from __future__ import annotations

import socket

import pytest

from bot.feeds.guard import Guard, Refused, refusal


@pytest.mark.parametrize(
    "ip",
    [
        "8.8.8.8",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_public_addresses_may_be_dialled(ip: str) -> None:
    """Also when a public IPv4 address comes inside an IPv6 one."""
    assert refusal(ip) is None


@pytest.mark.parametrize(
    ("ip", "reason"),
    [
        ("127.0.0.1", "this machine itself"),
        ("127.8.9.1", "this machine itself"),
        ("::1", "this machine itself"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("192.0.2.1", "private"),
        ("198.18.0.1", "private"),
        ("fc00::1", "private"),
        ("2001:db8::1", "private"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "private"),
        ("169.254.1.1", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("169.254.169.254", "a metadata service of a cloud"),
        ("100.100.100.200", "a metadata service of a cloud"),
        ("168.63.129.16", "a metadata service of a cloud"),
        ("fd00:ec2::254", "a metadata service of a cloud"),
        ("100.64.0.1", "inside a provider's network"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "no address at all"),
        ("::", "no address at all"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("192.88.99.1", "reserved"),
        ("::ffff:192.88.99.1", "reserved"),
        ("64:ff9b:1::808:808", "reserved"),
        ("fec0::1", "reserved"),
        ("::7f00:1", "reserved"),
        ("::ffff:127.0.0.1", "this machine itself"),
        ("::ffff:10.0.0.1", "private"),
        ("::ffff:100.64.0.1", "inside a provider's network"),
        ("64:ff9b::7f00:1", "this machine itself"),
        ("64:ff9b::a9fe:a9fe", "a metadata service of a cloud"),
        ("2002:7f00:1::", "this machine itself"),
        ("2002:c0a8:101::", "private"),
    ],
)
def test_other_addresses_are_refused_with_their_reason(ip: str, reason: str) -> None:
    """Nothing but the public internet, however the address is wrapped."""
    assert (refusal(ip) or "").endswith(f" is {reason}")


def test_what_is_no_address_is_refused() -> None:
    """A name never reaches the socket; if one did, it would be refused."""
    assert refusal("feeds.local") == "feeds.local is not an IP address"


def _info(ip: str) -> tuple[object, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 0, "", (ip, 80))


def test_the_socket_is_where_a_refusal_happens() -> None:
    """The factory raises before a socket exists."""
    with pytest.raises(Refused, match=r"not allowed: 127\.0\.0\.1 is this machine itself"):
        Guard().socket(_info("127.0.0.1"))


def test_allowed_networks_and_addresses_are_let_through() -> None:
    """By network or by single address, also in their IPv4-mapped form."""
    guard = Guard(("127.0.0.0/8", "10.0.0.7"))

    assert guard.refusal("127.0.0.9") is None
    assert guard.refusal("10.0.0.7") is None
    assert guard.refusal("::ffff:10.0.0.7") is None
    assert guard.refusal("10.0.0.8") == "10.0.0.8 is private"


def test_an_allowed_name_lets_only_itself_through() -> None:
    """Another name that resolves to the same private address stays refused."""
    guard = Guard(("Feeds.Local",))

    guard.dialling("feeds.local.")
    guard.socket(_info("10.0.0.7")).close()
    guard.dialling("evil.example")

    with pytest.raises(Refused):
        guard.socket(_info("10.0.0.7"))
