"""What the delivered proxy agrees on: TLS 1.2 and 1.3, and suites that keep a recording closed for good."""

import re
import ssl
from pathlib import Path

import pytest

TEMPLATE = (Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "tls.conf.template").read_text()


def said(name: str) -> str:
    (found,) = re.findall(rf"^{name} (.+);$", TEMPLATE, re.MULTILINE)
    return str(found)


def test_the_proxy_speaks_the_two_latest_versions() -> None:
    assert said("ssl_protocols") == "TLSv1.2 TLSv1.3"
    assert said("ssl_session_tickets") == "off"


def test_each_suite_is_known_authenticated_and_forward_secret() -> None:
    """As the library reads the list, with all that it would let in besides."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(said("ssl_ciphers"))
    known = [one for one in context.get_ciphers() if one["protocol"] == "TLSv1.2"]

    assert {one["name"] for one in known} == set(said("ssl_ciphers").split(":"))
    for one in known:
        assert one["aead"], one["name"]
        assert one["kea"] == "kx-ecdhe", one["name"]
        assert one["strength_bits"] >= 128, one["name"]


@pytest.mark.parametrize("suite", ["AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384"])
def test_a_weaker_suite_would_be_seen(suite: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(suite)
    (one,) = [one for one in context.get_ciphers() if one["protocol"] != "TLSv1.3"]

    assert not (one["aead"] and one["kea"] == "kx-ecdhe")
