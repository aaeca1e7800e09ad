"""The records of the vault and of cases."""

from remedies.models.cases import Attachment, Case, CaseConflict, CaseMember, Message, SealedIdentity
from remedies.models.keys import (
    CaseKey,
    CaseKeyWrap,
    FormKey,
    IdentityKeyWrap,
    RecoveryKey,
    RecoveryShare,
    ReplyKey,
    VaultKey,
    VaultTries,
    VaultUnlock,
)
from remedies.models.read_log import ReadLog
from remedies.models.remedies import Remedy

__all__ = [
    "Attachment",
    "Case",
    "CaseConflict",
    "CaseKey",
    "CaseKeyWrap",
    "CaseMember",
    "FormKey",
    "IdentityKeyWrap",
    "Message",
    "ReadLog",
    "RecoveryKey",
    "RecoveryShare",
    "Remedy",
    "ReplyKey",
    "SealedIdentity",
    "VaultKey",
    "VaultTries",
    "VaultUnlock",
]
