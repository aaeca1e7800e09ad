"""The list of every sealed column, and the place that each of its values is bound to (ADR 20)."""

from uuid import UUID

from remedies.rules.envelope import Place


def told(message: UUID, case: UUID, version: int) -> Place:
    """Return the place of a message as handlers read it."""
    return Place("message", "sealed", message, case, version)


def answer(message: UUID, case: UUID) -> Place:
    """Return the place of an answer as the person reads it."""
    return Place("message", "for_person", message, case)


def file(attachment: UUID, case: UUID, version: int) -> Place:
    """Return the place of a file that was made safe, and of its key, as handlers read it."""
    return Place("attachment", "sealed", attachment, case, version)


def original(attachment: UUID, case: UUID) -> Place:
    """Return the place of a file as it came, and of its key, which custodians open."""
    return Place("attachment", "original", attachment, case)


def contact(identity: UUID, case: UUID) -> Place:
    """Return the place of a sealed identity."""
    return Place("identity", "sealed", identity, case)


def contact_key(identity: UUID, case: UUID) -> Place:
    """Return the place of the wraps of an identity's key."""
    return Place("identity", "wrap", identity, case)


def case_key(key: UUID, case: UUID, version: int) -> Place:
    """Return the place of the wraps of a case's key."""
    return Place("case_key", "wrap", key, case, version)


def inbox(key: UUID, case: UUID, version: int) -> Place:
    """Return the place of the private half of a case's inbox."""
    return Place("case_key", "inbox", key, case, version)


def reply_key(case: UUID) -> Place:
    """Return the place of the private half that a receipt opens."""
    return Place("reply_key", "private", case, case)


def open_vault(unlock: UUID, owner: UUID) -> Place:
    """Return the place of a private half while its owner's vault is open."""
    return Place("vault_unlock", "sealed", unlock, owner)


# Every binary column of the app, and whether it holds ciphertext; a test compares it with the models.
SEALED = {
    ("Message", "sealed"),
    ("Message", "for_person"),
    ("Attachment", "sealed"),
    ("Attachment", "original"),
    ("SealedIdentity", "sealed"),
    ("VaultKey", "locked"),
    ("VaultUnlock", "sealed"),
    ("RecoveryShare", "wrapped"),
    ("CaseKey", "inbox_private"),
    ("CaseKeyWrap", "wrapped"),
    ("IdentityKeyWrap", "wrapped"),
    ("ReplyKey", "private"),
}
NOT_SECRET = {
    ("VaultKey", "public"),
    ("VaultKey", "salt"),
    ("VaultKey", "voucher"),
    ("VaultUnlock", "token_hash"),
    ("RecoveryKey", "public"),
    ("RecoveryKey", "voucher"),
    ("CaseKey", "inbox_public"),
    ("CaseKey", "voucher"),
    ("ReplyKey", "public"),
    ("ReplyKey", "lookup"),
    ("ReplyKey", "voucher"),
    ("Message", "mark"),
    ("Rating", "mark"),
    ("Attachment", "mark"),
    ("FormKey", "secret"),
}
