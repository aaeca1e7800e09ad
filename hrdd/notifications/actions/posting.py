"""One message to one address on the public internet; never to the own network, and no redirect is followed."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from hrdd.notifications.rules.webhooks import is_outside, url_refusal

SECONDS = 10


class _Pinned(http.client.HTTPSConnection):
    """A connection to an address that was checked, under the name that its certificate must carry."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=SECONDS, context=ssl.create_default_context())
        self.address = address

    def connect(self) -> None:
        """Connect to the checked address, whatever the name resolves to by now."""
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)  # type: ignore[attr-defined]


def post(url: str, content: bytes, headers: Mapping[str, str], *, inside: bool) -> tuple[bool, str]:
    """Send a message; return whether it was taken, and what was answered, for people.

    Args:
        url: where to.
        content, headers: what.
        inside: whether machines of the own network may be asked, and without TLS.
    """
    if refusal := url_refusal(url, inside=inside):
        return False, refusal
    parts = urlsplit(url)
    host, tls = parts.hostname or "", parts.scheme == "https"
    try:
        port = parts.port or (443 if tls else 80)
        address = _address(host, port, inside=inside)
        if not address:
            return False, "The address belongs to no machine of the public internet."
        connection = (
            _Pinned(host, port, address)
            if tls
            else http.client.HTTPConnection(address, port, timeout=SECONDS)
        )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = {"Host": parts.netloc} if not tls else {}
        try:
            connection.request("POST", path, content, dict(headers) | named)
            answer = connection.getresponse()
            answer.read(4096)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return False, f"No answer: {type(error).__name__}"[:120]
    return 200 <= answer.status < 300, f"{answer.status} {answer.reason}"[:120]


def _address(host: str, port: int, *, inside: bool) -> str:
    """Return the first address of a host that may be asked, empty where there is none or one of them is inside."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not inside and not all(map(is_outside, found)):
        return ""
    return found[0] if found else ""
