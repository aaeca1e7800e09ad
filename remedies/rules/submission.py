"""What a person tells us, and the bytes that are sealed of it."""

import json
from dataclasses import dataclass

from remedies.rules.case import CaseType, Channel, IdentityMode, Region

LONGEST_TOLD = 20_000  # bytes of UTF-8; what is longer goes into a further message
LONGEST_CONTACT = 1_000


@dataclass(frozen=True)
class Submission:
    """One concern, before anything of it is sealed."""

    type: CaseType
    what: str
    language: str
    threat_to_life: bool = False
    where: str = ""
    when: str = ""
    wish: str = ""
    region: Region = Region.UNSAID
    on_behalf_of: bool = False
    about_handlers: bool = False
    identity_mode: IdentityMode = IdentityMode.ANONYMOUS
    contact: str = ""
    channel: Channel = Channel.WEB_FORM

    def told(self) -> bytes:
        """Return what handlers read."""
        return _bytes({"what": self.what, "where": self.where, "when": self.when, "wish": self.wish})

    def whole(self) -> bytes:
        """Return everything, so that the same sent twice is known to be the same."""
        rest = [self.type, self.threat_to_life, self.region, self.on_behalf_of, self.about_handlers]
        return b"told\0" + self.told() + _bytes([*map(str, rest), self.identity_mode, self.contact])


@dataclass(frozen=True)
class Narrative:
    """What a person told us, opened."""

    what: str
    where: str = ""
    when: str = ""
    wish: str = ""


def further(text: str, nonce: str) -> bytes:
    """Return what marks a further message: one press of a button, however often its answer gets lost."""
    return b"more\0" + nonce.encode() + b"\0" + text.encode()


def told_further(text: str) -> bytes:
    """Return the sealed form of a further message."""
    return _bytes({"what": text})


def narrative_of(opened: bytes) -> Narrative:
    """Return what was told from its sealed form."""
    return Narrative(**{str(name): str(said) for name, said in json.loads(opened).items()})


def _bytes(what: object) -> bytes:
    return json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()
