"""Which addresses are never asked, whatever they look like."""

from __future__ import annotations

import pytest

from matchmaker.remote.addresses import AddressFaultError, is_public, target


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.1", "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1"),  # noqa: S104
        *("100.127.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1"),
        *("192.0.0.9", "192.0.0.170", "192.0.2.1", "192.31.196.1", "192.52.193.1"),
        *("192.88.99.1", "192.168.1.1", "192.175.48.1", "198.18.0.1", "198.19.255.255"),
        *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b::10.0.0.1", "64:ff9b:1::1", "64:ff9b:1:ffff::8.8.8.8", "100::1", "2001::1"),
        *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1"),
        *("2001:db8::1", "2002:7f00:1::1", "2002:a00:1::1", "2002:a9fe:a9fe::1"),
        *("2002:c0a8:101::", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1"),
        *("fe80::1%eth0", "fe80::5efe:127.0.0.1", "fec0::1", "ff02::1", "ff0e::1", "4000::1"),
        *("2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:192.168.0.1", "2a00:1450::1%eth0"),
        *("", "localhost", "127.1", "2130706433", "0x7f000001", "8.8.8.8/8", "１２７.0.0.1"),
    ],
)
def test_addresses_of_our_own_networks(address: str) -> None:
    assert is_public(address) is False


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "93.184.215.14", "172.15.255.255", "172.32.0.1", "100.63.255.255"),
        *("2a00:1450:4001:81b::200e", "2620:fe::fe", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
        *("2002:808:808::1", "2a00:1450::5efe:8.8.8.8"),
    ],
)
def test_public_addresses(address: str) -> None:
    assert is_public(address) is True


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://kalender.example/a.ics", "https://kalender.example/a.ics"),
        ("  webcal://kalender.example/a.ics\n", "https://kalender.example/a.ics"),
        ("WEBCALS://Kalender.Example", "https://kalender.example/"),
        ("https://kalender.example:443/a?b=c%20d#e", "https://kalender.example/a?b=c%20d"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://kalender.example./a", "https://kalender.example/a"),
        ("https://[2A00:1450::1]/a", "https://[2a00:1450::1]/a"),
        ("https://calendar.google.com/ical/a%40b/x@y/", "https://calendar.google.com/ical/a%40b/x@y/"),
    ],
)  # fmt: skip
def test_what_is_asked(text: str, url: str) -> None:
    assert target(text).url == url


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no_address"),
        ("kalender.example/a.ics", "no_address"),
        ("ftp://kalender.example/a.ics", "no_address"),
        ("file:///etc/passwd", "no_address"),
        ("https:///a", "no_address"),
        ("https://kalender example/a", "no_address"),
        ("https://kalender.example\\@127.0.0.1/", "no_address"),
        ("https://kalender.example/\r\nHost: x", "no_address"),
        ("https://kalender.example/a b", "no_address"),
        ("https://[::1/", "no_address"),
        ("https://kalender.example:port/", "no_address"),
        ("https://kalender.example:99999/", "no_address"),
        ("https://" + "a" * 3000, "no_address"),
        ("https://-/", "no_address"),
        ("http://kalender.example/a.ics", "not_https"),
        ("https://user@kalender.example/", "password"),
        ("https://user:secret@kalender.example/", "password"),
        ("https://@kalender.example/", "password"),
        ("https://kalender.example:8443/", "port"),
        ("https://kalender.example:80/", "port"),
        ("https://kalender.example:22/", "port"),
    ],
)
def test_what_is_not(text: str, fault: str) -> None:
    with pytest.raises(AddressFaultError, match=f"^{fault}$"):
        target(text)


def test_plain_http_only_where_it_is_allowed() -> None:
    assert target("http://kalender.example/a", http=True).port == 80
    with pytest.raises(AddressFaultError):
        target("http://kalender.example:443/a", http=True)
